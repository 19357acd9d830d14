//! `demote`: changes are taken out of a stage and every bypassed stage, and rolled back (`SPEC 5`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use crate::verbs::promote::Deploy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is asked of a demotion.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoteRequest {
    /// What leaves, one at a time, in this order (`SPEC D9`).
    pub changes: Vec<String>,
    /// The highest stage they leave; the highest that holds each if not said.
    pub from: Option<String>,
    /// Down to which stage; the one before the highest that holds them if not said (`SPEC D12`).
    #[serde(default)]
    pub to: Option<String>,
    /// What is deployed there afterwards (`SPEC D8`).
    #[serde(default)]
    pub deploy: Deploy,
    /// Changes that build on a leaving one leave along (`SPEC D4`).
    #[serde(default)]
    pub with_dependents: bool,
    /// Changes that build on a leaving one stay, each with a new revision that does without it (`SPEC D4`). Not together
    /// with `with_dependents`.
    #[serde(default)]
    pub rewrite_dependents: bool,
    /// All are planned as one: all leave, or none (`SPEC D9`).
    #[serde(default)]
    pub all_or_nothing: bool,
    /// Children go along (`SPEC C6`).
    #[serde(default)]
    pub recursive: bool,
    /// What was attested about them is taken back along the way (`SPEC C4`).
    #[serde(default)]
    pub withdraw: bool,
    /// They leave although all that they did stays, because something else brings it as well (`SPEC L8`).
    #[serde(default)]
    pub anyway: bool,
    /// A freeze window is overridden, which needs a privilege and a reason (`SPEC P13`).
    #[serde(default)]
    pub override_freeze: bool,
}

verb!(POST "/demotions" DemoteRequest => Answer<Operation, Preview>: "Takes changes out of a stage and of those below it down to a target, and rolls their deployments back");
