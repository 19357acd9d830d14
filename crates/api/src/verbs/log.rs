//! `log`: the ledger, as it is (`SPEC H1`).

use crate::page::paged;
use crate::reason::Warning;
use crate::verb::verb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which entries.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LogRequest {
    /// At most so many, up to 1000 a page; 50 if not said.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

verb!(GET "/log" LogRequest => Log: "The ledger, the newest first");

/// Entries.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Log {
    /// Newest first.
    pub entries: Vec<LogEntry>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

paged!(LogRequest => Log: entries);

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
