//! What came of trying a promotion without moving anything (`SPEC P15`).

use crate::conflict::Conflict;
use crate::reason::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What came of trying a promotion. A run never relies on it: it plans again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Validation {
    /// `goes`, `conflicts`, `refused`.
    pub outcome: String,
    /// Whether the promotion would go and every area would take what it brings.
    pub goes: bool,
    /// Whether nothing that it depends on has changed since.
    pub holds: bool,
    /// What has changed since, each in a few words; absent while it holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outdated_by: Vec<String>,
    /// The hash of the plan of the run that was tried, as a plan of the run tells it; absent where it would be refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// Who tried it.
    pub by: String,
    /// When.
    pub at: String,
    /// The position of the ledger it was tried at.
    pub seq: u64,
    /// Why a run would be refused; absent where it would not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Problem>,
    /// What a person would have to settle; absent when there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
    /// What its deployments would come to; absent where it deploys nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaCheck>,
}

/// What a deployment of the promotion would come to in one area.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct AreaCheck {
    /// Which area.
    pub area: String,
    /// `takes`, `unchanged`, `fails`.
    pub status: String,
    /// The version it would make; absent where it would make none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
    /// What its target said to a check-only deployment; absent where nothing would be put, or something else keeps it from
    /// being asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub check: Option<PutCheck>,
    /// What people have to do by hand before: the deployment waits for it, and is checked as if it were done; absent where
    /// there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<TaskAhead>,
    /// What was not checked, in a few words; absent where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_checked: Option<String>,
    /// Why it would fail; absent where it would not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What a target said to a deployment that it was only asked about.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "TargetCheck")]
pub struct PutCheck {
    /// `passed`, `failed`, `not-asked`.
    pub status: String,
    /// Why it was not asked, in a few words; absent where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// The exit code of its program; absent where no program said no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<i32>,
    /// The last lines that its program printed; absent where it printed none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
}

/// A manual task that a deployment would wait for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct TaskAhead {
    /// Of which change.
    pub change: String,
    /// Its number within the change.
    pub task: u32,
    /// What to do.
    pub text: String,
}
