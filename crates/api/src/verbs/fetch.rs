//! `fetch`: looks at the remote now, and takes in what others did there (`SPEC W4`).

use crate::answer::Answer;
use crate::reason::Warning;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Nothing is to be said: a pipeline has one remote.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FetchRequest {}

verb!(POST "/fetch" FetchRequest => Answer<Fetched>: "Looks at the remote now, and takes in what others did there");

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Fetched {
    /// How it stands with the remote; `null` where the branches are in the repository itself.
    pub remote: Option<RemoteStatus>,
    /// The changes that were recorded because a branch of theirs was pushed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recorded: Vec<String>,
    /// How many entries took in what others did, those that recorded a change among them.
    pub taken_in: u64,
    /// The ledger position now.
    pub seq: u64,
    /// What somebody should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl View for Fetched {}

/// How it stands with the remote that a pipeline's branches are on.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct RemoteStatus {
    /// Its address.
    pub address: String,
    /// When its branches were seen last; `null` before the first time.
    pub fetched: Option<String>,
    /// Since when it is away; `null` while it answers.
    pub away_since: Option<String>,
    /// What it said then.
    pub problem: Option<String>,
    /// Its default branch, where it names one.
    pub default_branch: Option<String>,
}
