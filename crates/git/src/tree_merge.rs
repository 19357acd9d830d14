//! The three-way merge of trees: walk, follow renames where they matter, decide each path, and change our
//! tree where the change wants it otherwise. The same tree as git's wherever git merges cleanly.

use super::collect::{self, BASE, Edit, OURS, THEIRS};
use super::describe;
use super::leaf_merge::{self, Item};
use super::moves;
use super::objects::Objects;
use super::overlay;
use super::tree::{Kind, Node};
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use switchback_core::content::{Blended, Conflict, ConflictKind, Merged, Sides};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{BlobId, Leaf, Oid, RepoPath, TreeId};

/// Merges `[base, ours, theirs]`.
pub(super) fn merge(objects: &Objects, trees: [Oid; 3]) -> Result<Merged, Fault> {
    let collected = collect::collect(objects, trees)?;
    let items = moves::follow(objects, &collected)?;
    let mut edits = collected.edits;
    let mut decided = decide(objects, &items, &mut edits)?;
    block(objects, trees, (&mut edits, &mut decided.conflicts))?;
    merged(objects, trees[OURS], edits, decided)
}

/// What a merge made of our tree, in order.
pub(super) fn merged(objects: &Objects, ours: Oid, edits: Vec<Edit>, decided: Decided) -> Result<Merged, Fault> {
    let Decided { mut conflicts, mut blended, followed } = decided;
    conflicts.sort_by(|one, two| one.path.cmp(&two.path));
    conflicts.dedup_by(|next, kept| next.path == kept.path);
    blended.retain(|one| !conflicts.iter().any(|conflict| conflict.path == one.path));
    blended.sort_by(|one, two| one.path.cmp(&two.path));
    Ok(Merged { tree: TreeId(overlay::apply(objects, ours, edits)?), conflicts, blended, followed })
}

/// What deciding every item came to, beside the edits.
#[derive(Default)]
pub(super) struct Decided {
    conflicts: Vec<Conflict>,
    blended: Vec<Blended>,
    followed: Vec<(RepoPath, RepoPath)>,
}

/// Settles every item into an edit or a conflict.
pub(super) fn decide(objects: &Objects, items: &[Item], edits: &mut Vec<Edit>) -> Result<Decided, Fault> {
    let mut decided = Decided::default();
    let mut held = HashSet::new();
    let mut wanted = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let made = leaf_merge::settle(objects, item)?;
        // What is in conflict there may be settled yet.
        if let (Ok(Some(_)) | Err(_), Some(there)) = (&made, item.sources[THEIRS]) {
            decided.followed.push((RepoPath::new(&items[there].path), RepoPath::new(&item.path)));
        }
        match made {
            Ok(leaf) if leaf != item.found[OURS] => wanted.push((index, leaf)),
            Ok(_) if item.conflict_elsewhere => {}
            Ok(leaf) => decided.blended.extend(leaf.and_then(|result| blended(item, result))),
            Err(kind) => {
                decided.conflicts.push(describe::describe(objects, items, item, kind)?);
                // Where something else came instead of the file that moved away, it is no part of the conflict.
                let sources = item.sources.iter().flatten().chain(&item.collided).copied();
                held.extend(sources.filter(|source| items[*source].is_settled));
            }
        }
    }
    let free = wanted.into_iter().filter(|(index, _)| !held.contains(index) && !items[*index].conflict_elsewhere);
    for (index, leaf) in free {
        let item = &items[index];
        decided.blended.extend(leaf.and_then(|result| blended(item, result)));
        edits.push(Edit { path: Rc::clone(&item.path), node: leaf.map(Node::from) });
    }
    Ok(decided)
}

/// What lines made of a file that both sides changed, be it one of the sides; `None` where only one of them did.
fn blended(item: &Item, result: Leaf) -> Option<Blended> {
    let sides = Sides { base: item.stages[BASE], ours: item.stages[OURS], theirs: item.stages[THEIRS] };
    let mut contents: Vec<BlobId> = item.stages.iter().flatten().map(|stage| stage.id).collect();
    contents.sort_unstable();
    contents.dedup();
    let all = item.stages.iter().flatten().count();
    if sides.ours.is_none() || sides.theirs.is_none() || contents.len() < all {
        return None;
    }
    Some(Blended { path: RepoPath::new(&item.path), sides, result })
}

