//! What a repository says about a branch since it left the base branch, gathered before a rule reads it.

use crate::ports::repository::CommitInfo;
use crate::words::names::{ChangeKey, RevisionNo, StageName};
use crate::words::object::CommitId;
use std::collections::{BTreeMap, BTreeSet};

/// The history of a branch that is recorded as a change.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct History {
    /// As which change.
    pub change: ChangeKey,
    /// What it is called, where it is a branch of this repository.
    pub branch: Option<String>,
    /// Where it ends.
    pub tip: CommitInfo,
    /// Where it left the base branch; itself not part of it.
    pub base: CommitInfo,
    /// The branch that it left.
    pub base_branch: String,
    /// The stage that follows that branch; where none does, the highest.
    pub base_stage: Option<StageName>,
    /// Its commits, parents before children.
    pub order: Vec<CommitId>,
    /// The same by id.
    pub commits: BTreeMap<CommitId, CommitInfo>,
    /// The stages' branches it passed through.
    pub passed: Vec<Passed>,
    /// The stages whose branches hold its tip.
    pub at: Vec<StageName>,
    /// The keys that a commit's message names.
    pub named: BTreeMap<CommitId, Vec<ChangeKey>>,
    /// Commits that are another change's: a branch holds them whose own name is its key, one that the message names as
    /// well; or they are copies of what one of its revisions is made of.
    pub elsewhere: BTreeMap<CommitId, ChangeKey>,
}

/// A stage's branch where some of its commits are part of a history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Passed {
    /// Whose branch.
    pub stage: StageName,
    /// What that is called.
    pub branch: String,
    /// Its own commits among them, on the way of first parents, newest first.
    pub commits: Vec<CommitId>,
}

/// What a commit of ours says that it did (`SPEC L2`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deed {
    /// To which change.
    pub change: ChangeKey,
    /// At which revision; a removal may leave it out.
    pub revision: Option<RevisionNo>,
    /// Whether it took the change out.
    pub removes: bool,
}

impl History {
    /// The keys that a commit's message names.
    pub fn keys(&self, commit: CommitId) -> &[ChangeKey] {
        self.named.get(&commit).map_or(&[], Vec::as_slice)
    }

    /// Whether a commit's message names the change itself.
    pub fn names_it(&self, commit: CommitId) -> bool {
        self.keys(commit).contains(&self.change)
    }

    /// Some commits of it and everything of it that they reach.
    pub fn reached(&self, from: impl IntoIterator<Item = CommitId>) -> BTreeSet<CommitId> {
        let mut reached = BTreeSet::new();
        let mut open: Vec<CommitId> = from.into_iter().collect();
        while let Some(id) = open.pop() {
            if let Some(info) = self.commits.get(&id).filter(|_| reached.insert(id)) {
                open.extend(&info.parents);
            }
        }
        reached
    }

    /// The way of first parents down from its tip.
    pub fn mainline(&self) -> BTreeSet<CommitId> {
        let mut line = BTreeSet::new();
        let mut at = Some(self.tip.id);
        while let Some(info) = at.and_then(|id| self.commits.get(&id)) {
            line.insert(info.id);
            at = info.parents.first().copied();
        }
        line
    }
}

/// What a commit says that it did; `None` for whatever is not ours.
pub fn deed(info: &CommitInfo) -> Option<Deed> {
    let said = |name: &str| info.message.lines().rev().find_map(|line| line.strip_prefix(name)).map(str::trim);
    Some(Deed {
        change: ChangeKey::new(said("Change: ")?),
        revision: said("Revision: ").and_then(|number| number.parse().ok()).map(RevisionNo),
        removes: said("Action: ")? == "remove",
    })
}
