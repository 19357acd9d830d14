//! Which branches are recorded by themselves when they are pushed (`SPEC W4`).

use crate::ledger::state::State;
use crate::pipeline::Recording;
use crate::records::under_way::is_ready_branch;
use crate::words::names::ChangeKey;
use crate::words::object::CommitId;
use globset::{GlobBuilder, GlobMatcher};

/// Looks at branches as the configuration in force says.
pub struct Watch<'a> {
    state: &'a State,
    branches: GlobMatcher,
}

impl<'a> Watch<'a> {
    /// `None` where nothing is recorded but by hand.
    pub fn of(state: &'a State) -> Option<Self> {
        let settings = state.pipeline().settings();
        let branches = GlobBuilder::new(&settings.branches).literal_separator(true).build().ok()?;
        (settings.recording == Recording::OnPush).then(|| Self { state, branches: branches.compile_matcher() })
    }

    /// Whether changes are worked on in a branch of that name: it is of the pattern, no stage's, and was not made by a
    /// promotion.
    pub fn is_worked_on(&self, branch: &str) -> bool {
        let pipeline = self.state.pipeline();
        let is_stage = pipeline.stages().iter().any(|stage| stage.branch == branch) || pipeline.base_branch() == branch;
        !is_stage && !is_ready_branch(branch) && self.branches.is_match(branch)
    }

    /// Whether what a branch of a change holds has yet to be recorded. A tip that was recorded once is not recorded again,
    /// whichever branch stands there: two branches of one change do not take turns.
    pub fn is_news(&self, change: &ChangeKey, tip: CommitId) -> bool {
        let known = self.state.change(change);
        known.is_none_or(|(_, change)| change.revisions.iter().all(|revision| revision.tip != tip))
    }

    /// Whether the change is new: who wrote it is its owner then. Afterwards it stays with whoever that is.
    pub fn is_new(&self, change: &ChangeKey) -> bool {
        self.state.change(change).is_none()
    }
}
