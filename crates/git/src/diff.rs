//! The leaves in which two trees differ. Folders of one id are not entered.

use super::objects::{Objects, join};
use super::tree::{self, Entry, Kind, Node};
use std::sync::Arc;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Oid, PathChange, RepoPath};

/// Every path that differs, in order of path.
pub(super) fn changes(objects: &Objects, before: Oid, after: Oid) -> Result<Vec<PathChange>, Fault> {
    let mut found = Vec::new();
    folder(objects, (Some(before), Some(after)), (&[], &mut found))?;
    found.sort_by(|one, two| one.path.cmp(&two.path));
    Ok(found)
}

fn folder(
    objects: &Objects,
    (before, after): (Option<Oid>, Option<Oid>),
    (path, found): (&[u8], &mut Vec<PathChange>),
) -> Result<(), Fault> {
    let read = |id: Option<Oid>| id.map_or_else(|| Ok(Arc::from([])), |id| objects.folder(id, path));
    let (one, two) = (read(before)?, read(after)?);
    let (mut one, mut two) = (&*one, &*two);
    loop {
        let pair = next_pair(&mut one, &mut two);
        let Some(name) = pair.0.or(pair.1).map(|entry| entry.name) else { return Ok(()) };
        let (old, new) = (pair.0.map(|entry| entry.node), pair.1.map(|entry| entry.node));
        if old == new {
            continue;
        }
        let inner = join(path, name);
        let is_folder = |node: &Node| node.kind == Kind::Folder;
        if old.or(new).is_some_and(|node| is_folder(&node)) {
            folder(objects, (old.map(|node| node.id), new.map(|node| node.id)), (&inner, found))?;
        } else {
            let (before, after) = (old.and_then(Node::leaf), new.and_then(Node::leaf));
            found.push(PathChange { path: RepoPath::new(inner), before, after });
        }
    }
}

/// The next entries of one name and sort (folder or leaf); one of them may be missing.
fn next_pair<'a>(one: &mut &'a [u8], two: &mut &'a [u8]) -> (Option<Entry<'a>>, Option<Entry<'a>>) {
    let (mut left, mut right) = (tree::first(one), tree::first(two));
    if let (Some(old), Some(new)) = (left, right) {
        match sort_of(old, new) {
            std::cmp::Ordering::Less => right = None,
            std::cmp::Ordering::Greater => left = None,
            std::cmp::Ordering::Equal => {}
        }
    }
    *one = &one[left.map_or(0, |entry| entry.len)..];
    *two = &two[right.map_or(0, |entry| entry.len)..];
    (left, right)
}

fn sort_of(old: Entry<'_>, new: Entry<'_>) -> std::cmp::Ordering {
    tree::order((old.name, old.node.kind), (new.name, new.node.kind))
}