/// What shall stand at each path that is edited.
#[derive(Clone, Copy)]
struct Wanted<'a> {
    edited: &'a HashMap<Rc<[u8]>, Option<Node>>,
    /// A path that is left besides.
    left: Option<&'a [u8]>,
}

impl Wanted<'_> {
    /// What shall stand at a path, or nothing; `None` where it stays as it is.
    fn at(self, path: &[u8]) -> Option<Option<Node>> {
        if self.left == Some(path) { Some(None) } else { self.edited.get(path).copied() }
    }
}

/// Takes back the leaves that cannot be put where they belong because a folder stays there, or a file does
/// where they need a folder.
fn block(
    objects: &Objects,
    trees: [Oid; 3],
    (edits, conflicts): (&mut Vec<Edit>, &mut Vec<Conflict>),
) -> Result<(), Fault> {
    let edited = edits.iter().map(|edit| (Rc::clone(&edit.path), edit.node)).collect();
    let wanted = Wanted { edited: &edited, left: None };
    for conflict in conflicts.iter_mut() {
        let Conflict { path, kind, sides, places, why } = conflict;
        if *kind == ConflictKind::EditDelete
            && sides.ours.is_none()
            && is_blocked(objects, trees[OURS], (path.as_bytes(), wanted))?
        {
            *kind = ConflictKind::FileFolder;
            *why = Some("the change edits what was deleted here, and taking it replaces what came instead".to_owned());
        }
        for place in [&mut places.ours, &mut places.theirs] {
            if let Some(to) = place
                && !is_free(objects, trees[OURS], (to.as_bytes(), path.as_bytes(), wanted))?
            {
                *place = None;
            }
        }
    }
    let mut blocked = HashSet::new();
    for edit in edits.iter() {
        let is_leaf = edit.node.is_some_and(|node| node.kind != Kind::Folder);
        if is_leaf && is_blocked(objects, trees[OURS], (&edit.path, wanted))? {
            blocked.insert(Rc::clone(&edit.path));
        }
    }
    if blocked.is_empty() {
        return Ok(());
    }
    edits.retain(|edit| !blocked.contains(&edit.path));
    for path in blocked {
        let sides = Sides {
            base: objects.leaf(trees[BASE], &path)?,
            ours: objects.leaf(trees[OURS], &path)?,
            theirs: objects.leaf(trees[THEIRS], &path)?,
        };
        conflicts.push(Conflict::new(RepoPath::new(&path), ConflictKind::FileFolder, sides));
    }
    Ok(())
}

/// Whether a file may go from one path to another in our tree: nothing else stands there, or in the way.
fn is_free(objects: &Objects, ours: Oid, (to, from, wanted): (&[u8], &[u8], Wanted<'_>)) -> Result<bool, Fault> {
    if objects.leaf(ours, to)?.is_some() && wanted.at(to).is_none_or(|node| node.is_some()) {
        return Ok(false);
    }
    Ok(!is_blocked(objects, ours, (to, Wanted { left: Some(from), ..wanted }))?)
}

/// Whether our tree, with the edits, has a folder at the path or a file above it.
fn is_blocked(objects: &Objects, ours: Oid, (path, wanted): (&[u8], Wanted<'_>)) -> Result<bool, Fault> {
    let mut node = Some(Node::folder(ours));
    let slashes = path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    let mut start = 0;
    for end in slashes.chain([path.len()]) {
        node = match node {
            Some(folder) if folder.kind == Kind::Folder => objects.find(folder.id, &path[start..end])?,
            _ => None,
        };
        start = end + 1;
        if end == path.len() {
            break;
        }
        let above = wanted.at(&path[..end]);
        let stays = node.is_some_and(|node| node.kind != Kind::Folder) && above.is_none();
        if stays || above.is_some_and(|node| node.is_some()) {
            return Ok(true);
        }
    }
    let Some(folder) = node.filter(|node| node.kind == Kind::Folder) else { return Ok(false) };
    let mut leaves = Vec::new();
    objects.leaves(folder.id, path, &mut leaves)?;
    Ok(leaves.iter().any(|(leaf, _)| !matches!(wanted.at(leaf.as_bytes()), Some(None))))
}
