//! Where stages' branches stand. The only port that knows `refs/heads`: branches of this repository, or of a remote.

use crate::ports::repository::{RefMove, Repo, WorkTree};
use crate::words::fault::Fault;
use crate::words::names::Time;
use crate::words::object::CommitId;

/// Below it are the refs that keep what an operation under way is about to name.
pub const OPERATIONS: &str = "refs/switchback/operations/";

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

/// What an entry is about to name, and which branches it will move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Secured<'a> {
    /// What tells this operation from others, as part of a ref's name.
    pub operation: &'a str,
    /// The commits that the entry names.
    pub commits: &'a [CommitId],
    /// The branches that it moves.
    pub moves: &'a [BranchMove<'a>],
}

/// How it stands with where the branches are, if that is elsewhere.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Contact {
    /// Its address.
    pub remote: String,
    /// When its branches were seen last; `None` before the first time.
    pub fetched: Option<Time>,
    /// Since when it is away, and what it said then; `None` while it answers.
    pub away: Option<(Time, Fault)>,
    /// What it will not take though the ledger stands, with why.
    pub refused: Vec<Fault>,
    /// Its default branch, where it names one.
    pub default_branch: Option<String>,
    /// What that was before somebody chose another.
    pub default_was: Option<String>,
}

/// The branches of a pipeline's stages. `repo` is the caller's own: where branches are elsewhere, what they hold is
/// brought into it.
///
/// What only concerns branches elsewhere does nothing for those that are here.
pub trait Branches: Send + Sync {
    /// Where a branch stands; `None` when there is none of that name.
    fn tip(&self, repo: &dyn Repo, branch: &str) -> Result<Option<CommitId>, Fault>;
    /// The short names of all branches.
    fn names(&self, repo: &dyn Repo) -> Result<Vec<String>, Fault>;
    /// Moves a branch; `false` when it did not stand where it should.
    fn advance(&self, repo: &dyn Repo, wanted: BranchMove<'_>) -> Result<bool, Fault>;
    /// Makes, moves or takes away a branch that is ours alone, and no stage's; `false` when it did not stand where it should.
    ///
    /// # Errors
    /// As of [`advance`](Branches::advance).
    fn put(&self, repo: &dyn Repo, wanted: &RefMove) -> Result<bool, Fault>;
    /// Brings along who shows a branch that has moved (`SPEC L9`).
    fn follow(&self, repo: &dyn Repo, moved: BranchMove<'_>) -> Result<Vec<WorkTree>, Fault>;
    /// Looks where the branches are, and brings in what is new there.
    ///
    /// # Errors
    /// `remote-unreachable`, `remote-denied`.
    fn refresh(&self, _repo: &dyn Repo) -> Result<(), Fault> {
        Ok(())
    }
    /// Makes what an entry will name safe where the branches are, before it is appended (`SPEC L7`); `false` when a
    /// branch does not stand where the entry expects it: it is brought in, and is to be looked at again.
    ///
    /// # Errors
    /// What keeps it from being made safe: then nothing may be appended.
    fn secure(&self, _repo: &dyn Repo, _what: Secured<'_>) -> Result<bool, Fault> {
        Ok(true)
    }
    /// Moves several branches together where that can be. Whoever asks goes on to [move each](Branches::advance), which
    /// finds those moved already.
    ///
    /// # Errors
    /// As of [`advance`](Branches::advance).
    fn advance_together(&self, _repo: &dyn Repo, _wanted: &[BranchMove<'_>]) -> Result<(), Fault> {
        Ok(())
    }
    /// Takes away what [`secure`](Branches::secure) made for an operation that has come to its end, however it did, and
    /// brings the refs of ours to where the branches are.
    ///
    /// # Errors
    /// What keeps them from going there: they go later.
    fn release(&self, _repo: &dyn Repo, _operation: &str) -> Result<(), Fault> {
        Ok(())
    }
    /// Finishes the same for operations that died, which are all but those that this knows to be under way.
    ///
    /// # Errors
    /// As of [`release`](Branches::release).
    fn settle(&self, _repo: &dyn Repo, _is_under_way: &dyn Fn(&str) -> bool) -> Result<(), Fault> {
        Ok(())
    }
    /// Which refs have yet to go to where the branches are.
    fn waiting(&self) -> Vec<String> {
        Vec::new()
    }
    /// Asks where the branches are whether it answers, and lets in who is to push. Nothing goes there, nothing is brought in.
    ///
    /// # Errors
    /// `remote-unreachable`, `remote-denied`.
    fn knock(&self, _repo: &dyn Repo) -> Result<(), Fault> {
        Ok(())
    }
    /// How it stands with where the branches are; `None` when that is here.
    fn contact(&self) -> Option<Contact> {
        None
    }
}
