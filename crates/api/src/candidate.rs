//! A change that one stage holds and another lacks, on the way up or down (`SPEC P1`, `P2`).

use crate::reason::Reason;
use crate::verbs::change::Attested;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A change that may go from one stage to another, with all that a person needs to choose it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Candidate {
    /// Which.
    pub change: String,
    /// Its title.
    pub title: String,
    /// The project it belongs to.
    #[serde(default)]
    pub project: Option<String>,
    /// The release it is planned for.
    #[serde(default)]
    pub release: Option<String>,
    /// Who answers for it.
    #[serde(default)]
    pub owner: String,
    /// At which revision it would move.
    pub revision: u32,
    /// Its newest revision, which may be one that the source does not hold.
    #[serde(default)]
    pub newest: u32,
    /// The older revision that the destination holds, if it does.
    pub held: Option<u32>,
    /// From where.
    #[serde(default)]
    pub source: String,
    /// Where to.
    #[serde(default)]
    pub destination: String,
    /// Whether it can go.
    pub eligible: bool,
    /// What speaks against it, blocking or not.
    pub reasons: Vec<Reason>,
    /// Who attested what of the revision that would move, and when (`SPEC C4`).
    #[serde(default)]
    pub attested: Vec<Attested>,
    /// How many files that revision touches; `null` where the repository lacks objects to tell.
    #[serde(default)]
    pub files: Option<u64>,
    /// When that revision was recorded.
    #[serde(default)]
    pub recorded_at: String,
    /// Since when the source holds it, by its commit there; `null` where that cannot be read.
    #[serde(default)]
    pub at_source_since: Option<String>,
    /// The changes that revision says it builds on (`SPEC C1`).
    #[serde(default)]
    pub depends_on: Vec<String>,
    /// The other changes of the same list that touch a file that it touches, by key.
    #[serde(default)]
    pub overlaps: Vec<String>,
    /// How many manual tasks pause its deployments (`SPEC A12`).
    #[serde(default)]
    pub tasks: u64,
}
