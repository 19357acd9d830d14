//! `promote`: changes climb (`SPEC 4`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is asked of a promotion upwards.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PromoteRequest {
    /// What moves.
    pub changes: Chosen,
    /// Where from; inferred from the pipeline if not said.
    pub from: Option<String>,
    /// Where to; inferred from the pipeline if not said.
    pub to: Option<String>,
    /// What the record says, and how it runs.
    #[serde(default)]
    pub options: Options,
    /// When it runs.
    #[serde(default)]
    pub start: Start,
}

verb!(POST "/promotions" PromoteRequest => Answer<Operation, Preview>: "Promotes changes to a higher stage, or keeps that as a draft or for a time");

/// Which changes move.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Chosen {
    /// Everything eligible, of the project and release that the options name.
    All,
    /// These.
    Keys(Vec<String>),
}

impl Default for Chosen {
    fn default() -> Self {
        Self::Keys(Vec::new())
    }
}

/// When a promotion runs (`SPEC P6`, `P12`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Start {
    /// At once.
    #[default]
    Now,
    /// When somebody runs it.
    Draft,
    /// By itself: RFC 3339, or local in the pipeline's time zone.
    At(String),
}

/// What is deployed once changes have moved (`SPEC P6`, `D8`).
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Deploy {
    /// Nothing.
    #[default]
    Nothing,
    /// The default areas of the stage the changes arrive at.
    Defaults,
    /// These areas.
    Areas(Vec<String>),
}

/// What a promotion's record says, and how it runs (`SPEC P4`). A switch that is not said is off.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Its project; with all changes, only those of this project.
    pub project: Option<String>,
    /// Its release; with all changes, only those of this release.
    pub release: Option<String>,
    /// Who answers for it; who asks if not said.
    pub owner: Option<String>,
    /// `recorded`, `key`, `approved`, `title`, `project`; the pipeline's if not said (`SPEC P7`).
    pub order_by: Option<String>,
    /// File types that must stop for a person; the pipeline's list if not said (`SPEC X3`).
    pub exclude_from_auto_resolve: Option<Vec<String>>,
    /// Full profiles are a step of the deployment.
    pub full_profiles: bool,
    /// Full permission sets are a step of the deployment.
    pub full_permission_sets: bool,
    /// The owner is mailed when the deployment is complete.
    pub email_on_complete: bool,
    /// What the chosen changes need goes along (`SPEC P11`).
    pub with_dependencies: bool,
    /// Conflicting changes stay behind (`SPEC P8`).
    pub skip_conflicted: bool,
    /// Children go along (`SPEC C6`).
    pub recursive: bool,
    /// A freeze window is overridden, which needs a privilege and a reason (`SPEC P13`).
    pub override_freeze: bool,
    /// What is deployed afterwards.
    pub deploy: Deploy,
    /// People merge it themselves, through a pull request: no branch moves, and `switchback/P-n` is made ready.
    #[serde(default)]
    pub pull_request: bool,
}
