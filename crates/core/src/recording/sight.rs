//! What is looked at when a branch's own is told apart, and what comes of it.

use crate::content::Content;
use crate::ledger::state::State;
use crate::ports::repository::CommitInfo;
use crate::recording::history::History;
use crate::recording::own::Own;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, RevisionNo, StageName};
use crate::words::object::CommitId;

/// A change that came along with a stage's branch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftOut {
    /// Which.
    pub change: ChangeKey,
    /// The revision that came.
    pub revision: RevisionNo,
    /// With the branch of which stage.
    pub stage: StageName,
}

/// What is looked at, and with what.
#[derive(Clone, Copy)]
pub struct Sight<'a> {
    /// What the ledger says.
    pub state: &'a State,
    /// What the repository says.
    pub history: &'a History,
    /// The branch's own commits, and the heads of others.
    pub own: &'a Own,
    /// Where trees are.
    pub content: &'a dyn Content,
    /// The best common ancestor of two commits.
    pub nearest: &'a dyn Fn(CommitId, CommitId) -> Result<Option<CommitInfo>, Fault>,
    /// What a commit says.
    pub info: &'a dyn Fn(CommitId) -> Result<CommitInfo, Fault>,
}

impl Sight<'_> {
    /// Whether what the branch began with holds a commit.
    ///
    /// # Errors
    /// A fault of the repository.
    pub fn began_with(&self, commit: CommitId) -> Result<bool, Fault> {
        Ok((self.nearest)(commit, self.history.base.id)?.is_some_and(|shared| shared.id == commit))
    }
}
