//! What stands at a place is taken as the area's new version (`SPEC A15`).

use super::wishes::none_is_odd;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::collections::BTreeSet;
use switchback_core::areas::next_version::Draft;
use switchback_core::areas::{adopted, place};
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::Area;
use switchback_core::words::object::{Leaf, Mode, RepoPath};

/// The draft with what stands at every path that the area or its stage has, and those files under the area's names.
/// What differs from everything known is made a part of the repository.
pub(crate) fn taken(
    desk: &Desk<'_>,
    where_: (&State, &Area),
    mut draft: Draft,
) -> Result<(Draft, Vec<(RepoPath, Leaf)>), EngineFailure> {
    let ((state, area), repo) = (where_, &*desk.repo);
    let target = desk.house.targets.open(area);
    let line = desk.snapshot(state).line(&area.stage)?.tree;
    let mut known: BTreeSet<RepoPath> = BTreeSet::new();
    for tree in [line, draft.wanted] {
        known.extend(repo.leaves(tree)?.into_iter().map(|(path, _)| path));
    }
    // What somebody had edited, and was left there when it should have gone.
    if let Some(current) = state.area(&area.name).current() {
        known.extend(repo.leaves(current.tree)?.iter().filter_map(|(path, _)| area.filter.origin(path)));
    }
    let named = known.into_iter().filter_map(|path| Some((area.filter.map(&path)?, path)));
    let (here, there): (Vec<RepoPath>, Vec<RepoPath>) = named.unzip();
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
    let edits: Vec<_> = there.into_iter().zip(standing).collect();
    draft.wanted = repo.edit(draft.wanted, &edits)?;
    draft.changes = adopted::moved(&desk.snapshot(state), repo, area, draft.wanted)?;
    Ok((draft, files))
}
