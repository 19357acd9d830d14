//! What was an entry before somebody commented it out.

use super::document::{Document, Gist, Hashing, Node, gist};
use super::lines::lines;
use super::three::squeeze;
use std::cell::OnceCell;
use std::collections::HashSet;
use switchback_core::content::filetype::Format;

/// The entries of a document, as they would stand in a comment.
pub(super) struct Entries<'d> {
    format: Format,
    document: &'d Document<'d>,
    /// Its lines, with and without a comment behind them.
    lines: HashSet<&'d [u8], Hashing>,
    /// Its elements, whichever lines they are written in; made when one is asked for.
    elements: OnceCell<HashSet<Gist, Hashing>>,
}

impl<'d> Entries<'d> {
    pub(super) fn new(format: Format, document: &'d Document<'d>) -> Self {
        Self { format, document, lines: entry_lines(document.text), elements: OnceCell::new() }
    }

    /// Whether a comment is one of them.
    pub(super) fn has(&self, comment: &[u8]) -> bool {
        let words = uncommented(comment);
        if words.is_empty() || self.lines.contains(words) {
            return !words.is_empty();
        }
        // Where a comment may reach over lines, so may what is in it.
        let may_reach = match self.format {
            Format::Xml => words.starts_with(b"<"),
            Format::Json => comment.starts_with(b"/*"),
            Format::Yaml | Format::Toml | Format::Properties => false,
        };
        may_reach && self.elements().contains(&gist(squeeze(words)))
    }

    fn elements(&self) -> &HashSet<Gist, Hashing> {
        self.elements.get_or_init(|| {
            let mut found = HashSet::default();
            take(self.document.text, &self.document.root, &mut found);
            found
        })
    }
}

fn take(text: &[u8], node: &Node<'_>, found: &mut HashSet<Gist, Hashing>) {
    found.insert(gist(squeeze(&text[node.core.clone()])));
    node.as_list().into_iter().flat_map(|list| &list.nodes).for_each(|node| take(text, node, found));
}

fn entry_lines(text: &[u8]) -> HashSet<&[u8], Hashing> {
    let mut found = HashSet::default();
    for line in lines(text, 0..text.len()) {
        let line = bare(&text[line]);
        found.insert(line);
        let is_blank = |at: &usize| line[*at].is_ascii_whitespace();
        let starts = |at: &usize| [&b"#"[..], b"//", b"<!--"].iter().any(|sign| line[at + 1..].starts_with(sign));
        found.extend((0..line.len()).filter(is_blank).filter(starts).map(|at| bare(&line[..at])));
    }
    found
}

/// What a comment would be if it were none.
fn uncommented(comment: &[u8]) -> &[u8] {
    let within = |opens: &[u8], closes: &[u8]| comment.strip_prefix(opens)?.strip_suffix(closes);
    let signs = comment.iter().take_while(|byte| b"#!;/ \t".contains(byte)).count();
    bare(within(b"<!--", b"-->").or_else(|| within(b"/*", b"*/")).unwrap_or(&comment[signs..]))
}

/// A line without blanks and the comma around it.
fn bare(line: &[u8]) -> &[u8] {
    let words = line.trim_ascii();
    words.strip_suffix(b",").unwrap_or(words)
}
