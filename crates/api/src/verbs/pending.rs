//! `pending`: what a stage holds and its areas do not (`SPEC H3`, `R5`).

use crate::reason::Problem;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which area; every one if not said.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PendingRequest {
    /// Its name.
    pub area: Option<String>,
}

verb!(GET "/pending" PendingRequest => Pending: "What stages hold and their areas do not");

/// What is pending.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Pending {
    /// The areas, in the pipeline's order.
    pub areas: Vec<PendingArea>,
}

impl View for Pending {}

/// What is pending in one area.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct PendingArea {
    /// Its name.
    pub area: String,
    /// Its stage.
    pub stage: String,
    /// Its newest version.
    pub version: Option<u32>,
    /// Files that stand as somebody edited them, and are left alone (`SPEC A7`).
    #[serde(default)]
    pub kept: Vec<String>,
    /// What it lacks or holds otherwise, and what it still holds though the stage does not.
    pub changes: Vec<PendingChange>,
    /// Deployments and rollbacks of it that failed, and that nobody has settled yet; absent where there are none
    /// (`SPEC D7`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<String>,
    /// What is wrong with its place: lost, moved, or ahead of the ledger (`SPEC A15`). A program is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// A change that is not in an area as it is at its stage.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct PendingChange {
    /// Which.
    pub change: String,
    /// At which revision the stage holds it; `null` when it does not any more.
    pub revision: Option<u32>,
    /// At which revision the area holds it; `null` when it does not.
    pub held: Option<u32>,
    /// Automatic deployments skip it (`SPEC R8`).
    pub on_hold: bool,
}
