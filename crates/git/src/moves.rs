//! What renames do to a merge: contents follow their file to its new place, and folders that moved on one
//! side while the other added to them are conflicts. The rules are those of git's merge.

use super::collect::{BASE, Collected, OURS, THEIRS};
use super::leaf_merge::{self, Item};
use super::objects::Objects;
use super::renames::{self, File, FoundRenames, Need, folder_of};
use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;
use switchback_core::content::ConflictKind;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Leaf, Mode};

/// A rename that one side made.
struct Rename {
    from: usize,
    to: usize,
    /// [`OURS`] or [`THEIRS`].
    side: usize,
}

/// The decisions to be made, once renames are known. Without renames, one for each pending path.
pub(super) fn follow(objects: &Objects, collected: &Collected) -> Result<Vec<Item>, Fault> {
    let mut items: Vec<Item> = collected.pending.iter().map(Item::new).collect();
    if !collected.sides.iter().any(super::collect::SideChanges::renames_matter) {
        return Ok(items);
    }
    let found = [find(objects, collected, OURS)?, find(objects, collected, THEIRS)?];
    folder_renames(collected, &found, &mut items);
    let mut all = Vec::new();
    for (index, found) in found.iter().enumerate() {
        let changes = &collected.sides[index];
        let rename = |pair: &(usize, usize)| Rename {
            from: changes.deleted[pair.0],
            to: changes.added[pair.1],
            side: index + 1,
        };
        all.extend(found.pairs.iter().map(rename));
    }
    all.sort_by(|one, two| collected.pending[one.from].path.cmp(&collected.pending[two.from].path));
    let mut rest = all.as_slice();
    while let Some((rename, tail)) = rest.split_first() {
        rest = match tail.split_first() {
            Some((other, tail)) if other.from == rename.from => {
                both_renamed(&mut items, rename.from, [rename.to, other.to]);
                tail
            }
            _ => {
                one_renamed(objects, &mut items, rename)?;
                tail
            }
        };
    }
    Ok(items)
}

/// Follows the files that their side moved to some paths, though nobody else touched them.
pub(super) fn follow_to(
    objects: &Objects,
    collected: &Collected,
    items: &mut [Item],
    paths: &HashSet<Rc<[u8]>>,
) -> Result<(), Fault> {
    let changes = &collected.sides[THEIRS - 1];
    for (from, to) in pairs(objects, collected, THEIRS, None)?.pairs {
        let (from, to) = (changes.deleted[from], changes.added[to]);
        if paths.contains(&items[to].path) && items[to].sources[BASE].is_none() && !items[from].is_settled {
            one_renamed(objects, items, &Rename { from, to, side: THEIRS })?;
        }
    }
    Ok(())
}

/// The renames one side made, if they matter.
fn find(objects: &Objects, collected: &Collected, side: usize) -> Result<FoundRenames, Fault> {
    let changes = &collected.sides[side - 1];
    if !changes.renames_matter() {
        return Ok(FoundRenames::default());
    }
    let need = Need { relevant: &changes.relevant, removed: &changes.removed };
    pairs(objects, collected, side, Some(&need))
}

/// The renames one side made, all of them or as far as they are needed.
fn pairs(
    objects: &Objects,
    collected: &Collected,
    side: usize,
    need: Option<&Need<'_>>,
) -> Result<FoundRenames, Fault> {
    let changes = &collected.sides[side - 1];
    let files = |indices: &[usize], stage: usize| -> Vec<File> {
        let file = |index: &usize| {
            let pending = &collected.pending[*index];
            pending.stages[stage].map(|leaf| File { path: Rc::clone(&pending.path), leaf })
        };
        indices.iter().filter_map(file).collect()
    };
    renames::find(objects, &files(&changes.deleted, BASE), &files(&changes.added, side), need)
}

/// Both sides renamed a file: to one place, or there is a conflict.
fn both_renamed(items: &mut [Item], from: usize, to: [usize; 2]) {
    let base = items[from].stages[BASE];
    if to[0] == to[1] {
        items[to[0]].stages[BASE] = base;
        items[to[0]].sources[BASE] = Some(from);
        items[from].is_settled = true;
        return;
    }
    items[to[0]].stages[BASE] = base;
    items[to[0]].stages[THEIRS] = items[to[1]].stages[THEIRS];
    items[to[0]].theirs_at = Some(to[1]);
    items[to[0]].sources[BASE] = Some(from);
    items[to[0]].conflict = Some(ConflictKind::Rename);
    items[to[1]].conflict_elsewhere = true;
    items[from].is_settled = true;
}

