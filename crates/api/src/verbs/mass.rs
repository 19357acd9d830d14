//! `back-promote --mass`: one source, every lower stage that lacks something, one promotion for each (`SPEC P9`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use crate::verbs::promote::{Options, Start};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is asked of a mass back-promotion. It answers with one row for each destination under `promotions`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MassRequest {
    /// Where from.
    pub from: String,
    /// Where to; every lower stage when empty.
    #[serde(default)]
    pub to: Vec<String>,
    /// Destinations to which only these changes go, whatever is preselected.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub only: BTreeMap<String, Vec<String>>,
    /// Destinations to which these changes do not go.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub not: BTreeMap<String, Vec<String>>,
    /// What the records say, and how they run; project and release choose the changes.
    #[serde(default)]
    pub options: Options,
    /// When they run.
    #[serde(default)]
    pub start: Start,
}

verb!(POST "/mass-back-promotions" MassRequest => Answer<Operation, Preview>: "Carries everything eligible from a stage back to its lower ones");
