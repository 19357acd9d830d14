//! Describes what could not be merged, as the line sees it: what the three sides hold, and where each has it, so that
//! whoever settles the content keeps the move.

use super::collect::{BASE, OURS, THEIRS};
use super::leaf_merge::{self, Item};
use super::objects::Objects;
use std::rc::Rc;
use switchback_core::content::entry::Places;
use switchback_core::content::{Conflict, ConflictKind, Sides};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Leaf, RepoPath};

/// A conflict: where the line has the file, when the change knows it elsewhere.
pub(super) fn describe(objects: &Objects, items: &[Item], item: &Item, kind: ConflictKind) -> Result<Conflict, Fault> {
    let at = |stage: usize| item.sources[stage].map_or(&item.path, |source| &items[source].path);
    let path = at(OURS);
    // Where a file was renamed itself, or is gone, that counts more than where its folder went.
    let moved = item.along.as_ref().filter(|_| kind == ConflictKind::FolderRename);
    let along = |stage: usize| moved.filter(|(mover, _)| *mover == stage).map(|(_, target)| target);
    let theirs = along(THEIRS).or(item.theirs_at.map(|to| &items[to].path)).unwrap_or_else(|| at(THEIRS));
    let elsewhere = |place: &Rc<[u8]>| (place != path).then(|| RepoPath::new(place));
    let [ours_merged, theirs_merged] = merged(objects, item, kind)?;
    let left = item.collided.iter().map(|from| &items[*from]).filter(|from| from.found[OURS].is_some());
    let places = Places {
        base: elsewhere(at(BASE)),
        ours: along(OURS).and_then(elsewhere),
        theirs: elsewhere(theirs),
        ours_merged,
        theirs_merged,
        left: left.map(|from| RepoPath::new(&from.path)).collect(),
    };
    let stages = if item.collided.is_empty() { item.stages } else { item.found };
    let sides = Sides { base: stages[BASE], ours: stages[OURS], theirs: stages[THEIRS] };
    Ok(Conflict { places, ..Conflict::new(RepoPath::new(path), kind, sides) })
}

/// What taking ours, and theirs, gives where that is more than the side itself holds, as git leaves it to be taken.
fn merged(objects: &Objects, item: &Item, kind: ConflictKind) -> Result<[Option<Leaf>; 2], Fault> {
    if !item.collided.is_empty() {
        // A file that moved here has in it what the other side made of it where it was.
        let grown = |stage: usize| item.stages[stage].filter(|leaf| item.found[stage] != Some(*leaf));
        return Ok([grown(OURS), grown(THEIRS)]);
    }
    if !matches!(kind, ConflictKind::Rename | ConflictKind::FolderRename | ConflictKind::FileFolder) {
        return Ok([None, None]);
    }
    // Only the place is in dispute.
    let leaf = match (item.stages[BASE], item.stages[OURS], item.stages[THEIRS]) {
        (_, Some(_), Some(_)) => leaf_merge::content(objects, item.stages)?.ok(),
        (None, one, other) if kind != ConflictKind::FileFolder => one.or(other),
        _ => None,
    };
    Ok([leaf, leaf])
}
