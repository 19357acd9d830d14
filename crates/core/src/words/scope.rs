//! Where something holds: everywhere, on a stage, on an area.

use crate::words::names::{AreaName, StageName};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Where a privilege holds.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// Everywhere.
    Pipeline,
    /// On one stage and its areas.
    Stage(StageName),
    /// On one area.
    Area(AreaName),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pipeline => f.write_str("the pipeline"),
            Self::Stage(stage) => write!(f, "stage {stage}"),
            Self::Area(area) => write!(f, "area {area}"),
        }
    }
}
