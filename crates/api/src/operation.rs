//! What every operation answers: one shape, so that a program reads a promotion as it reads a demotion (`SPEC 11`).

use crate::conflict::Conflict;
use crate::decision::{AutoResolved, Use};
use crate::exit::Exit;
use crate::reason::{ChangeAt, Problem, Reason, Warning};
use crate::validation::Validation;
use crate::verb::View;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::scope::Scope;

/// An operation that was carried out, as far as it went.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Operation {
    /// `P-7`, `M-2`, `D-4`; `null` for what has no record of its own, such as an attestation.
    pub operation: Option<String>,
    /// `promotion`, `validation`, `resolution`, `demotion`, `deployment`, `rollback`, `record`, `attest`, `change`, `grant`,
    /// `adoption`, `mend`, `run-due`, `mass-back-promotion`.
    pub kind: String,
    /// Where a promotion stands (`SPEC P4`); absent for anything else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// What was done, in one sentence.
    #[serde(default)]
    pub says: String,
    /// What became of each change.
    pub results: Vec<ChangeResult>,
    /// Changes that stay with a new revision, which does without what left; absent when there are none (`SPEC D4`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rewritten: Vec<Rewritten>,
    /// The promotions of a back-promotion to several stages (`SPEC P9`), or those that were due; absent for others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub promotions: Vec<Row>,
    /// What a person must settle before it goes on (`SPEC X1`); absent when there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// What came of trying a promotion; absent for anything else (`SPEC P15`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
    /// Conflicts that were settled without asking anybody; absent when there were none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub auto_resolved: Vec<AutoResolved>,
    /// What the forgotten resolution had settled; absent for anything else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub used: Vec<Use>,
    /// Deployments it asked for; a demotion's rollbacks stand with their change.
    pub deployments: Vec<Deployment>,
    /// What somebody should know.
    pub warnings: Vec<Warning>,
}

/// What became of one change.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct ChangeResult {
    /// Which.
    pub change: String,
    /// Of a promotion `moved`, `chosen`, `conflicted`, `skipped`; of a demotion `demoted`, `refused`, `failed`,
    /// `not-run`; else what was done: `recorded`, `tested`, `approved`, `tested-withdrawn`, `approved-withdrawn`,
    /// `excluded`; of what is taken in from a stage's branch `comes`, `goes`, `changes`.
    pub status: String,
    /// At which revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u32>,
    /// The changes a recorded one builds on, as far as its branch tells (`SPEC C1`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<String>,
    /// Changes that came to the branch of a recorded one with a stage's branch, and are no part of it; absent where there
    /// are none (`SPEC C1`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<CameAlong>,
    /// What was attested of it and is taken back along a demotion, `tested`, `approved`; absent when nothing is
    /// (`SPEC C4`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub withdrawn: Vec<String>,
    /// Where from; a demotion's highest stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The change it had to go along with, when it was not asked for by itself (`SPEC D4`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because_of: Option<String>,
    /// The stages that hold it after its demotion; absent for anything else (`SPEC D12`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stays_at: Option<Vec<String>>,
    /// Rollbacks its demotion asked for (`SPEC D5`, `D7`); always there for a demotion, else absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollbacks: Option<Vec<Deployment>>,
    /// The refusal, when the status is `refused`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<crate::failure::Refused>,
    /// The fault, when the status is `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<crate::failure::Fault>,
}

/// A change that came to a branch with a stage's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CameAlong {
    /// Which.
    pub change: String,
    /// The revision that came.
    pub revision: u32,
    /// With the branch of this stage.
    pub stage: String,
    /// Whether the recorded change builds on it: it stands among what that depends on, too.
    pub needed: bool,
    /// Why it is left out, in a sentence.
    pub why: String,
}

/// A change that stays with a new revision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Rewritten {
    /// Which.
    pub change: String,
    /// The revision that was there.
    pub from: u32,
    /// The revision that takes its place, and needs to be attested anew.
    pub to: u32,
}

/// One promotion of a back-promotion to several stages.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Row {
    /// Where to.
    pub destination: String,
    /// `P-4`; `null` when none was made, because nothing can go or it was refused.
    pub operation: Option<String>,
    /// Where it stands (`SPEC P4`); `refused`, `failed`, or `nothing-to-move` when none was made.
    pub status: String,
    /// What goes.
    pub changes: Vec<MovedChange>,
    /// What cannot, with why.
    pub locked: Vec<Locked>,
    /// What it deploys to this destination's areas; absent when there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deployments: Vec<Deployment>,
    /// What a person must settle before it goes on; absent when there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// Why it was not made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// A change of a promotion.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct MovedChange {
    /// Which.
    pub change: String,
    /// At which revision.
    pub revision: u32,
    /// `chosen`, `moved`, `conflicted`, `skipped`.
    pub status: String,
}

/// A change that cannot go.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Locked {
    /// Which.
    pub change: String,
    /// Why not.
    pub reasons: Vec<Reason>,
}

