//! The branches of this repository: what the ledger decides is shown here (`SPEC L7`). Nothing else in the program knows
//! where branches are kept.

use switchback_core::ports::branches::{BranchMove, Branches};
use switchback_core::ports::repository::{RefMove, Repo, WorkTree};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::CommitId;

/// Where branches are, among the refs.
const HEADS: &str = "refs/heads/";

/// Branches of the repository at hand.
#[derive(Clone, Copy, Debug, Default)]
pub struct LocalBranches;

impl Branches for LocalBranches {
    fn tip(&self, repo: &dyn Repo, branch: &str) -> Result<Option<CommitId>, Fault> {
        match repo.stands_for(&full(branch))? {
            None => repo.reference(&full(branch)),
            Some(other) => Err(symbolic(branch, &other)),
        }
    }

    fn names(&self, repo: &dyn Repo) -> Result<Vec<String>, Fault> {
        let all = repo.references(HEADS)?;
        Ok(all.iter().filter_map(|(name, _)| name.strip_prefix(HEADS)).map(str::to_owned).collect())
    }

    fn advance(&self, repo: &dyn Repo, wanted: BranchMove<'_>) -> Result<bool, Fault> {
        let (from, to) = (Some(wanted.from), Some(wanted.to));
        repo.move_refs(&[RefMove { name: full(wanted.branch), from, to }])
    }

    fn put(&self, repo: &dyn Repo, wanted: &RefMove) -> Result<bool, Fault> {
        repo.move_refs(std::slice::from_ref(wanted))
    }

    fn follow(&self, repo: &dyn Repo, moved: BranchMove<'_>) -> Result<Vec<WorkTree>, Fault> {
        repo.follow(moved.branch, moved.from, moved.to)
    }
}

/// Whoever moves such a branch moves the other one, which may be another stage's.
fn symbolic(branch: &str, other: &str) -> Fault {
    let message = format!("branch {branch} is no branch of its own: it stands for {other}");
    let short = other.strip_prefix(HEADS).unwrap_or(other);
    let hint = format!(
        "give it one with `git symbolic-ref --delete {}` and `git branch {branch} {short}`, or name {short} in the \
         configuration",
        full(branch)
    );
    Fault::new("branch-symbolic", message, hint)
}

pub(crate) fn full(branch: &str) -> String {
    format!("{HEADS}{branch}")
}
