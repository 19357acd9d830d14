//! Where stages' branches stand. The only port that knows `refs/heads`: branches of this repository, or of a remote.

use crate::ports::repository::{Repo, WorkTree};
use crate::words::fault::Fault;
use crate::words::object::CommitId;

/// A branch to be moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BranchMove<'a> {
    /// Its short name, `qa`.
    pub branch: &'a str,
    /// Where it must stand now.
    pub from: CommitId,
    /// Where it shall stand.
    pub to: CommitId,
}

/// The branches of a pipeline's stages. `repo` is the caller's own: where branches are elsewhere, what they hold is
/// brought into it.
pub trait Branches: Send + Sync {
    /// Where a branch stands; `None` when there is none of that name.
    fn tip(&self, repo: &dyn Repo, branch: &str) -> Result<Option<CommitId>, Fault>;
    /// The short names of all branches.
    fn names(&self, repo: &dyn Repo) -> Result<Vec<String>, Fault>;
    /// Moves a branch; `false` when it did not stand where it should.
    fn advance(&self, repo: &dyn Repo, wanted: BranchMove<'_>) -> Result<bool, Fault>;
    /// Brings along who shows a branch that has moved (`SPEC L9`).
    fn follow(&self, repo: &dyn Repo, moved: BranchMove<'_>) -> Result<Vec<WorkTree>, Fault>;
}
