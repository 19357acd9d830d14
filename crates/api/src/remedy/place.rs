//! Where to look.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An edge of the pipeline: from a stage to one next to it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Edge {
    /// The lower stage.
    pub from: String,
    /// The higher stage.
    pub to: String,
}

/// Where to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// The areas.
    Areas,
    /// The changes on record; what is not among them can be recorded.
    Changes,
    /// The deployments and versions.
    History,
    /// What differs between areas and their targets.
    Deviations,
    /// The grants.
    Grants,
    /// The jobs.
    Jobs,
    /// The jobs, of which only queued ones can be cancelled.
    OpenJobs,
    /// The promotions.
    Promotions,
    /// The remembered resolutions.
    Resolutions,
    /// The stages.
    Stages,
    /// The revisions and tasks of a change.
    Change,
    /// What areas have yet to get.
    Pending,
    /// Which stage is above which.
    Pipeline,
    /// Where everything stands.
    Status,
    /// The entries of the ledger.
    Entries,
}
