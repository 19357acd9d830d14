//! `identity`: who somebody is at a provider of identities (`SPEC W3`). What a browser goes through there, it is sent to at
//! `/sign-in/oidc/{provider}`; here is what is asked besides.

use crate::secret::Secret;
use crate::verb::{View, verb};
use crate::verbs::session::Present;
use crate::verbs::user::User;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// By what people come in here.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WaysRequest {}

verb!(GET server "/sign-in" WaysRequest => Ways: "By what people come in");

/// Leaves for a provider to show who one is there, so that its word lets one in from then on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkRequest {
    /// The provider.
    pub provider: String,
    /// Where the browser goes afterwards, as an address on this server, `/…`; `/` if not said.
    #[serde(rename = "return")]
    pub back: Option<String>,
}

verb!(POST server "/session/identity" LinkRequest => Leave: "Links who one is at a provider");

/// Comes in with what a browser handed over, after its person signed in by a provider there. The answer comes with a cookie,
/// which stands for the session from then on.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoverRequest {
    /// What was handed over. It works once, for some minutes.
    pub code: Secret,
    /// The text whose SHA-256 the browser was sent with, so that nobody else can use what is handed over.
    pub verifier: Secret,
}

verb!(POST server "/session/handover" HandoverRequest => Present: "Comes in with what a browser handed over");

/// Says who somebody is at a provider, in place of whom they were there before.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AttachRequest {
    /// Who.
    pub user: String,
    /// The provider.
    pub provider: String,
    /// What it calls them for ever; whoever it lets in and is nobody here is told theirs.
    pub subject: String,
}

verb!(POST server "/users/{user}/identity" AttachRequest => User: "Says who a person is at a provider");

/// Takes back who somebody is at a provider: its word does not let them in any more, and their sessions end.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DetachRequest {
    /// Who.
    pub user: String,
}

verb!(POST server "/users/{user}/identity/end" DetachRequest => User: "Takes back who a person is at a provider");

/// By what people come in.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Ways {
    /// Whether a password lets everybody in who has one; else only those who run the server.
    pub passwords: bool,
    /// The providers whose word lets people in.
    pub providers: Vec<Way>,
}

impl View for Ways {}

/// A provider.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SignInWay")]
pub struct Way {
    /// What it is called.
    pub name: String,
    /// Where on this server a browser begins.
    pub address: String,
}

/// Somebody who leaves for a provider. The answer comes with a cookie, which the browser brings back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Leave {
    /// Where their browser goes now.
    pub address: String,
}

impl View for Leave {}
