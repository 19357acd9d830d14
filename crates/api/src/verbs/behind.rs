//! `behind`: what higher stages hold and a stage lacks, with what can go and what cannot (`SPEC P1`, `P2`).

use crate::candidate::Candidate;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which stage, against which.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BehindRequest {
    /// The lower stage.
    pub stage: String,
    /// The higher stages; the next ones when none is named.
    #[serde(default)]
    pub from: Vec<String>,
    /// Only changes of this project.
    pub project: Option<String>,
    /// Only changes of this release.
    pub release: Option<String>,
}

verb!(GET "/stages/{stage}/behind" BehindRequest => Behind: "What higher stages hold that a stage lacks, with whether it can go and why not");

/// What a stage lacks.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Behind {
    /// The lower stage.
    pub stage: String,
    /// The higher stages.
    pub from: Vec<String>,
    /// Everything they hold, each with whether it can come from each of them and why not: what is there already too.
    pub candidates: Vec<Candidate>,
}

impl View for Behind {}
