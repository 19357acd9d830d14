//! Which of several things a remedy means.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a request lacks, or has too much.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Addition {
    /// A reason.
    Reason,
    /// The areas by name.
    Areas,
    /// The stage or the change of the conflict that is meant.
    StageOrChange,
    /// The commits.
    Commits,
    /// The stage to try the changes on.
    TrialStage,
    /// What the changes need.
    Dependencies,
    /// What the conflict is over: another change of the source.
    Counterpart,
    /// The will to take a broken result as it is.
    Anyway,
    /// No stage, until its freeze is over.
    NoStage,
    /// The name of the plan as it is now, after another look.
    NewPlan,
    /// One change only, or all or nothing.
    OneChange,
}

/// Which way a change moves.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Course {
    /// From a lower stage.
    Up,
    /// From a higher one.
    Down,
}

/// A way to settle whose place it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Fill it from the area's newest version.
    Repair,
    /// Take what stands there as a new version.
    Adopt,
    /// Follow it to where it was moved.
    Move,
    /// Put the newer copy of the ledger back.
    RestoreLedger,
}

/// What happened to an area.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Damage {
    /// It differs from its version.
    Differs,
    /// The list of the files that are managed in it is lost or damaged.
    ListLost,
    /// The journal of what is under way in it is damaged, and in the way.
    JournalDamaged,
    /// A document of Switchback's on its target cannot be read.
    DocumentDamaged,
    /// It stands by another filter than the configuration gives it.
    OtherFilter,
}

/// What comes before queueing a job again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mended {
    /// Nothing.
    Nothing,
    /// What the message says must be mended.
    Cause,
}
