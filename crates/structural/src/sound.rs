//! Whether a document can be merged by key at all: no list may hold a key twice.

use super::document::{Document, Hashing, List, Order};
use super::why::Why;
use std::collections::HashSet;

/// Lists up to this long are compared pair by pair: cheaper than a set.
const FEW: usize = 8;

/// Refuses a document with a list in which a key stands twice.
pub(super) fn check(document: &Document<'_>) -> Result<(), Why> {
    document.root.as_list().map_or(Ok(()), |list| check_list(document.text, list))
}

fn check_list(text: &[u8], list: &List<'_>) -> Result<(), Why> {
    if let Some(twice) = doubled(list) {
        let node = &list.nodes[twice];
        let line = line_of(text, node.core.start);
        return Err(Why::unsound(format!("it holds `{}` twice (line {line})", node.name.shown())));
    }
    list.nodes.iter().filter_map(|node| node.as_list()).try_for_each(|list| check_list(text, list))
}

/// The first node that has the name of one before it, where names tell nodes apart.
pub(super) fn doubled(list: &List<'_>) -> Option<usize> {
    let nodes = &list.nodes;
    if list.order == Order::Positional {
        return None;
    }
    if nodes.len() <= FEW {
        return (1..nodes.len()).find(|at| nodes[..*at].iter().any(|one| one.name == nodes[*at].name));
    }
    let mut seen = HashSet::with_capacity_and_hasher(nodes.len(), Hashing::default());
    nodes.iter().position(|node| !seen.insert(&node.name))
}

/// The line of a byte, from 1.
pub(super) fn line_of(text: &[u8], at: usize) -> usize {
    text[..at.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}
