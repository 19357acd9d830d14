//! Choosing another password by who knows the old one.

use crate::secret::Secret;
use crate::verb::verb;
use crate::verbs::session::Present;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Chooses another password. All sessions end but the one that asks.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordRequest {
    /// The one that holds now.
    pub old: Secret,
    /// The one to be, of 12 characters or more.
    pub new: Secret,
}

verb!(POST server "/session/password" PasswordRequest => Present: "Chooses another password");
