//! `change attest`: somebody says that a revision was tested or approved (`SPEC C4`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is attested.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttestRequest {
    /// About which changes.
    pub changes: Vec<String>,
    /// What of them.
    pub kinds: Vec<Attestation>,
    /// Which revision; the newest if not said.
    pub revision: Option<u32>,
    /// Whether it is taken back.
    #[serde(default)]
    pub withdraw: bool,
}

verb!(POST "/attestations" AttestRequest => Answer<Operation, Preview>: "Attests that revisions were tested or approved, or withdraws that");

/// What can be attested.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Attestation {
    /// It was tested.
    Tested,
    /// It was approved.
    Approved,
}

impl Attestation {
    /// The word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tested => "tested",
            Self::Approved => "approved",
        }
    }
}
