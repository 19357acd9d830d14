//! `resolve`: a person settles a conflict; after the last one the promotion goes on by itself (`SPEC X4`).

use crate::answer::Answer;
use crate::operation::{Operation, Preview};
use crate::verb::verb;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What was decided about one path.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResolveRequest {
    /// `P-7`.
    pub promotion: String,
    /// The path, as the conflict names it.
    pub path: String,
    /// The change, where several conflict on one path.
    pub change: Option<String>,
    /// What the path shall hold.
    pub with: With,
    /// The stage, where the path conflicts on several.
    #[serde(default)]
    pub stage: Option<String>,
    /// Take a result that breaks a structured file.
    #[serde(default)]
    pub anyway: bool,
}

verb!(POST "/resolutions" ResolveRequest => Answer<Operation, Preview>: "Settles a conflict of a promotion; after the last one it goes on");

/// What a path in conflict shall hold: `"ours"`, `"theirs"`, `"base"`, `"proposed"`, `{"content":"<base64>"}`, or
/// `{"reuse":"1f09a2b4"}`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum With {
    /// What the destination holds.
    Ours,
    /// What the change wants.
    Theirs,
    /// What both started from.
    Base,
    /// What is proposed.
    Proposed,
    /// These bytes.
    Content(Bytes),
    /// What a resolution about another file makes of it: its id, or how it begins.
    Reuse(String),
}

/// Bytes, written as base64.
#[derive(Clone, PartialEq, Eq, Debug, JsonSchema)]
#[schemars(with = "String", extend("contentEncoding" = "base64"))]
pub struct Bytes(pub Vec<u8>);

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(&text).map(Self).map_err(D::Error::custom)
    }
}
