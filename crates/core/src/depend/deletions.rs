//! Who deletes a file that only a leaving change brought: without it there is nothing to delete, which a merge takes for
//! clean. It builds on that change all the same, for it would come to something else once both were there again in another
//! order (`SPEC L5`, `P11`).

use crate::compose::{Composer, Composition};
use crate::content::sketch::Hashes;
use crate::content::{Conflict, ConflictKind, PathSet, Sides};
use crate::records::line::{Item, Source};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::object::PathChange;
use std::collections::BTreeSet;

/// The first change that stays and deletes what only leaving ones brought before it, with what it deletes.
///
/// # Errors
/// A fault of the content.
pub(super) fn left_behind(
    composer: Composer<'_>,
    whole: Composition<'_>,
    leaving: &BTreeSet<ChangeIx>,
) -> Result<Option<(ChangeIx, Vec<Conflict>)>, Fault> {
    let (mut brought, mut hashes) = (PathSet::new(), Hashes::of(&PathSet::new()));
    for (at, item) in whole.items.iter().enumerate().filter(|(_, item)| item.source != Source::Held) {
        if leaving.contains(&item.change) {
            brought.extend(new_paths(composer, whole, (at, leaving))?);
            hashes = Hashes::of(&brought);
            continue;
        }
        if brought.is_empty() || !composer.may_touch(item, &hashes) {
            continue;
        }
        for PathChange { path, before, after } in differences(composer, item)? {
            match (before, after) {
                (Some(before), None) if brought.contains(&path) => {
                    let sides = Sides { base: Some(before), ours: None, theirs: None };
                    let conflict = Conflict::new(path, ConflictKind::EditDelete, sides);
                    return Ok(Some((item.change, vec![conflict])));
                }
                // Somebody who stays brings it as well.
                (_, Some(_)) => drop(brought.remove(&path)),
                _ => {}
            }
        }
    }
    Ok(None)
}

/// What an item did, path by path.
fn differences(composer: Composer<'_>, item: &Item) -> Result<Vec<PathChange>, Fault> {
    let Some((base, theirs)) = composer.trees(item)? else { return Ok(Vec::new()) };
    Ok(composer.content.delta(base, theirs)?.changes.clone())
}

/// The paths that a leaving item brings, which were not there at first, and with which nobody who stays had to do before.
fn new_paths(
    composer: Composer<'_>,
    whole: Composition<'_>,
    (at, leaving): (usize, &BTreeSet<ChangeIx>),
) -> Result<PathSet, Fault> {
    let mut new = PathSet::new();
    for PathChange { path, before, .. } in differences(composer, &whole.items[at])? {
        if before.is_none() && composer.content.leaf(whole.base, &path)?.is_none() {
            new.insert(path);
        }
    }
    if new.is_empty() {
        return Ok(new);
    }
    let hashes = Hashes::of(&new);
    let staying = whole.items[..at].iter().filter(|item| !leaving.contains(&item.change));
    for item in staying.filter(|item| composer.may_touch(item, &hashes)) {
        let touched = composer.touched(item)?;
        new.retain(|path| !touched.contains(path));
    }
    Ok(new)
}
