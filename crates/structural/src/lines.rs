//! Lines: what the readers of formats that are written line by line share.
//!
//! Their nodes own whole lines, so such documents are merged by putting spans one after another. Comment lines that
//! stand directly above a node, and the blank lines before them, belong to that node. A comment that stands alone,
//! with a blank line below it, is a node of its own, known by its words: so nothing that is only a comment is lost
//! with the entry that happened to follow it.

use super::document::{Between, By, List, Name, Node, Order, gist};
use super::why::Why;
use std::collections::HashMap;
use std::ops::Range;

/// The tag of a comment that stands alone.
pub(super) const NOTE: &str = "#";

/// Whether a node is a comment.
pub(super) fn is_note(node: &Node<'_>) -> bool {
    node.name.tag == NOTE && node.name.key.is_some()
}

/// The children of a list that are no comments.
pub(super) fn entries<'l, 'a>(list: &'l List<'a>) -> impl DoubleEndedIterator<Item = &'l Node<'a>> {
    list.nodes.iter().filter(|node| !is_note(node))
}

/// The start of the line that holds `at`.
pub(super) fn line_start(text: &[u8], at: usize) -> usize {
    text[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1)
}

/// The end of the line that holds `at`, its line break included.
pub(super) fn line_end(text: &[u8], at: usize) -> usize {
    text[at..].iter().position(|byte| *byte == b'\n').map_or(text.len(), |found| at + found + 1)
}

/// Each line in a range, its line break included.
pub(super) fn lines(text: &[u8], within: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = within.start;
    std::iter::from_fn(move || {
        let line = at..line_end(text, at).min(within.end);
        at = line.end;
        (line.start < within.end).then_some(line)
    })
}

/// What is left of a line without its line break.
pub(super) fn without_break(text: &[u8], line: Range<usize>) -> Range<usize> {
    let bare = text[line.clone()].strip_suffix(b"\n").unwrap_or(&text[line.clone()]);
    let bare = bare.strip_suffix(b"\r").unwrap_or(bare);
    line.start..line.start + bare.len()
}

/// Why a text cannot be read: what is wrong, and in which line.
pub(super) fn unreadable(text: &[u8], at: usize, what: &str) -> Why {
    let before = &text[..at.min(text.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    Why::unreadable(format!("line {line}: {what}")).in_line(line)
}

/// Refuses what is not text, and line breaks that tools disagree about.
///
/// # Errors
/// A NUL byte, or a carriage return without a line feed.
pub(super) fn plain_text(text: &[u8]) -> Result<(), Why> {
    if let Some(at) = text.iter().position(|byte| *byte == 0) {
        return Err(unreadable(text, at, "there is a NUL byte, so this is not text"));
    }
    let lone = text.iter().enumerate().find(|(at, byte)| **byte == b'\r' && text.get(at + 1) != Some(&b'\n'));
    lone.map_or(Ok(()), |(at, _)| Err(unreadable(text, at, "there is a carriage return without a line feed")))
}

/// Gives the lines between nodes to the nodes they belong to, and comments that stand alone nodes of their own. Nodes
/// come with whole lines as their span. What is left after the last one stays with the container.
pub(super) fn tile<'a>(text: &[u8], lines: Range<usize>, nodes: Vec<Node<'a>>) -> (Range<usize>, Vec<Node<'a>>) {
    let mut notes = Notes { text, seen: HashMap::new(), nodes: Vec::with_capacity(nodes.len()) };
    let mut from = lines.start;
    for mut node in nodes {
        node.span.start = notes.gap(from..node.span.start);
        from = node.span.end;
        notes.nodes.push(node);
    }
    notes.gap(from..lines.end);
    (lines.start..notes.nodes.last().map_or(lines.start, |last| last.span.end), notes.nodes)
}

/// A list of nodes that follow each other line by line.
pub(super) fn list<'a>((within, nodes): (Range<usize>, Vec<Node<'a>>), (own, order): (&str, Order)) -> List<'a> {
    List { within, nodes, order, own: Some(gist(own)), between: Between::Nothing, decides: false }
}

/// Where the lines begin that belong to what follows a gap.
pub(super) fn lead_of(text: &[u8], gap: Range<usize>) -> usize {
    Notes { text, seen: HashMap::new(), nodes: Vec::new() }.gap(gap)
}

struct Notes<'t, 'a> {
    text: &'t [u8],
    /// How often each comment stood alone so far: the second of two equal ones has another key.
    seen: HashMap<String, usize>,
    nodes: Vec<Node<'a>>,
}

impl Notes<'_, '_> {
    /// Makes nodes of the comments in a gap that have blank lines below; returns where the rest starts. The blank lines
    /// go with the comment, so that it stands alone wherever it goes.
    fn gap(&mut self, gap: Range<usize>) -> usize {
        let (mut start, mut comment, mut blank) = (gap.start, None, None);
        for line in lines(self.text, gap) {
            if is_blank(self.text, &line) {
                blank = comment.map(|_| line.end);
                continue;
            }
            if let Some(end) = blank.take() {
                self.push(start..end);
                start = end;
            }
            comment = Some(line.end);
        }
        if let Some(end) = blank {
            self.push(start..end);
            start = end;
        }
        start
    }

    fn push(&mut self, span: Range<usize>) {
        let text = self.text;
        let words: Vec<_> = lines(text, span.clone())
            .map(|line| String::from_utf8_lossy(text[line].trim_ascii()).into_owned())
            .filter(|line| !line.is_empty())
            .collect();
        let words = words.join("\n");
        let seen = self.seen.entry(words.clone()).or_default();
        *seen += 1;
        let key = if *seen == 1 { words } else { format!("{words}\n{seen}") };
        let core = span.start + text[span.clone()].len() - text[span.clone()].trim_ascii_start().len();
        let core = core..core + text[core..span.end].trim_ascii_end().len();
        let name = Name { tag: NOTE.into(), key: Some(key.into()), by: By::Tag };
        let meaning = name.key.clone();
        self.nodes.push(Node::value(name, [span, core], meaning));
    }
}

fn is_blank(text: &[u8], line: &Range<usize>) -> bool {
    text[line.clone()].trim_ascii().is_empty()
}
