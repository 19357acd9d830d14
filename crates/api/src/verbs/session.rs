//! Who it is that asks (`SPEC W3`).

use crate::secret::Secret;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who am I?
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SessionRequest {}

/// Somebody who is in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Present {
    /// Their name, as the history has it.
    pub person: String,
    /// What others read.
    pub display_name: String,
    /// Where mail goes.
    pub email: Option<String>,
    /// The groups they are in.
    pub groups: Vec<String>,
    /// Whether they run this server, as they came in: a token that is narrowed does not.
    pub administrator: bool,
    /// By what they came in.
    pub by: By,
    /// What the token is called, where they came in by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// What a session's request must bring in the header `switchback-form` to change something; other sites do not know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form: Option<Secret>,
    /// When they have to come in anew at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// By what somebody came in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "CameBy")]
pub enum By {
    /// They signed in.
    Session,
    /// A program acts for them.
    Token,
    /// They sit at the machine itself.
    Console,
}

impl View for Present {}
verb!(GET server "/session" SessionRequest => Present: "Who am I?");
