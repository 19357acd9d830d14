//! `promotion list|show|pr-body|edit|validate|run|clone|drop|cancel`: the record of a promotion (`SPEC P4`, `P6`).

use crate::answer::Answer;
use crate::conflict::Conflict;
use crate::decision::AutoResolved;
use crate::operation::{Deployment, MovedChange, Operation, Preview};
use crate::page::paged;
use crate::validation::Validation;
use crate::verb::{View, verb};
use crate::verbs::promote::{Deploy, Start};
use crate::verbs::status::ScheduleStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which promotions to list; newest first.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Only those in this status.
    pub status: Option<String>,
    /// Only those that leave or reach this stage.
    pub stage: Option<String>,
    /// Only those that carry this change.
    pub change: Option<String>,
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

/// Promotions.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Promotions {
    /// Newest first.
    pub promotions: Vec<Promotion>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Schedules, where what is listed is not narrowed down to a status or a change; absent where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<ScheduleStatus>,
}

paged!(ListRequest => Promotions: promotions);
verb!(GET "/promotions" ListRequest => Promotions: "Promotions, the newest first, and schedules");

/// Which promotion to show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    /// `P-3`.
    pub promotion: String,
}

/// One promotion.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ShownPromotion")]
pub struct Shown {
    /// It.
    pub promotion: Promotion,
}

impl View for Shown {}
verb!(GET "/promotions/{promotion}" ShowRequest => Shown: "One promotion");

/// A promotion record (`SPEC P4`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Promotion {
    /// `P-3`.
    pub id: String,
    /// `forward` or `back`.
    pub direction: String,
    /// Where from.
    pub source: String,
    /// Where to.
    pub destination: String,
    /// `draft`, `validated`, `scheduled`, `merging`, `conflicted`, `merged`, `deploying`, `completed`, `completed-with-errors`,
    /// `failed`, `cancelled`.
    pub status: String,
    /// The project it was made for.
    pub project: Option<String>,
    /// The release it was made for.
    pub release: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// When it was made.
    pub created_at: String,
    /// When it runs by itself.
    pub scheduled_at: Option<String>,
    /// What moves, in order.
    pub changes: Vec<MovedChange>,
    /// How it runs.
    pub options: RecordOptions,
    /// What stops it, while `conflicted`.
    pub conflicts: Vec<Conflict>,
    /// Conflicts that were settled without asking anybody when it moved.
    #[serde(default)]
    pub auto_resolved: Vec<AutoResolved>,
    /// What it deployed.
    pub deployments: Vec<Deployment>,
    /// Why it failed or was cancelled.
    pub note: Option<String>,
    /// What it left behind when it ran by itself, because it did not hold any more; absent when there is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<LeftOut>,
    /// The record that was cloned from it; absent when there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloned_as: Option<String>,
    /// The branch that waits for people to merge it; absent where none does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ready_branch: Option<String>,
    /// What came of trying it since it was last edited; absent where nobody did, and for one that is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Validation>,
}

/// A change that was left behind, with every reason.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    /// Which.
    pub change: String,
    /// The code of the first reason.
    pub code: String,
    /// The reasons, in a sentence.
    pub message: String,
}

/// How a recorded promotion runs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct RecordOptions {
    /// The order that holds for it: its own, or the pipeline's.
    pub order_by: String,
    /// The list that holds for it: its own, or the pipeline's.
    pub exclude_from_auto_resolve: Vec<String>,
    /// Full profiles are a step of the deployment.
    pub create_full_profiles_step: bool,
    /// Full permission sets are a step of the deployment.
    pub create_full_permission_sets_step: bool,
    /// The owner is mailed when the deployment is complete.
    pub send_deployment_complete_email: bool,
    /// What the chosen changes need goes along.
    pub with_dependencies: bool,
    /// Conflicting changes stay behind.
    pub skip_conflicted: bool,
    /// Children go along.
    pub recursive: bool,
    /// What is deployed afterwards.
    pub deploy: Deploy,
    /// People merge it themselves, through a pull request.
    #[serde(default)]
    pub pull_request: bool,
}

