//! `why`: the facts that decided whether a stage holds a change, in order (`SPEC H5`).

use crate::reason::Reason;
use crate::verb::{View, verb};
use serde::{Deserialize, Serialize};

/// Which change, at which stage.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WhyRequest {
    /// The change.
    pub change: String,
    /// The stage.
    pub stage: String,
}

verb!(GET "/v1/why" WhyRequest => Why);

/// Why a stage holds a change, or does not.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Why {
    /// The change.
    pub change: String,
    /// The stage.
    pub stage: String,
    /// `current`, `outdated` or `absent`.
    pub state: String,
    /// The revision the stage holds.
    pub revision: Option<u32>,
    /// The conclusion, in one sentence.
    pub says: String,
    /// What happened, oldest first.
    pub facts: Vec<Fact>,
    /// What keeps it from arriving now; empty when it is there or could go.
    pub reasons: Vec<Reason>,
}

impl View for Why {}

/// Something that happened to a change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Fact {
    /// The ledger entry that says so.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// The operation it belongs to.
    pub operation: Option<String>,
    /// What, in one sentence.
    pub says: String,
    /// Why, as they said.
    pub reason: Option<String>,
}
