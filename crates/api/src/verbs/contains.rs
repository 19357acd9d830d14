//! `contains`: what a stage holds (`SPEC W2`).

use crate::verb::{View, verb};
use crate::verbs::change::InArea;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which stage.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContainsRequest {
    /// The stage.
    pub stage: String,
    /// Only changes of this project.
    pub project: Option<String>,
    /// Only changes of this release.
    pub release: Option<String>,
}

verb!(GET "/stages/{stage}/contains" ContainsRequest => Contains: "What a stage holds, since when, and in which of its areas it is");

/// What a stage holds.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Contains {
    /// The stage.
    pub stage: String,
    /// The changes it holds, in the order in which they came; excluded ones too.
    pub changes: Vec<Contained>,
}

impl View for Contains {}

/// A change that a stage holds.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Contained {
    /// Which.
    pub change: String,
    /// Its title.
    pub title: String,
    /// The project it belongs to.
    pub project: Option<String>,
    /// The release it is planned for.
    pub release: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// The revision that the stage holds.
    pub revision: u32,
    /// Its newest revision; where that is another one, the stage is outdated (`SPEC C7`).
    pub newest: u32,
    /// Whether it is never counted and never offered (`SPEC C5`).
    pub excluded: bool,
    /// Whether a back-promotion brought it.
    pub came_down: bool,
    /// Since when it is there as it is, by its commit; `null` where that cannot be read.
    pub since: Option<String>,
    /// The operation that brought it; `null` for what was imported, or taken in from a branch.
    pub operation: Option<String>,
    /// The commit it made on the stage's branch last; `null` where it came without one.
    pub commit: Option<String>,
    /// The stage's areas that hold it.
    pub areas: Vec<InArea>,
}
