//! `conflicts`: what stops a promotion (`SPEC X1`).

use crate::conflict::Conflict;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Of which promotion.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictsRequest {
    /// `P-7`.
    pub promotion: String,
    /// Only those that may be settled next, and a refusal where there are none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub to_settle: bool,
    /// Of those only on this path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Of those only of this change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<String>,
    /// Of those only on this stage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
}

/// What stops it; empty when nothing does.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Conflicts {
    /// Of which promotion.
    #[serde(default)]
    pub promotion: String,
    /// In the order they arose.
    pub conflicts: Vec<Conflict>,
}

impl View for Conflicts {}
verb!(GET "/conflicts" ConflictsRequest => Conflicts: "The conflicts of a promotion, with their three sides");
