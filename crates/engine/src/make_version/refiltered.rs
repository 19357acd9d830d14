//! An area that was given another filter since its last version: what comes in because of that and what goes out
//! (`SPEC A3`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::areas::drift::Wish;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::Area;
use switchback_core::records::version::{Version, VersionKind};
use switchback_core::words::object::RepoPath;

/// Adds to what a version wants whatever stands there by the filter of the version before and not by the one in force, and the
/// other way round. Files that somebody had edited may stand otherwise for that reason, and are left to the rules for edits.
pub(super) fn add(
    desk: &Desk<'_>,
    area: &Area,
    (state, before): (&State, &Version),
    wishes: &mut Vec<Wish>,
) -> Result<(), EngineFailure> {
    // What was taken as it stood may stand as an older filter put it.
    let is_as_it_was = state.configuration.as_ref().is_none_or(|known| known.since < before.at);
    if is_as_it_was && before.kind != VersionKind::Adopt {
        return Ok(());
    }
    let versions = &state.area(&area.name).versions;
    let mut edited: BTreeSet<&RepoPath> = versions.iter().flat_map(|one| &one.kept).collect();
    for file in versions.iter().flat_map(|one| &one.overwritten) {
        // A rollback brought it back.
        if desk.repo.leaf(before.tree, &file.path)? == file.before {
            edited.insert(&file.path);
        }
    }
    let by_now = area.filter.project(&*desk.repo, before.wanted)?;
    let mut places: BTreeMap<RepoPath, usize> = BTreeMap::new();
    places.extend(wishes.iter().enumerate().map(|(at, wish)| (wish.path.clone(), at)));
    for one in desk.repo.changes(before.tree, by_now)? {
        if edited.contains(&one.path) {
            continue;
        }
        match places.get(&one.path) {
            Some(at) => wishes[*at].before = one.before,
            None => wishes.push(Wish {
                path: one.path,
                before: one.before,
                after: one.after,
                standing: None,
                loses_edit: false,
            }),
        }
    }
    Ok(())
}
