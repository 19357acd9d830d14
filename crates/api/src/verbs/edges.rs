//! `edges`: what waits on each way between two stages, up and down.

use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which ways.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EdgesRequest {
    /// Also between stages that are not next to each other, which can be reached by naming them (`SPEC P1`).
    pub all: bool,
}

verb!(GET "/edges" EdgesRequest => Edges: "How many changes wait on each way between two stages, and how many of them can go");

/// What waits.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Edges {
    /// Each pair of stages, in the pipeline's order.
    pub edges: Vec<StageEdge>,
}

impl View for Edges {}

/// Two stages, one above the other.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct StageEdge {
    /// The lower one.
    pub lower: String,
    /// The higher one.
    pub higher: String,
    /// Whether one is next to the other.
    pub adjacent: bool,
    /// What the lower one holds that the higher one lacks or holds older.
    pub ahead: Waiting,
    /// What the higher one holds that the lower one lacks or holds older.
    pub behind: Waiting,
}

/// What waits on one way.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Waiting {
    /// How many changes (`SPEC P1`).
    pub count: u64,
    /// How many of them can go now.
    pub eligible: u64,
    /// When a schedule moves that way next; `null` where none does (`SPEC P12`).
    pub next_run: Option<String>,
    /// By whom changes are moved there (`SPEC P14`): `manual` by people, `scheduled`, or `automatic` as soon as one is
    /// eligible. Between stages that are not next to each other `manual`.
    pub mode: String,
    /// What an automatic way does not move by itself, because it was tried; absent where there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_to_people: Vec<LeftToPeople>,
}

/// A change that was tried on an automatic way at the revision that waits, and is left to people since.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct LeftToPeople {
    /// Which.
    pub change: String,
    /// The promotion that carried it.
    pub promotion: String,
    /// What became of it there.
    pub message: String,
}
