//! Invitations: links that let somebody in once. Their secrets travel in bodies alone, for addresses end up in logs.

use crate::secret::Secret;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Looks what an invitation is for, without taking it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LookRequest {
    /// Its secret.
    pub secret: Secret,
}

verb!(POST server "/invitations/look" LookRequest => Invitation: "What an invitation is for");

/// Takes an invitation. Nobody is signed in by that: that is the next step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeRequest {
    /// Its secret.
    pub secret: Secret,
    /// The password to be, of 12 characters or more.
    pub password: Secret,
    /// The name to be, for the first administrator; others have one.
    pub name: Option<String>,
    /// What others shall read, for the first administrator; the name if not said.
    pub display_name: Option<String>,
    /// Where mail goes, for the first administrator.
    pub email: Option<String>,
}

verb!(POST server "/invitations/take" TakeRequest => InvitationTaken: "Takes an invitation");

/// An invitation that may be taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Invitation {
    /// What it is for.
    pub purpose: Purpose,
    /// Whose it is; nobody's yet for the first administrator.
    pub person: Option<String>,
    /// Until when it may be taken.
    pub expires: String,
}

impl View for Invitation {}

/// What an invitation is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[schemars(rename = "InvitationPurpose")]
pub enum Purpose {
    /// To become the first administrator.
    FirstAdministrator,
    /// To choose a password.
    Password,
}

/// What came of taking an invitation.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct InvitationTaken {
    /// Who may sign in now.
    pub person: String,
}

impl View for InvitationTaken {}