/// One side renamed a file; the other left it, edited it, deleted it, or put something where it went.
fn one_renamed(objects: &Objects, items: &mut [Item], rename: &Rename) -> Result<(), Fault> {
    let (from, to, other) = (rename.from, rename.to, 3 - rename.side);
    let old = items[from].stages;
    let is_plain = |leaf: Option<Leaf>| leaf.is_some_and(|leaf| matches!(leaf.mode, Mode::File | Mode::Executable));
    let is_deleted = old[OURS].is_none() && old[THEIRS].is_none();
    let changes_type = !is_deleted && is_plain(old[other]) != is_plain(items[to].stages[rename.side]);
    let collides = items[to].stages[other].is_some() && !changes_type;
    if collides && is_deleted {
        items[to].conflict = Some(ConflictKind::Rename);
        items[from].is_settled = true;
        return Ok(());
    }
    if collides {
        let mut sides = [old[BASE], None, None];
        sides[rename.side] = items[to].stages[rename.side];
        sides[other] = old[other];
        match leaf_merge::content(objects, sides)? {
            Ok(merged) => items[to].stages[rename.side] = Some(merged),
            Err(_) => items[to].conflict = Some(ConflictKind::Rename),
        }
        items[to].collided.push(from);
        items[from].is_settled = true;
        return Ok(());
    }
    items[to].stages[BASE] = old[BASE];
    items[to].sources[BASE] = Some(from);
    if changes_type {
        items[from].stages[BASE] = None;
        return Ok(());
    }
    if is_deleted {
        items[to].conflict = Some(ConflictKind::EditDelete);
    } else {
        items[to].stages[other] = old[other];
        items[to].sources[other] = Some(from);
    }
    items[from].is_settled = true;
    Ok(())
}

/// Folders that one side renamed, and where to.
type Folders = BTreeMap<Vec<u8>, Vec<u8>>;

/// Marks the additions and renames of one side that go into a folder which the other side renamed.
fn folder_renames(collected: &Collected, found: &[FoundRenames; 2], items: &mut Vec<Item>) {
    let mut folders = [Folders::new(), Folders::new()];
    for (index, found) in found.iter().enumerate() {
        for (folder, counts) in &found.folders {
            match majority(counts) {
                Some(Ok(target)) => {
                    folders[index].insert(folder.clone(), target.to_vec());
                }
                Some(Err(())) => items.push(Item::split_folder(folder)),
                None => {}
            }
        }
    }
    let both: Vec<_> = folders[0].keys().filter(|folder| folders[1].contains_key(*folder)).cloned().collect();
    for folder in both {
        folders.iter_mut().for_each(|folders| drop(folders.remove(&folder)));
    }
    let targets = [0, 1].map(|index| targets(collected, index, &folders[1 - index]));
    for (index, changes) in collected.sides.iter().enumerate() {
        let (theirs, own) = (&folders[1 - index], &folders[index]);
        for added in &changes.added {
            let path = &collected.pending[*added].path;
            if targets[1 - index].contains(&**path) {
                continue;
            }
            if let Some((_, target)) = renamed_above(path, theirs).filter(|(_, target)| !own.contains_key(*target)) {
                items[*added].conflict = Some(ConflictKind::FolderRename);
                let target = moved_along(path, theirs).unwrap_or_else(|| target.to_vec());
                items[*added].along = Some((2 - index, Rc::from(target)));
            }
        }
    }
}

/// Where the additions of a side would go, were they to follow the other side's folders.
fn targets(collected: &Collected, index: usize, folders: &Folders) -> HashSet<Vec<u8>> {
    let moved = |added: &usize| moved_along(&collected.pending[*added].path, folders);
    collected.sides[index].added.iter().filter_map(moved).collect()
}

/// Where a path goes with a folder above it that was renamed.
fn moved_along(path: &[u8], folders: &Folders) -> Option<Vec<u8>> {
    let (old, new) = renamed_above(path, folders)?;
    Some(match new {
        [] => path[old.len() + 1..].to_vec(),
        _ => [new, &path[old.len()..]].concat(),
    })
}

/// The nearest folder above a path that was renamed, and its new place.
fn renamed_above<'a>(path: &'a [u8], folders: &'a Folders) -> Option<(&'a [u8], &'a [u8])> {
    let mut folder = folder_of(path);
    while !folder.is_empty() {
        if let Some(target) = folders.get(folder) {
            return Some((folder, target));
        }
        folder = folder_of(folder);
    }
    None
}

/// The place most files of a folder went to: `None` if none went anywhere, an error if no place has most.
fn majority(counts: &BTreeMap<Vec<u8>, usize>) -> Option<Result<&[u8], ()>> {
    let most = counts.values().max().copied().filter(|most| *most > 0)?;
    let mut places = counts.iter().filter(|(_, count)| **count == most);
    let first = places.next()?;
    Some(if places.next().is_some() { Err(()) } else { Ok(first.0) })
}

/// The renames between two trees, without a third to compare with.
pub(super) fn between(objects: &Objects, deleted: &[File], added: &[File]) -> Result<Vec<(usize, usize)>, Fault> {
    Ok(renames::find(objects, deleted, added, None)?.pairs)
}
