//! `history`: what was deployed and rolled back, and what can be rolled back (`SPEC H3`, `R7`).

use crate::decision::AutoResolved;
use crate::page::paged;
use crate::reason::{ChangeAt, Problem, Reason};
use crate::verb::verb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which deployments.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HistoryRequest {
    /// Only in the areas of this stage.
    pub stage: Option<String>,
    /// Only in this area.
    pub area: Option<String>,
    /// Only those that moved this change.
    pub change: Option<String>,
    /// Only of this kind: `baseline`, `deploy`, `rollback`, `repair`.
    pub kind: Option<String>,
    /// Only those somebody asked for.
    pub by: Option<String>,
    /// Not before this time.
    pub since: Option<String>,
    /// Not after this time.
    pub until: Option<String>,
    /// Only those the person who asks may roll back now, in an order in which that can be done.
    pub rollbackable: bool,
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

verb!(GET "/history" HistoryRequest => History: "Deployments and rollbacks, and which can be rolled back");

/// Deployments and rollbacks.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct History {
    /// Newest first.
    pub entries: Vec<HistoryEntry>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

paged!(HistoryRequest => History: entries);

/// One deployment or rollback.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct HistoryEntry {
    /// `D-4`.
    pub deployment: String,
    /// Where.
    pub area: String,
    /// The area's stage.
    pub stage: String,
    /// The version it made; `null` when it made none.
    pub version: Option<u32>,
    /// `baseline`, `deploy`, `rollback`, `repair`.
    pub kind: String,
    /// `queued`, `succeeded`, `unchanged`, `failed`, `cancelled`.
    pub status: String,
    /// The changes that came in or went out.
    pub changes: Vec<ChangeAt>,
    /// The move it is part of; itself when asked for by hand.
    pub operation: String,
    /// Who asked for it.
    pub by: String,
    /// When.
    pub at: String,
    /// Why.
    pub reason: Option<String>,
    /// The version it takes back.
    pub reverts: Option<u32>,
    /// Why it failed.
    pub problem: Option<Problem>,
    /// It failed, and nobody has settled that yet; a warning beside the answer says what helps (`SPEC D7`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unsettled: bool,
    /// Files that somebody had edited on the target and that were left alone; absent where there are none (`SPEC A7`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kept: Vec<String>,
    /// Files that somebody had edited on the target and that were replaced; `area kept` has what they held.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub overwritten: Vec<String>,
    /// Files that somebody edited while it was being made, set aside when it was taken back; `area kept` has them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub set_aside: Vec<String>,
    /// Conflicts of its changes that were settled without asking anybody.
    #[serde(default)]
    pub auto_resolved: Vec<AutoResolved>,
    /// Whether the person who asks may roll it back now.
    pub rollbackable: bool,
    /// Why not.
    pub reasons: Vec<Reason>,
}
