//! Changes that a stage lacks.

use crate::remedy::Course;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What has to come to a stage before what was made on it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Missing {
    /// Which.
    pub changes: Vec<String>,
    /// Where from, where that has to be said: the stage has an older revision, as others have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Where to.
    pub to: String,
    /// Up, or down.
    pub course: Course,
}

/// What a change is stacked on, and no stage holds any more.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Unheld {
    /// Which.
    pub change: String,
    /// Where its newest revision ends.
    pub tip: String,
    /// Where it is needed.
    pub stage: String,
}
