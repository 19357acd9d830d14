//! Takes comments off the nodes they were read with and makes nodes of them, line by line. So a comment can stay where it
//! is while the entry below it goes, and go while the entry stays. Only comments that stand once in every version are
//! taken off: they are known by their words.

use super::comments::{census, comment_at, end_of_comments};
use super::document::{Body, By, Document, Name, Node};
use super::lines::{NOTE, is_note, line_end, lines};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use switchback_core::content::filetype::Format;

/// The comments that stand once at most in each of some documents.
pub(super) fn single(format: Format, documents: &[Document<'_>]) -> HashSet<Vec<u8>> {
    let (mut once, mut often) = (HashSet::new(), HashSet::new());
    for document in documents {
        let mut counts: HashMap<&[u8], usize> = HashMap::new();
        for ((_, comment), count) in census(format, document) {
            *counts.entry(comment).or_default() += count;
        }
        for (comment, count) in counts {
            let set = if count == 1 { &mut once } else { &mut often };
            set.insert(comment.to_vec());
        }
    }
    once.difference(&often).cloned().collect()
}

/// Makes nodes of the comments of a document that are in a set.
pub(super) fn loosen(format: Format, document: &mut Document<'_>, single: &HashSet<Vec<u8>>) {
    Loosening { format, text: document.text, single }.node(&mut document.root);
}

struct Loosening<'a, 's> {
    format: Format,
    text: &'a [u8],
    single: &'s HashSet<Vec<u8>>,
}

/// Where a piece of text stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Piece {
    BeforeANode,
    AtTheEnd,
}

impl<'a> Loosening<'a, '_> {
    fn node(&self, node: &mut Node<'a>) {
        let end = end_of_comments(self.format, node);
        let Body::List(list) = &mut node.body else { return };
        list.nodes.iter_mut().for_each(|node| self.node(node));
        let mut at = list.within.start;
        let mut nodes = Vec::with_capacity(list.nodes.len());
        // What stands above a run of siblings stands in the list that it is in.
        let mut is_taken = list.own.is_none();
        for mut child in std::mem::take(&mut list.nodes) {
            if is_note(&child) {
                continue;
            }
            if !std::mem::take(&mut is_taken) {
                let start = self.split(at..head(&child), Piece::BeforeANode, &mut nodes);
                begin(&mut child, start);
            }
            at = child.span.end;
            nodes.push(child);
        }
        let rest = self.split(at..end.max(at), Piece::AtTheEnd, &mut nodes);
        list.within.end = rest;
        list.nodes = nodes;
        node.core.end = node.core.end.max(rest);
        node.gist = list.gist(list.nodes.iter().map(|node| node.gist));
    }

    /// Makes nodes of the comments in a piece that have lines of their own; returns where the rest starts.
    fn split(&self, piece: Range<usize>, place: Piece, nodes: &mut Vec<Node<'a>>) -> usize {
        let (text, mut rest) = (self.text, piece.start);
        let mut at = match piece.start == 0 || text[piece.start - 1] == b'\n' {
            true => piece.start,
            false => line_end(text, piece.start).min(piece.end),
        };
        while at < piece.end {
            let Some(line) = lines(text, at..piece.end).next() else { break };
            let words = text[line.clone()].trim_ascii_start();
            let start = line.end - words.len();
            at = line.end;
            if words.is_empty() {
                continue;
            }
            let Some(comment) = comment_at(self.format, text, start..piece.end) else {
                if place == Piece::AtTheEnd {
                    break;
                }
                continue;
            };
            let end = line_end(text, comment.end);
            let is_whole =
                text[comment.end..end].trim_ascii().is_empty() && (end == text.len() || text[..end].ends_with(b"\n"));
            at = end;
            if is_whole && end <= piece.end && self.single.contains(&text[comment.clone()]) {
                nodes.push(note(text, rest..end, comment));
                rest = end;
            }
        }
        rest
    }
}

/// Where the first thing in a node starts that is no comment.
fn head(node: &Node<'_>) -> usize {
    let run = node.as_list().filter(|list| list.own.is_none());
    run.and_then(|run| run.nodes.first()).map_or(node.core.start, head)
}

/// Has a node start somewhere else.
fn begin(node: &mut Node<'_>, start: usize) {
    node.span.start = start;
    if let Body::List(run) = &mut node.body
        && run.own.is_none()
    {
        node.core.start = start;
        run.within.start = start;
        run.nodes.iter_mut().take(1).for_each(|first| begin(first, start));
    }
}

fn note<'a>(text: &'a [u8], span: Range<usize>, core: Range<usize>) -> Node<'a> {
    let words = String::from_utf8_lossy(&text[core.clone()]);
    let name = Name { tag: NOTE.into(), key: Some(words.clone()), by: By::Tag };
    Node::value(name, [span, core], words)
}
