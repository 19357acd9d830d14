//! The three-way merge of trees: walk, follow renames where they matter, decide each path, and change our
//! tree where the change wants it otherwise. The same tree as git's wherever git merges cleanly.

use super::collect::{self, BASE, Collected, Edit, OURS, Reach, THEIRS};
use super::describe;
use super::leaf_merge::{self, Item};
use super::moves;
use super::objects::Objects;
use super::overlay;
use super::tree::Node;
use super::way::{self, Way};
use std::collections::HashSet;
use std::rc::Rc;
use switchback_core::content::{Blended, Conflict, ConflictKind, Merged, Sides};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{BlobId, Leaf, Oid, RepoPath, TreeId};

/// Merges `[base, ours, theirs]`.
pub(super) fn merge(objects: &Objects, trees: [Oid; 3]) -> Result<Merged, Fault> {
    merge_collected(objects, trees, collect::collect(objects, trees, Reach::AsNeeded)?)
}

fn merge_collected(objects: &Objects, trees: [Oid; 3], mut collected: Collected) -> Result<Merged, Fault> {
    let mut items = moves::follow(objects, &collected)?;
    let mut edits = std::mem::take(&mut collected.edits);
    let settled = edits.len();
    loop {
        let decided = decide(objects, &items, &mut edits)?;
        let blocked = Way::new(objects, trees[OURS], &edits).blocked(&edits)?;
        if blocked.is_empty() {
            let mut merged = merged(objects, trees[OURS], edits, decided)?;
            let tree = merged.tree.0;
            merged.conflicts.iter_mut().try_for_each(|conflict| way::mark(objects, tree, conflict))?;
            return Ok(merged);
        }
        if collected.takes_folders {
            // It may have come from one of those.
            return merge_collected(objects, trees, collect::collect(objects, trees, Reach::Everywhere)?);
        }
        // What was to go there from elsewhere stays where it was, and may stand in the way of something else.
        moves::follow_to(objects, &collected, &mut items, &blocked)?;
        for item in items.iter_mut().filter(|item| blocked.contains(&*item.path)) {
            item.conflict = Some(ConflictKind::FileFolder);
        }
        edits.truncate(settled);
    }
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
        let there = match &made {
            Ok(Some(_)) => item.sources[THEIRS],
            Ok(None) => None,
            // What the change deletes is nowhere on its side.
            Err(_) => item.sources[THEIRS].or(item.sources[BASE]),
        };
        if let Some(there) = there {
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
