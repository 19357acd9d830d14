//! Trees changed without being unpacked: only the folders on the way to a change are read and rewritten.

use super::collect::Edit;
use super::objects::Objects;
use super::tree::{self, Kind, Node};
use std::cmp::Ordering;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Oid, TreeId};

/// Up to so many names of a folder are looked for one by one.
const FEW: usize = 4;

/// The tree with some paths replaced. What stands in the way of a leaf gives way to it.
pub(super) fn apply(objects: &Objects, tree: Oid, mut edits: Vec<Edit>) -> Result<Oid, Fault> {
    if edits.is_empty() {
        return Ok(tree);
    }
    edits.sort_by(|one, two| by_component(&one.path, &two.path));
    match folder(objects, Some(tree), (&edits, 0))? {
        Some(tree) => Ok(tree),
        None => {
            objects.make(gix::objs::Kind::Tree, Vec::new())?;
            Ok(TreeId::EMPTY.0)
        }
    }
}

/// Orders paths so that everything below a folder follows it directly.
pub(super) fn by_component(one: &[u8], two: &[u8]) -> Ordering {
    let rank = |byte: &u8| if *byte == b'/' { 0 } else { *byte };
    one.iter().map(rank).cmp(two.iter().map(rank))
}

/// What is said of one name of a folder.
pub(super) struct Named<'a> {
    pub(super) name: &'a [u8],
    /// Of the name itself.
    pub(super) here: &'a [Edit],
    /// Of what is below it.
    pub(super) inner: &'a [Edit],
}

/// Edits in order, by the names that one folder has for them; `skip` is the length of its path with the slash.
pub(super) fn by_name(edits: &[Edit], skip: usize) -> impl Iterator<Item = Named<'_>> {
    let len_of = move |edit: &Edit| {
        let rest = &edit.path[skip..];
        rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len())
    };
    let is_same = move |one: &Edit, two: &Edit| {
        let len = len_of(one);
        len == len_of(two) && one.path[skip..skip + len] == two.path[skip..skip + len]
    };
    edits.chunk_by(is_same).map(move |group| {
        let end = skip + len_of(&group[0]);
        let (here, inner) = group.split_at(group.partition_point(|edit| edit.path.len() == end));
        Named { name: &group[0].path[skip..end], here, inner }
    })
}

/// Rewrites one folder; `skip` is the length of its path with the slash.
fn folder(objects: &Objects, old: Option<Oid>, (edits, skip): (&[Edit], usize)) -> Result<Option<Oid>, Fault> {
    let raw = objects.folder(old.unwrap_or(TreeId::EMPTY.0), &edits[0].path[..skip.saturating_sub(1)])?;
    // Where many names are looked for, it pays to know where entries begin.
    let places = if edits.len() > FEW { tree::places(&raw) } else { None };
    let mut changes: Vec<tree::Change<'_>> = Vec::new();
    for Named { name, here, inner } in by_name(edits, skip) {
        let here = here.last().map(|edit| edit.node);
        let old = match &places {
            Some(places) => tree::find_at(&raw, places, name),
            None => tree::find(&raw, name),
        };
        let new = entry(objects, old, (here, inner, skip + name.len() + 1))?;
        if new != old {
            changes.push((name, new));
        }
    }
    if changes.is_empty() {
        return Ok(old);
    }
    objects.splice(old, &changes)
}

/// What shall stand at one name: `here` is the edit of the name itself, the others are below it.
fn entry(
    objects: &Objects,
    old: Option<Node>,
    (here, inner, skip): (Option<Option<Node>>, &[Edit], usize),
) -> Result<Option<Node>, Fault> {
    let old_folder = old.filter(|node| node.kind == Kind::Folder);
    let old_leaf = old.filter(|node| node.kind != Kind::Folder && here.is_none());
    let adds = inner.iter().any(|edit| edit.node.is_some());
    match here.flatten() {
        Some(node) if !adds => Ok(Some(node)),
        _ if inner.is_empty() => Ok(old_folder.or(old_leaf)),
        _ => {
            let folder = folder(objects, old_folder.map(|node| node.id), (inner, skip))?;
            Ok(folder.map(Node::folder).or(old_leaf))
        }
    }
}
