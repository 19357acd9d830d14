//! `change list|show|edit|exclude|include|ignore|task`: what is known and decided about changes (`SPEC 3`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::{View, verb};
use crate::verbs::attest::Attestation;
use crate::verbs::where_is::Standings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which changes to list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Only those a stage holds.
    pub stage: Option<String>,
    /// Only those of a project.
    pub project: Option<String>,
    /// Only those of a release.
    pub release: Option<String>,
    /// Only those somebody answers for.
    pub owner: Option<String>,
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

/// Changes.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Changes {
    /// As they were recorded.
    pub changes: Vec<Listed>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl View for Changes {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}
verb!(GET "/changes" ListRequest => Changes: "The changes, with where each is");

/// A change in a list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Listed {
    /// Its key.
    pub key: String,
    /// Its title.
    pub title: String,
    /// The project it belongs to.
    pub project: Option<String>,
    /// The release it is planned for.
    pub release: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// The change it is part of.
    pub parent: Option<String>,
    /// Its newest revision.
    pub revision: u32,
    /// What was attested of that revision.
    pub attested: Vec<Attestation>,
    /// Never counted, never offered.
    pub excluded: bool,
}

/// Which change to show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    /// Its key.
    pub change: String,
}

/// One change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ShownChange")]
pub struct Shown {
    /// It.
    pub change: Change,
}

impl View for Shown {}
verb!(GET "/changes/{change}" ShowRequest => Shown: "One change: revisions, attestations, where it is, what happened to it");

/// Everything known about a change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Change {
    /// Its key.
    pub key: String,
    /// Its title.
    pub title: String,
    /// The project it belongs to.
    pub project: Option<String>,
    /// The release it is planned for.
    pub release: Option<String>,
    /// Who answers for it.
    pub owner: String,
    /// The change it is part of.
    pub parent: Option<String>,
    /// Changes that are part of it.
    pub children: Vec<String>,
    /// Where it originated.
    pub origin: Option<String>,
    /// When it was first recorded.
    pub recorded_at: String,
    /// Its revisions, oldest first.
    pub revisions: Vec<Revision>,
    /// Why it is never counted and never offered.
    pub excluded: Option<Remark>,
    /// Stages it is not offered to.
    pub ignored: Vec<IgnoredAt>,
    /// Its manual tasks.
    pub tasks: Vec<Task>,
    /// The stages that hold it.
    pub stages: Standings,
    /// The areas that hold it.
    pub areas: Vec<InArea>,
}

/// One state of a change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Revision {
    /// Its number.
    pub number: u32,
    /// The commit it started from.
    pub base: String,
    /// The commit it ends with.
    pub tip: String,
    /// Who wrote it, `Ada <ada@example.org>`.
    pub author: String,
    /// The first line of its message.
    pub subject: String,
    /// Changes its branch is stacked on.
    pub depends_on: Vec<String>,
    /// What was attested of it.
    pub attested: Vec<Attested>,
    /// When it was recorded.
    pub recorded_at: String,
}

/// Who attested what.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Attested {
    /// What.
    pub kind: Attestation,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
}

/// A decision somebody took, with their reason.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Remark {
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// Why.
    pub reason: String,
}

/// A stage a change is not offered to.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct IgnoredAt {
    /// Which.
    pub stage: String,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
    /// Why.
    pub reason: String,
}

/// A manual task (`SPEC A12`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Task {
    /// Its number, from 1.
    pub number: u32,
    /// What to do.
    pub text: String,
    /// For which area; every one where `null`.
    pub area: Option<String>,
    /// Where it was done.
    pub done: Vec<TaskDone>,
}

/// Somebody did a task.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct TaskDone {
    /// For which area.
    pub area: String,
    /// For which revision.
    pub revision: u32,
    /// Who.
    pub by: String,
    /// When.
    pub at: String,
}

/// An area that holds a change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct InArea {
    /// Which.
    pub area: String,
    /// At which revision.
    pub revision: u32,
    /// The version that brought it.
    pub since: u32,
}

/// What is decided about some changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DecideRequest {
    /// Which.
    pub changes: Vec<String>,
    /// What. Excluding and ignoring need a reason.
    pub decision: Decision,
}

verb!(POST "/decisions" DecideRequest => Answer<Operation, Preview>: "Excludes, includes, ignores or edits changes, and keeps their manual tasks");

/// One decision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// What is known about them.
    Edit(Edit),
    /// Never counted, never offered.
    Exclude,
    /// Counted and offered again.
    Include,
    /// Not offered to a stage.
    Ignore(String),
    /// Offered to it again.
    Notice(String),
    /// A manual task is added.
    AddTask {
        /// What to do.
        text: String,
        /// For which area; every one if not said.
        area: Option<String>,
    },
    /// A manual task is done.
    DoTask {
        /// Which.
        number: u32,
        /// For which area.
        area: String,
    },
}

/// What is known about a change; what is not said stays.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Edit {
    /// Its title.
    pub title: Option<String>,
    /// The project it belongs to.
    pub project: Option<String>,
    /// The release it is planned for.
    pub release: Option<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// The change it is part of.
    pub parent: Option<String>,
}
