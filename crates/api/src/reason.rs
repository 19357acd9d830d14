//! Reasons and warnings: a stable code and a sentence.

use crate::remedy::Remedy;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that speaks against a change, a deployment or a rollback.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    /// Which rule, one of the refusal codes.
    pub code: String,
    /// One sentence that names the thing.
    pub message: String,
    /// Whether it keeps the thing back (`true`), or is only to be known.
    pub blocks: bool,
    /// It keeps the change out of what is chosen for people; whoever names the change moves it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unless_named: bool,
    /// When what it tells of happened; absent where nothing happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
}

/// Something a person should know though it stops nothing.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Warning {
    /// A stable code.
    pub code: String,
    /// One sentence that names the thing.
    pub message: String,
    /// What somebody could do about it, as data; whoever shows it adds it to the sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Box<Remedy>>,
}

/// Why something that was begun did not come to its end: a deployment failed, a change stayed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Cause")]
pub struct Problem {
    /// The code of the refusal or fault.
    pub code: String,
    /// One sentence that names the thing.
    pub message: String,
    /// The next step, in words.
    pub hint: String,
    /// The next step, as data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<Box<Remedy>>,
    /// The last lines that a hook printed; absent where none had a part in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
}

/// A change at a revision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct ChangeAt {
    /// Its key.
    pub change: String,
    /// Which revision.
    pub revision: u32,
}
