//! `why`: the facts that decided whether a stage holds a change, in order; or how two changes build on one another
//! (`SPEC H5`, `D4`).

use crate::reason::Reason;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which change, at which stage.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WhyRequest {
    /// The change.
    pub change: String,
    /// The stage; or another change, when no stage has the name.
    pub stage: String,
}

verb!(GET "/changes/{change}/why" WhyRequest => Why: "Why a change is, or is not, on a stage; or why one builds on another");

/// Which change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ChangeHistoryRequest")]
#[serde(deny_unknown_fields)]
pub struct HistoryRequest {
    /// Its key.
    pub change: String,
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

/// What happened to a change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct ChangeHistory {
    /// Each entry of the ledger that is about it, newest first.
    pub entries: Vec<Fact>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl View for ChangeHistory {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}
verb!(GET "/changes/{change}/history" HistoryRequest => ChangeHistory: "Everything that happened to a change, the newest first");

/// Why a stage holds a change, or does not.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Why {
    /// The change.
    pub change: String,
    /// The stage; absent when another change was named.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stage: String,
    /// The other change; absent when a stage was named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<String>,
    /// `current`, `outdated` or `absent`; of two changes `builds-on`, `built-on-by` or `apart`.
    pub state: String,
    /// The revision the stage holds.
    pub revision: Option<u32>,
    /// The conclusion, in one sentence.
    pub says: String,
    /// What happened, oldest first.
    pub facts: Vec<Fact>,
    /// What keeps it from arriving now; empty when it is there or could go.
    pub reasons: Vec<Reason>,
    /// How the change builds on the other, then how the other builds on it; absent when a stage was named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub builds: Vec<Builds>,
}

/// How one change builds on another, or does not.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Builds {
    /// The one that would build.
    pub change: String,
    /// What it would build on.
    pub on: String,
    /// Its branch was recorded as stacked on the other's, perhaps with others between.
    pub declared: bool,
    /// Where its edits meet what the other wrote.
    pub meets: Vec<Meeting>,
    /// For each stage that holds both: whether it could be carried without the other.
    pub without: Vec<Without>,
}

/// Edits that meet: lines, and their numbers from 1.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Meeting {
    /// The file.
    pub path: String,
    /// `overlaps`, `adjoins`, or `same-file` where it is no text.
    pub how: String,
    /// What the other wrote.
    pub wrote: Lines,
    /// What the change took out there.
    pub removed: Lines,
    /// What the change put there.
    pub added: Lines,
}

/// Some lines of a file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Lines {
    /// The number of the first, from 1.
    pub first: u64,
    /// Their text.
    pub text: Vec<String>,
}

/// Whether a change could be carried onto a stage without another.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Without {
    /// The stage.
    pub stage: String,
    /// Whether it could.
    pub goes: bool,
    /// The files on which it would conflict.
    pub files: Vec<String>,
}

impl View for Why {}

/// Something that happened to a change.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Fact {
    /// The ledger entry that says so.
    pub seq: u64,
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// The operation it belongs to.
    pub operation: Option<String>,
    /// What, in one sentence.
    pub says: String,
    /// Why, as they said.
    pub reason: Option<String>,
}
