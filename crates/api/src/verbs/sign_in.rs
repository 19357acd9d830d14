//! Signing in (`SPEC W3`).

use crate::secret::Secret;
use crate::verb::verb;
use crate::verbs::session::Present;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Signs in. The answer comes with a cookie, which stands for the session from then on. A name that is not there and a
/// password that is wrong are one answer, after the same time.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// The name, however its letters are capitalised.
    pub name: String,
    /// The password.
    pub password: Secret,
}

verb!(POST server "/session" SignInRequest => Present: "Signs in with a name and a password");
