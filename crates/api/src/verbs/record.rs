//! `change record`: a branch, or some commits, become a change or its next revision (`SPEC C1` to `C3`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is recorded. Its result's status is `recorded`, or `unchanged` when the tip is the newest revision's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordRequest {
    /// What it is called.
    pub change: String,
    /// What becomes its revision.
    pub source: Source,
    /// Where it originates (`SPEC C3`).
    pub stage: Option<String>,
    /// Its title; the subject of the tip if not said.
    pub title: Option<String>,
    /// The project it belongs to.
    pub project: Option<String>,
    /// The release it is planned for.
    pub release: Option<String>,
    /// Who answers for it; who asks if not said.
    pub owner: Option<String>,
    /// The change it is part of.
    pub parent: Option<String>,
}

verb!(POST "/changes" RecordRequest => Answer<Operation, Preview>: "Records a change, or a new revision of it");

/// What becomes a revision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A branch: its tip, from where it left the base branch or another change.
    Branch(String),
    /// Commits that are not one branch: each a commit, or a range `X..Y`; in this order.
    Commits(Vec<String>),
}
