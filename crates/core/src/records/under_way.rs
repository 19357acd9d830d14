//! What a promotion is about to put on the lines of stages, while something has to come true first (`SPEC P14`).

use crate::records::line::{Item, Source};
use crate::words::names::{ChangeKey, OperationId, StageName, UserName};
use crate::words::object::{CommitId, TreeId};
use serde::{Deserialize, Serialize};

/// A move that has been merged and waits. The commits are made; nothing leads to them but a ref of ours.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UnderWay {
    /// What it puts on the lines, in order.
    pub steps: Vec<Step>,
    /// Where those lines stood when it was merged, and where they must stand still.
    pub from: Vec<(StageName, CommitId)>,
    /// The deployments that have to end well first; none where it waits for its ready branch.
    pub first: Vec<OperationId>,
    /// Its ready branch, where people merge it themselves.
    pub ready: Option<Ready>,
}

/// A branch that holds what a promotion brings, for people to merge.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ready {
    /// Who ran the promotion: in their name it goes on.
    pub by: UserName,
    /// The tree that its first commit changes.
    pub base_tree: TreeId,
}

/// The folder of ready branches.
const READY: &str = "switchback/";

/// What a promotion's ready branch is called.
pub fn ready_branch(promotion: OperationId) -> String {
    format!("{READY}{promotion}")
}

/// Whether a branch is one that a promotion made ready.
pub fn is_ready_branch(name: &str) -> bool {
    name.strip_prefix(READY).is_some_and(|rest| OperationId::parse(rest).is_some())
}

/// One difference that will be carried onto a stage's line.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Step {
    /// Which stage.
    pub stage: StageName,
    /// Whose difference.
    pub item: Item<ChangeKey>,
    /// The tree afterwards.
    pub tree: TreeId,
}

impl UnderWay {
    /// Whether it puts anything on a stage's line.
    pub fn is_onto(&self, stage: &StageName) -> bool {
        self.from.iter().any(|(onto, _)| onto == stage)
    }

    /// Where each line will stand.
    pub fn heads(&self) -> impl Iterator<Item = (&StageName, CommitId)> {
        let made = |step: &&Step| step.item.source != Source::Held;
        self.from.iter().filter_map(move |(stage, _)| {
            let last = self.steps.iter().filter(made).rfind(|step| step.stage == *stage)?;
            Some((stage, last.item.commit))
        })
    }
}
