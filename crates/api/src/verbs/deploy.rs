//! `deploy`: changes a stage holds are put into its areas, by hand (`SPEC 6`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use crate::verbs::promote::Chosen;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is asked of a deployment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeployRequest {
    /// Which changes; all are those the stage holds and the area lacks.
    pub changes: Chosen,
    /// Where.
    pub place: DeployTo,
}

verb!(POST "/deployments" DeployRequest => Answer<Operation, Preview>: "Deploys changes to areas");

/// Where to deploy.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DeployTo {
    /// These areas.
    Areas(Vec<String>),
    /// The default areas of this stage.
    Stage(String),
}
