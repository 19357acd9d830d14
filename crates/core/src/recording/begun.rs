//! What a branch began with that its own change had done before: it stays the change's own (`SPEC C1`).

use crate::recording::history::deed;
use crate::recording::sight::{LeftOut, Sight};
use crate::records::change::Change;
use crate::words::fault::Fault;
use crate::words::names::{RevisionNo, StageName};
use crate::words::object::CommitId;
use std::collections::BTreeSet;

/// The newest revision of the change itself that the branch began with: a stage that the base branch follows took it, or its
/// own branch was merged into that.
///
/// # Errors
/// A fault of the repository.
pub(super) fn begun_with(sight: Sight<'_>) -> Result<Option<LeftOut>, Fault> {
    let Some((ix, change)) = sight.state.change(&sight.history.change) else { return Ok(None) };
    if sight.own.commits.is_empty() {
        return Ok(None);
    }
    let mut begun: Option<LeftOut> = None;
    let mut take = |revision: RevisionNo, stage: &StageName| {
        if begun.as_ref().is_none_or(|known| known.revision < revision) {
            begun = Some(LeftOut { change: change.key.clone(), revision, stage: stage.clone() });
        }
    };
    for (stage, line) in &sight.state.lines {
        for item in line.items_of(ix) {
            // Where the branch was merged there beside the tool, it began with what was merged, and not with the merge.
            let merged = (sight.info)(item.commit)?.parents.into_iter().skip(1);
            for commit in merged.chain([item.commit]) {
                if sight.began_with(commit)? {
                    take(item.revision, stage);
                }
            }
        }
    }
    let Some(stage) = &sight.history.base_stage else { return Ok(begun) };
    if let Some(revision) = brought_below(sight, change)? {
        take(revision, stage);
    }
    for earlier in change.revisions.iter().filter(|one| one.tip != sight.history.tip.id) {
        if sight.began_with(earlier.tip)? {
            take(earlier.number, stage);
        }
    }
    Ok(begun)
}

/// So many commits of the base branch are looked at below where a branch began.
const DEEP: usize = 1000;

/// The revision of the change that the base branch says it brought where the branch began: the stage may have given it back
/// since. `None` where it says nothing, or says that it was taken out.
fn brought_below(sight: Sight<'_>, change: &Change) -> Result<Option<RevisionNo>, Fault> {
    let bases: BTreeSet<CommitId> = change.revisions.iter().map(|one| one.base).collect();
    let mut at = Some(sight.history.base.id);
    for _ in 0..DEEP {
        let Some(id) = at.filter(|id| !bases.contains(id)) else { break };
        let info = (sight.info)(id)?;
        if let Some(deed) = deed(&info).filter(|deed| deed.change == change.key) {
            return Ok(deed.revision.filter(|_| !deed.removes));
        }
        at = info.parents.first().copied();
    }
    Ok(None)
}
