//! The records of demotions: what left, from where, and what became of what was deployed because of it (`SPEC 5`).

use crate::operation::Deployment;
use crate::verb::{View, verb};
use crate::verbs::attest::Attestation;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which demotions to list; newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DemotionsRequest")]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Only those that took something out of this stage.
    pub stage: Option<String>,
    /// Only those that took out this change.
    pub change: Option<String>,
    /// Only those that somebody asked for.
    pub by: Option<String>,
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

/// Demotions.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Demotions {
    /// Newest first.
    pub demotions: Vec<Demotion>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl View for Demotions {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}
verb!(GET "/demotions" ListRequest => Demotions: "Demotions, the newest first");

/// Which demotion to show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DemotionRequest")]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    /// `M-2`.
    pub demotion: String,
}

/// One demotion.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ShownDemotion")]
pub struct Shown {
    /// It.
    pub demotion: Demotion,
}

impl View for Shown {}
verb!(GET "/demotions/{demotion}" ShowRequest => Shown: "One demotion: what left, and what became of its rollbacks");

/// The record of a demotion.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Demotion {
    /// `M-2`.
    pub id: String,
    /// Down to which stage.
    pub target: String,
    /// What left, in order.
    pub demoted: Vec<Demoted>,
    /// What has yet to leave, and waits for rollbacks of development areas (`SPEC D5`).
    pub waiting: Vec<String>,
    /// What did not leave after all, and why.
    pub stopped: Vec<Stopped>,
    /// Rollbacks because of it, as they stand now.
    pub rollbacks: Vec<Deployment>,
    /// What was deployed at the target afterwards, as it stands now.
    pub deployments: Vec<Deployment>,
    /// Who.
    pub by: String,
    /// When it began.
    pub at: String,
    /// Why.
    pub reason: Option<String>,
}

/// A change that left.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "DemotedChange")]
pub struct Demoted {
    /// Which.
    pub change: String,
    /// The highest stage it left.
    pub from: String,
    /// Every stage it left, with the revision held there, the highest first.
    pub left: Vec<Left>,
    /// The change it had to leave with, where it was not asked for by itself (`SPEC D4`).
    pub because_of: Option<String>,
    /// What was attested of it and taken back along the way (`SPEC C4`).
    pub withdrawn: Vec<Attestation>,
}

/// A stage that a change left.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Left {
    /// Which.
    pub stage: String,
    /// The revision that it held.
    pub revision: u32,
}

/// Changes that did not leave after all.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "StoppedDemotion")]
pub struct Stopped {
    /// Which.
    pub changes: Vec<String>,
    /// The code of the refusal or fault.
    pub code: String,
    /// The sentence.
    pub message: String,
}
