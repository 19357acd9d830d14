//! Commits of a branch that were copied from another change: picked from its branch, or left over where one branch was
//! stacked on another before that one was rebased (`SPEC C1`). A copy keeps author, moment and subject.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::collections::BTreeMap;
use switchback_core::content::Signature;
use switchback_core::ledger::state::State;
use switchback_core::ports::repository::CommitInfo;
use switchback_core::recording::history::History;
use switchback_core::records::change::{Change, Revision};
use switchback_core::words::names::ChangeKey;
use switchback_core::words::object::CommitId;

/// The commits of a branch that stand in another change's revision as well, and in no earlier one of its own.
///
/// # Errors
/// A fault of the repository.
pub(crate) fn copied(
    desk: &Desk<'_>,
    state: &State,
    history: &History,
) -> Result<BTreeMap<CommitId, ChangeKey>, EngineFailure> {
    let is_suspect = |info: &&CommitInfo| info.parents.len() < 2 && !history.names_it(info.id);
    let suspects: Vec<_> = history.order.iter().filter_map(|id| history.commits.get(id)).filter(is_suspect).collect();
    let mut copied = BTreeMap::new();
    for change in state.changes.iter().filter(|change| change.key != history.change) {
        for revision in &change.revisions {
            let named = |info: &&&CommitInfo| history.keys(info.id).contains(&change.key) || ends_with(revision, info);
            let suspects: Vec<_> = suspects.iter().filter(named).copied().collect();
            let of = Marks::of(desk, revision, &suspects)?;
            copied.extend(suspects.iter().filter(|info| of.copies(info)).map(|info| (info.id, change.key.clone())));
        }
    }
    if let Some(own) = state.change(&history.change).filter(|_| !copied.is_empty()) {
        without(desk, own.1, history, &mut copied)?;
    }
    Ok(copied)
}

/// Whether a revision ends with what may be a copy: asked of what the ledger knows, before a branch is walked.
fn ends_with(revision: &Revision, info: &CommitInfo) -> bool {
    revision.author == info.author && revision.subject == info.subject()
}

/// What an earlier revision of the change itself held stays its own.
fn without(
    desk: &Desk<'_>,
    own: &Change,
    history: &History,
    copied: &mut BTreeMap<CommitId, ChangeKey>,
) -> Result<(), EngineFailure> {
    for revision in &own.revisions {
        let suspects: Vec<_> = copied.keys().filter_map(|id| history.commits.get(id)).collect();
        let of = Marks::of(desk, revision, &suspects)?;
        copied.retain(|id, _| history.commits.get(id).is_none_or(|info| !of.holds(info)));
    }
    Ok(())
}

/// By what the copies of a revision's commits are known.
struct Marks(Vec<(CommitId, Signature, String)>);

impl Marks {
    /// Those of a revision; none where nothing is suspected.
    fn of(desk: &Desk<'_>, revision: &Revision, suspects: &[&CommitInfo]) -> Result<Self, EngineFailure> {
        if suspects.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let commits = desk.repo.range(revision.base, revision.tip)?;
        let mark = |info: CommitInfo| (info.id, info.author.clone(), info.subject());
        Ok(Self(commits.into_iter().map(mark).collect()))
    }

    fn holds(&self, info: &CommitInfo) -> bool {
        self.0.iter().any(|(_, author, subject)| *author == info.author && *subject == info.subject())
    }

    /// Whether it is a copy of one of them, and not that one itself.
    fn copies(&self, info: &CommitInfo) -> bool {
        self.holds(info) && self.0.iter().all(|(id, ..)| *id != info.id)
    }
}
