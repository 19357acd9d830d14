//! `init`: a repository becomes a pipeline; what is on its branches is imported (`SPEC L10`).

use crate::answer::Answer;
use crate::reason::Warning;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the pipeline begins. Without stages, the configuration that is there is taken.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct InitRequest {
    /// Its stages, lowest first.
    pub stages: Vec<StageBranch>,
    /// Which leads to which.
    pub next: Vec<Edge>,
    /// From what branches and refs still tell of an earlier record, whose ledger is lost or elsewhere (`SPEC L11`).
    pub rebuild: bool,
    /// In which repository, on a server that keeps several: as a remote is called there, or the folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

verb!(POST "/init" InitRequest => Answer<Initialized>: "Begins a pipeline: imports what its branches hold");

/// A stage and its branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StageBranch {
    /// The stage.
    pub stage: String,
    /// The short name of its branch.
    pub branch: String,
}

/// A way up.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Leads")]
pub struct Edge {
    /// The lower stage.
    pub from: String,
    /// The higher stage.
    pub to: String,
}

/// A pipeline that began.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Initialized {
    /// `null`: it has no record of its own.
    pub operation: Option<String>,
    /// `init`, or `rebuild`.
    pub kind: String,
    /// Its name.
    pub pipeline: String,
    /// Where its configuration lies.
    pub configuration: String,
    /// Whether the configuration was written now; `false` when it was there.
    pub wrote_configuration: bool,
    /// Who administers it.
    pub administrator: String,
    /// Its stages, lowest first.
    pub stages: Vec<ImportedStage>,
    /// What somebody should know.
    pub warnings: Vec<Warning>,
    /// The hash of the plan, for `--plan`; absent once it was carried out.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hash: String,
}

/// A stage that was taken in.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct ImportedStage {
    /// Its name.
    pub stage: String,
    /// Its branch.
    pub branch: String,
    /// The stages directly above it.
    pub next: Vec<String>,
    /// The commit its branch stands at.
    pub head: String,
    /// Keys of the changes found on it.
    pub imported: Vec<String>,
}

impl View for Initialized {}
