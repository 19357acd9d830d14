//! `back-promote`: changes are carried back down, to one or several lower stages (`SPEC P5`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use crate::verbs::promote::{Chosen, Options, Start};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is asked of a promotion downwards. To one stage it answers as `promote` does; to several, each is a promotion
/// of its own, listed under `promotions`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BackPromoteRequest {
    /// What moves.
    pub changes: Chosen,
    /// Where from; inferred from the pipeline if not said.
    pub from: Option<String>,
    /// Where to; at least one.
    pub to: Vec<String>,
    /// What the records say, and how they run.
    #[serde(default)]
    pub options: Options,
    /// When they run.
    #[serde(default)]
    pub start: Start,
}

verb!(POST "/back-promotions" BackPromoteRequest => Answer<Operation, Preview>: "Carries changes back down to lower stages");
