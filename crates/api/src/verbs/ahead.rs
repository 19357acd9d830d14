//! `ahead`: what a stage holds and higher stages lack, with what can climb and what cannot (`SPEC P1`, `P2`).

use crate::candidate::Candidate;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which stage, against which.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AheadRequest {
    /// The lower stage.
    pub stage: String,
    /// The higher stages; the next ones when none is named.
    #[serde(default)]
    pub to: Vec<String>,
    /// Only changes of this project.
    pub project: Option<String>,
    /// Only changes of this release.
    pub release: Option<String>,
}

verb!(GET "/stages/{stage}/ahead" AheadRequest => Ahead: "What a stage holds that higher ones lack, with whether it can go and why not");

/// What higher stages lack.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Ahead {
    /// The lower stage.
    pub stage: String,
    /// The higher stages.
    pub to: Vec<String>,
    /// Everything it holds, each with whether it can go to each of them and why not: what is there already too.
    pub candidates: Vec<Candidate>,
}

impl View for Ahead {}
