//! `conflicts --ahead`: which changes in flight would conflict when they meet.

use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which to tell.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EncountersRequest {
    /// Only those of these changes; all when none is named.
    pub changes: Vec<String>,
}

/// What lies ahead.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Encounters {
    /// In order of recording.
    pub encounters: Vec<Encounter>,
}

impl View for Encounters {}
verb!(GET "/encounters" EncountersRequest => Encounters: "Which changes will conflict when they meet");

/// Two changes, or one and what a stage holds, that nothing settles without a person.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Encounter {
    /// The top stage where they would meet.
    pub stage: String,
    /// The one recorded later.
    pub change: String,
    /// The one before it; `null` for what the stage holds already.
    pub other: Option<String>,
    /// Who answers for the two, each once.
    pub owners: Vec<String>,
    /// Where they cannot be merged.
    pub paths: Vec<EncounterPath>,
}

/// One path of a encounter.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct EncounterPath {
    /// Which. Bytes that are no UTF-8 are written `\xNN`.
    pub path: String,
    /// Why: `content`, `binary`, `add-add`, `edit-delete` and so on.
    pub kind: String,
    /// Why nothing settles it by itself; absent where there is nothing to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}
