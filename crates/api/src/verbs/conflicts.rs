//! `conflicts`: what stops a promotion (`SPEC X1`).

use crate::operation::Conflict;
use crate::verb::{View, verb};
use serde::{Deserialize, Serialize};

/// Of which promotion.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConflictsRequest {
    /// `P-7`.
    pub promotion: String,
}

/// What stops it; empty when nothing does.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Conflicts {
    /// In the order they arose.
    pub conflicts: Vec<Conflict>,
}

impl View for Conflicts {}
verb!(GET "/v1/conflicts" ConflictsRequest => Conflicts);
