//! Signing out: here, or everywhere.

use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Ends the session that comes along. Whoever is not signed in is signed out already.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignOutRequest {}

verb!(POST server "/session/end" SignOutRequest => SignedOut: "Signs out");

/// Ends every session of whoever asks, this one too. API tokens stay.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct SignOutEverywhereRequest {}

verb!(POST server "/session/end-all" SignOutEverywhereRequest => SignedOut: "Signs out everywhere");

/// What ended.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct SignedOut {
    /// How many sessions.
    pub sessions: u64,
    /// Where they sign out at their provider of identities too, if they want; absent where it has no such place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
}

impl View for SignedOut {}
