//! `log`: the ledger, as it is (`SPEC H1`).

use crate::reason::Warning;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which entries.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogRequest {
    /// At most so many; all if not said.
    pub limit: Option<u32>,
}

verb!(GET "/log" LogRequest => Log: "The ledger, the newest first");

/// Entries.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Log {
    /// Newest first.
    pub entries: Vec<LogEntry>,
}

impl View for Log {}

/// One entry.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct LogEntry {
    /// Its position.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Who.
    pub actor: String,
    /// What it is.
    pub kind: String,
    /// The operation it belongs to.
    pub operation: Option<String>,
    /// What was decided, in one sentence.
    pub says: String,
    /// Why, as they said.
    pub reason: Option<String>,
    /// What somebody should know about it.
    pub warnings: Vec<Warning>,
    /// The token of theirs that a program acted with; absent where they acted themselves (`SPEC W3`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub through: Option<String>,
    /// Its hash in the chain.
    pub hash: String,
}
