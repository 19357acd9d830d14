//! The records of deployments and rollbacks. `history` judges beside that which of them can be rolled back.

use crate::operation::Deployment;
use crate::verb::{View, verb};
use crate::verbs::history::HistoryEntry;
use crate::verbs::jobs::Job;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which deployments to list; newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DeploymentsRequest")]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Only in the areas of this stage.
    pub stage: Option<String>,
    /// Only in this area.
    pub area: Option<String>,
    /// Only in this status: `queued`, `succeeded`, `unchanged`, `failed`, `cancelled`, `void`.
    pub status: Option<String>,
    /// Only those of this promotion, demotion or deployment by hand.
    pub operation: Option<String>,
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

/// Deployments and rollbacks.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Deployments {
    /// Newest first.
    pub deployments: Vec<Asked>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl View for Deployments {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}
verb!(GET "/deployments" ListRequest => Deployments: "Deployments and rollbacks, the newest first, as they stand");

/// A deployment, with what asked for it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AskedDeployment")]
pub struct Asked {
    /// It.
    #[serde(flatten)]
    pub deployment: Deployment,
    /// The area's stage; empty where the configuration knows the area no more.
    pub stage: String,
    /// The move it is part of; itself where it was asked for by hand.
    pub operation: String,
    /// Who asked for it.
    pub by: String,
    /// When.
    pub at: String,
    /// Why.
    pub reason: Option<String>,
}

/// Which deployment to show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DeploymentRequest")]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    /// `D-4`.
    pub deployment: String,
}

/// One deployment, whole.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ShownDeployment")]
pub struct Shown {
    /// It, and whether it can be rolled back.
    pub deployment: HistoryEntry,
    /// The job that makes or made it, with what its hooks said; `null` where nobody queued one.
    pub job: Option<Job>,
}

impl View for Shown {}
verb!(GET "/deployments/{deployment}" ShowRequest => Shown: "One deployment or rollback, with its job and whether it can be rolled back");