/// A deployment or rollback in one area.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Deployment {
    /// Where.
    pub area: String,
    /// `D-4`.
    pub deployment: String,
    /// `deploy`, `rollback`, `populate`, `repair`, `rewrite`.
    pub kind: String,
    /// `queued`, `succeeded`, `undone` (it succeeded, and was taken back because a sibling failed), `unchanged`, `failed`,
    /// `cancelled`, `void`; in a plan `planned`.
    pub status: String,
    /// The version it made or would make.
    pub version: Option<u32>,
    /// The changes that go in or out.
    pub changes: Vec<ChangeAt>,
    /// Files that somebody had edited on the target and that were left alone; absent where there are none (`SPEC A7`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// Files that somebody had edited on the target and that were replaced; `area kept` has what they held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overwritten: Vec<String>,
    /// Files that somebody edited while it was being made, set aside when it was taken back; `area kept` has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<String>,
    /// Why it failed or was cancelled, or for whom it waits.
    pub problem: Option<Problem>,
}

impl Deployment {
    /// Whether somebody has to look at it: it failed, was called off, or waits for a person.
    fn is_left(&self) -> bool {
        LEFT.contains(&self.status.as_str()) || (self.status == "queued" && self.problem.is_some())
    }
}

/// What an operation would do (`SPEC D11`): its own shape, and what can be known before.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Preview {
    /// What it would answer.
    #[serde(flatten)]
    pub operation: Operation,
    /// What each stage would hold.
    pub stages: Vec<StageForecast>,
    /// What each area would hold.
    pub areas: Vec<AreaForecast>,
    /// Changes that go along because they build on, or are needed by, what was asked for.
    pub dependents: Vec<Dependent>,
    /// Privileges it relies on.
    pub privileges: Vec<Used>,
    /// What `--plan` names.
    pub hash: String,
}

/// A stage after an operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct StageForecast {
    /// Which.
    pub stage: String,
    /// The id of the resulting tree.
    pub tree: String,
    /// The files that would differ.
    pub files: Vec<FileChange>,
    /// The commits that would be made, in order.
    pub commits: Vec<CommitForecast>,
}

/// A file that differs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct FileChange {
    /// Where. Bytes that are no UTF-8 are written `\xNN`.
    pub path: String,
    /// `added`, `modified`, `deleted`, `mode`.
    pub change: String,
}

/// A commit that would be made (`SPEC L2`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct CommitForecast {
    /// Whose.
    pub change: String,
    /// `apply`, `update`, `remove`, `receipt`.
    pub action: String,
    /// The id of the tree after it.
    pub tree: String,
}

/// An area after an operation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AreaForecast {
    /// Which.
    pub area: String,
    /// Of which stage.
    pub stage: String,
    /// The deployment that would do it.
    pub deployment: String,
    /// `deploy`, `rollback`, `populate`, `repair`, `rewrite`.
    pub kind: String,
    /// The version that would be made; `null` when none would.
    pub version: Option<u32>,
    /// The id of the resulting tree; `null` when it cannot be known before.
    pub tree: Option<String>,
    /// The files that would differ.
    pub files: Vec<FileChange>,
    /// Files that somebody edited on the target, as far as that is known, and that would be left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// Files that somebody edited on the target, as far as that is known, and that would be replaced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overwritten: Vec<String>,
    /// Whether it cannot be seen before what somebody edited on the target: it is a program, and a preview runs none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drift_unseen: bool,
    /// Why it would fail, if that can be seen now.
    pub problem: Option<Problem>,
}

/// A change that goes along.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Dependent {
    /// Which.
    pub change: String,
    /// Because of which.
    pub because_of: String,
}

/// A privilege an operation relies on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Used {
    /// Which, `demote-any`.
    pub privilege: String,
    /// Where.
    pub scope: Scope,
    /// Why nobody had to grant it, `qa-web is a default area`; `null` when it was explicit (`SPEC S2`).
    pub implicit: Option<String>,
}

impl View for Operation {
    /// A person is needed when a change was refused or stayed, a conflict is open, or something that was set off failed,
    /// was called off, or waits for somebody: the operation stands, and something is left to do (`SPEC 11`).
    fn exit(&self) -> Exit {
        let stays = self.results.iter().any(|result| STAYS.contains(&result.status.as_str()));
        let stopped = self.status.as_deref().is_some_and(|status| STOPPED.contains(&status));
        let row_stopped = self.promotions.iter().any(|row| STOPPED.contains(&row.status.as_str()));
        let rollbacks = self.results.iter().flat_map(|result| result.rollbacks.iter().flatten());
        let tried = self.validation.as_ref().is_some_and(|tried| !tried.goes);
        let failed = self.deployments.iter().chain(rollbacks).any(Deployment::is_left);
        let interrupted = self.warnings.iter().any(|warning| warning.code == INTERRUPTED);
        match stays || tried || stopped || row_stopped || failed || interrupted {
            true => Exit::Refused,
            false => Exit::Done,
        }
    }
}

impl View for Preview {
    fn exit(&self) -> Exit {
        self.operation.exit()
    }
}

/// What a deployment or rollback is when somebody has to look at it.
const LEFT: [&str; 2] = ["failed", "cancelled"];
/// The warning that the work was interrupted and something stays queued.
pub const INTERRUPTED: &str = "interrupted";
/// What a change is when a demotion did not take it.
const STAYS: [&str; 3] = ["refused", "failed", "not-run"];
/// What a promotion is when a person has to look at it.
const STOPPED: [&str; 4] = ["conflicted", "failed", "refused", "completed-with-errors"];

#[cfg(test)]
mod tests;
