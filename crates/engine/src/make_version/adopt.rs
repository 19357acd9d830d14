//! What stands at a place is taken as the area's new version (`SPEC A15`).

use super::wishes::none_is_odd;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::areas::next_version::Draft;
use switchback_core::areas::{adopted, place};
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::Area;
use switchback_core::words::object::{Leaf, Mode, RepoPath};

/// The draft with what stands at every path that the area or its stage has, and those files under the area's names. What the
/// version before has there and the filter in force does not let in any more is among them, and what that lets in and is not
/// there yet stays wanted: the next version follows the filter. What differs from everything known is made a part of the
/// repository.
pub(crate) fn taken(
    desk: &Desk<'_>,
    where_: (&State, &Area),
    mut draft: Draft,
) -> Result<(Draft, Vec<(RepoPath, Leaf)>), EngineFailure> {
    let ((state, area), repo) = (where_, &*desk.repo);
    let target = desk.house.targets.open(area);
    let line = desk.snapshot(state).line(&area.stage)?.tree;
    let mut known: BTreeMap<RepoPath, Option<RepoPath>> = BTreeMap::new();
    for (path, _) in repo.leaves(line)?.into_iter().chain(repo.leaves(draft.wanted)?) {
        known.extend(area.filter.map(&path).map(|here| (here, Some(path))));
    }
    let versions = &state.area(&area.name).versions;
    let stood = versions.last().map_or(Ok(Vec::new()), |current| repo.leaves(current.tree))?;
    let stood: BTreeSet<RepoPath> = stood.into_iter().map(|(path, _)| path).collect();
    let kept: BTreeSet<&RepoPath> = versions.iter().flat_map(|version| &version.kept).collect();
    for here in &stood {
        // What somebody had edited, and was left there when it should have gone; all else is there by another filter.
        let origin = kept.contains(here).then(|| area.filter.origin(here)).flatten();
        known.entry(here.clone()).or_insert(origin);
    }
    let here: Vec<RepoPath> = known.keys().cloned().collect();
    let standing = target.read(&here)?;
    none_is_odd(area, here.iter().zip(standing.iter().copied()))?;
    let mut files = Vec::new();
    for (path, leaf) in here.into_iter().zip(&standing) {
        let Some(leaf) = leaf else { continue };
        if leaf.mode != Mode::Submodule && repo.read(leaf.id).is_err() {
            repo.blob(&target.fetch(&path)?)?;
        }
        files.push((path, *leaf));
    }
    if files.is_empty() {
        return Err(place::nothing_stands(&area.name).into());
    }
    let is_new = |here: &RepoPath| !stood.is_empty() && !stood.contains(here) && !kept.contains(here);
    let is_to_come = |here: &RepoPath, leaf: &Option<Leaf>| leaf.is_none() && is_new(here);
    let seen = known.into_iter().zip(standing).filter(|((here, _), leaf)| !is_to_come(here, leaf));
    let edits: Vec<_> = seen.filter_map(|((_, there), leaf)| Some((there?, leaf))).collect();
    draft.wanted = repo.edit(draft.wanted, &edits)?;
    draft.changes = adopted::moved(&desk.snapshot(state), repo, area, draft.wanted)?;
    Ok((draft, files))
}