/// What changes about a record; what is not said stays.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditRequest {
    /// `P-3`.
    pub promotion: String,
    /// Chosen in addition.
    #[serde(default)]
    pub add: Vec<String>,
    /// Not chosen any more.
    #[serde(default)]
    pub remove: Vec<String>,
    /// Where from.
    #[serde(default)]
    pub from: Option<String>,
    /// Where to.
    #[serde(default)]
    pub to: Option<String>,
    /// The project.
    pub project: Option<String>,
    /// The release.
    pub release: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The order.
    pub order_by: Option<String>,
    /// File types that must stop for a person.
    pub exclude_from_auto_resolve: Option<Vec<String>>,
    /// Full profiles are a step of the deployment.
    pub full_profiles: Option<bool>,
    /// Full permission sets are a step of the deployment.
    pub full_permission_sets: Option<bool>,
    /// The owner is mailed when the deployment is complete.
    pub email_on_complete: Option<bool>,
    /// What the chosen changes need goes along.
    pub with_dependencies: Option<bool>,
    /// Conflicting changes stay behind.
    pub skip_conflicted: Option<bool>,
    /// Children go along.
    #[serde(default)]
    pub recursive: Option<bool>,
    /// What is deployed afterwards.
    pub deploy: Option<Deploy>,
    /// People merge it themselves, through a pull request.
    #[serde(default)]
    pub pull_request: Option<bool>,
    /// `At` schedules it, `Draft` takes it off the schedule; `Now` is refused: that is what running is for.
    pub start: Option<Start>,
}

verb!(PATCH "/promotions/{promotion}" EditRequest => Answer<Operation, Preview>: "Edits a promotion that has not moved yet");

/// Which promotion to describe.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrBodyRequest {
    /// `P-3`.
    pub promotion: String,
}

/// What a promotion moves, for those who look at it in a pull request.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct PrBody {
    /// `P-3`.
    pub promotion: String,
    /// The branch to be merged, whether it is there yet or not.
    pub head: String,
    /// The branch it is to be merged into.
    pub base: String,
    /// The title, in one line.
    pub title: String,
    /// The text, in Markdown.
    pub body: String,
}

impl View for PrBody {}
verb!(GET "/promotions/{promotion}/pr-body" PrBodyRequest => PrBody: "Describes a promotion for a pull request");

/// Which promotion to try.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ValidateRequest {
    /// `P-3`.
    pub promotion: String,
}

verb!(POST "/promotions/{promotion}/validations" ValidateRequest => Answer<Operation, Preview>: "Tries a promotion's run, and moves nothing");

/// Which promotion to run now.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RunRequest {
    /// `P-3`.
    pub promotion: String,
    /// What the changes need comes along, from now on.
    #[serde(default)]
    pub with_dependencies: bool,
    /// A freeze window is overridden, which needs a privilege and a reason.
    #[serde(default)]
    pub override_freeze: bool,
}

verb!(POST "/promotions/{promotion}/run" RunRequest => Answer<Operation, Preview>: "Runs a promotion, or runs it again");

/// What to leave behind.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DropRequest {
    /// `P-3`.
    pub promotion: String,
    /// The changes; what is stacked on them stays behind too.
    pub changes: Vec<String>,
}

verb!(POST "/promotions/{promotion}/drop" DropRequest => Answer<Operation, Preview>: "Leaves changes of a promotion behind; the rest goes on");

/// Which promotion to call off.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// `P-3`.
    pub promotion: String,
}

verb!(POST "/promotions/{promotion}/cancel" CancelRequest => Answer<Operation, Preview>: "Calls a promotion off");

/// Which promotion to make a new draft of.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloneRequest {
    /// `P-3`.
    pub promotion: String,
}

verb!(POST "/promotions/{promotion}/clone" CloneRequest => Answer<Operation, Preview>: "Makes a new draft of a promotion");
