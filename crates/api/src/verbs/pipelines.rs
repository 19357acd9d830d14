//! The pipelines of a server.

use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Every pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PipelinesRequest {}

verb!(GET server "/pipelines" PipelinesRequest => Pipelines: "The pipelines of this server");

/// The pipelines that whoever asks may look at.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Pipelines {
    /// Each.
    pub pipelines: Vec<Pipeline>,
}

impl View for Pipelines {}

/// A pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Pipeline {
    /// Its name, as it stands in addresses.
    pub name: String,
}
