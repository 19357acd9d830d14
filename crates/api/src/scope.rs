//! Where something holds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where a privilege holds: `"pipeline"`, `{"stage":"QA"}` or `{"area":"qa-web"}`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Everywhere.
    #[default]
    Pipeline,
    /// On one stage and its areas.
    Stage(String),
    /// On one area.
    Area(String),
}
