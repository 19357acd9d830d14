//! Where comments stand in a document: container by container, line by line.

use super::comments::{comments, end_of_comments};
use super::document::{Document, Gist, Hashing, List, Node, Order, gist};
use super::lines::is_note;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use switchback_core::content::filetype::Format;

/// The containers of a document, by the way to each.
pub(super) type Shelves<'t> = HashMap<Gist, Shelf<'t>>;

/// What stands in one container, line by line.
#[derive(Default)]
pub(super) struct Shelf<'t> {
    /// The names of its entries, in order.
    pub(super) entries: Vec<Gist>,
    pub(super) known: HashSet<Gist, Hashing>,
    pub(super) comments: HashMap<&'t [u8], Vec<Placed<'t>>, Hashing>,
    /// For each entry, what stands above it.
    pub(super) bound: HashMap<Gist, BTreeSet<&'t [u8]>, Hashing>,
    /// Its entries and comments, in order.
    pub(super) sequence: Vec<Row<'t>>,
    /// Whether entries have no names of their own.
    pub(super) is_by_place: bool,
}

/// One of what stands in a container.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Row<'t> {
    /// An entry, by its name.
    Entry(Gist),
    /// A comment, by its words.
    Comment(&'t [u8]),
}

impl<'t> Row<'t> {
    /// The words of a comment.
    pub(super) fn words(&self) -> Option<&'t [u8]> {
        match self {
            Self::Entry(_) => None,
            Self::Comment(words) => Some(words),
        }
    }
}

/// Where a comment stands in its container.
#[derive(Clone, Copy)]
pub(super) struct Placed<'t> {
    /// The entry directly below it; `None` where it stands alone, or at the end.
    pub(super) below: Option<Gist>,
    /// The comment above it, where no entry is between.
    pub(super) previous: Option<&'t [u8]>,
    /// The comment directly below it.
    pub(super) next: Option<&'t [u8]>,
    /// How many entries stand above it.
    pub(super) above: usize,
    /// Whether nothing stands directly below it.
    pub(super) is_alone: bool,
}

impl<'t> Shelf<'t> {
    pub(super) fn placed(&self, comment: &[u8]) -> &[Placed<'t>] {
        self.comments.get(comment).map_or(&[], Vec::as_slice)
    }

    /// The next entry above a comment that another version has as well.
    pub(super) fn above(&self, placed: &Placed<'_>, other: &Self) -> Option<Gist> {
        self.entries[..placed.above].iter().rev().find(|entry| other.known.contains(*entry)).copied()
    }

    /// The next entry below a comment that another version has as well.
    pub(super) fn below(&self, placed: &Placed<'_>, other: &Self) -> Option<Gist> {
        self.entries[placed.above..].iter().find(|entry| other.known.contains(*entry)).copied()
    }
}

/// The containers of a document.
pub(super) fn shelves<'t>(format: Format, document: &Document<'t>) -> Shelves<'t> {
    let mut reading = Reading { format, text: document.text, shelves: Shelves::new() };
    reading.container(gist(&document.root.name), &document.root);
    reading.shelves
}

struct Reading<'t> {
    format: Format,
    text: &'t [u8],
    shelves: Shelves<'t>,
}

impl<'t> Reading<'t> {
    fn container(&mut self, way: Gist, node: &Node<'_>) {
        let Some(list) = node.as_list() else { return };
        let (mut shelf, mut waiting) = (Shelf::default(), Vec::new());
        self.children((way, list), &mut shelf, &mut waiting);
        let end = end_of_comments(self.format, node);
        waiting.extend(comments(self.format, self.text, list.within.end..end));
        self.put(&mut shelf, &mut waiting, (None, self.next_document(end)));
        self.shelves.insert(way, shelf);
    }

    fn children(&mut self, (way, list): (Gist, &List<'_>), shelf: &mut Shelf<'t>, waiting: &mut Vec<Range<usize>>) {
        // Where there is none, nothing says how they would be told apart.
        let has_any = list.nodes.iter().any(|node| !is_note(node));
        shelf.is_by_place |= list.order == Order::Positional && list.own.is_some() && has_any;
        for node in &list.nodes {
            let end = if is_note(node) { node.span.end } else { node.core.start };
            if node.span.start < end {
                waiting.extend(comments(self.format, self.text, node.span.start..end));
            }
            match node.as_list() {
                _ if is_note(node) => continue,
                Some(run) if run.own.is_none() => {
                    self.children((way, run), shelf, waiting);
                    continue;
                }
                _ => {}
            }
            let name = gist(&node.name);
            self.put(shelf, waiting, (Some(name), Some(node.core.start)));
            shelf.entries.push(name);
            shelf.sequence.push(Row::Entry(name));
            shelf.known.insert(name);
            self.container(gist((way, &node.name)), node);
        }
    }

    /// Where another document of a stream starts, if nothing stands before it.
    fn next_document(&self, at: usize) -> Option<usize> {
        let rest = self.text[at..].trim_ascii_start();
        (self.format == Format::Yaml && rest.starts_with(b"---")).then(|| self.text.len() - rest.len())
    }

    /// Takes in comments that stand above an entry, or above nothing, and where that starts.
    fn put(
        &self,
        shelf: &mut Shelf<'t>,
        waiting: &mut Vec<Range<usize>>,
        (mut below, mut start): (Option<Gist>, Option<usize>),
    ) {
        let waiting = std::mem::take(waiting);
        let mut placed = Vec::with_capacity(waiting.len());
        // From the last one up: what is above one that touches nothing touches nothing either.
        for (at, comment) in waiting.iter().enumerate().rev() {
            let touches = start.is_some_and(|start| !has_blank_line(&self.text[comment.end.min(start)..start]));
            below = below.filter(|_| touches);
            let next = waiting.get(at + 1).filter(|_| touches).map(|next| &self.text[next.clone()]);
            let words = &self.text[comment.clone()];
            if let Some(entry) = below {
                shelf.bound.entry(entry).or_default().insert(words);
            }
            let previous = at.checked_sub(1).map(|at| &self.text[waiting[at].clone()]);
            placed.push((words, Placed { below, previous, next, above: shelf.entries.len(), is_alone: !touches }));
            start = Some(comment.start);
        }
        for (words, placed) in placed.into_iter().rev() {
            shelf.sequence.push(Row::Comment(words));
            shelf.comments.entry(words).or_default().push(placed);
        }
    }
}

fn has_blank_line(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').skip(1).peekable();
    while let Some(line) = lines.next() {
        if lines.peek().is_some() && line.trim_ascii().is_empty() {
            return true;
        }
    }
    false
}
