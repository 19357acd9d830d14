//! `depends`: who builds on whom on one stage (`SPEC D4`, `P11`).

use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Of which change, on which stage.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DependsRequest {
    /// The change; all of the stage when not said.
    pub change: Option<String>,
    /// The stage; the lowest that holds the change, or anything, when not said.
    pub stage: Option<String>,
}

verb!(GET "/depends" DependsRequest => Depends: "Who builds on whom");

/// Who builds on whom.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Depends {
    /// The stage that was looked at.
    pub stage: String,
    /// The change that was asked about; `null` for all of the stage.
    pub change: Option<String>,
    /// Every change that builds on another or carries one, in the order of the stage's line; and the one asked about.
    pub changes: Vec<String>,
    /// Who builds on whom. What follows from two others is left out.
    pub edges: Vec<Edge>,
    /// How many changes of the stage stand alone; of those looked at, when one was asked about.
    pub alone: u64,
    /// Changes that were left out because there was too much to try: who builds on them by content is not known.
    #[serde(default)]
    pub untried: Vec<String>,
}

impl View for Depends {}

/// One change builds on another.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "BuildsOn")]
pub struct Edge {
    /// The one that builds.
    pub change: String,
    /// What it builds on.
    pub on: String,
    /// Its branch was recorded as stacked on the other's.
    pub declared: bool,
    /// It could not be carried without the other.
    pub content: bool,
    /// The files on which it would conflict. Bytes that are no UTF-8 are written `\xNN`.
    pub files: Vec<String>,
}
