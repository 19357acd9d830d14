//! `user`: the people of a server. Everybody who is in may read their names, for owners are named by them; the rest is for
//! those who run the server, and for each about themselves.

use crate::secret::Secret;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Everybody.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

verb!(GET server "/users" ListRequest => Users: "The people of this server");

/// One person.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    /// Who.
    pub user: String,
}

verb!(GET server "/users/{user}" ShowRequest => User: "One person");

/// Adds somebody, who chooses a password by the secret in the answer.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddRequest {
    /// The name they sign in with; it stands in the history for ever.
    pub name: String,
    /// What others read; the name if not said.
    pub display_name: Option<String>,
    /// Where mail goes.
    pub email: Option<String>,
    /// Whether they shall run this server.
    #[serde(default)]
    pub administrator: bool,
}

verb!(POST server "/users" AddRequest => Invited: "Adds a person");

/// Changes what others read of somebody and where mail goes, each where it is said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EditRequest {
    /// Who.
    pub user: String,
    /// What others read.
    pub display_name: Option<String>,
    /// Where mail goes; empty for nowhere.
    pub email: Option<String>,
}

verb!(PATCH server "/users/{user}" EditRequest => User: "Changes what is known of a person");

/// Does not let somebody in any more: their sessions end, their API tokens are of no use.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisableRequest {
    /// Who.
    pub user: String,
}

verb!(POST server "/users/{user}/disable" DisableRequest => User: "Does not let a person in any more");

/// Lets somebody in again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EnableRequest {
    /// Who.
    pub user: String,
}

verb!(POST server "/users/{user}/enable" EnableRequest => User: "Lets a person in again");

/// Lets somebody choose another password by the secret in the answer. The one they have holds until they do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetRequest {
    /// Who.
    pub user: String,
}

verb!(POST server "/users/{user}/reset" ResetRequest => Invited: "Lets a person choose another password");

/// People, by name.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Users {
    /// Each.
    pub users: Vec<User>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl View for Users {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

/// Somebody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct User {
    /// Their name, as the history has it.
    pub name: String,
    /// What others read.
    pub display_name: String,
    /// What not everybody reads; absent for whom it is not meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
}

impl View for User {}

/// What those who run the server read of somebody, and each of themselves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Account {
    /// Where mail goes.
    pub email: Option<String>,
    /// Whether they may come in.
    pub state: State,
    /// Whether they have a password; who was just added has none yet.
    pub has_password: bool,
    /// Whether they run this server.
    pub administrator: bool,
    /// The groups they are in.
    pub groups: Vec<String>,
    /// When they were added.
    pub created: String,
    /// Who they are at a provider of identities; absent where they are nobody there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Identity>,
}

/// Who somebody is at a provider of identities.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// The provider, as its address.
    pub issuer: String,
    /// What it calls them for ever.
    pub subject: String,
}

/// Whether somebody may come in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "UserState")]
pub enum State {
    /// They may.
    Active,
    /// They may not.
    Disabled,
}

/// Somebody, and what they choose a password with.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Invited {
    /// Who.
    pub user: User,
    /// The secret, which works once. It is told once: an answer that is given again (`Idempotency-Key`) has none. Nor is there one
    /// where a password would not let them in (`passwords = false`).
    pub secret: Option<Secret>,
    /// Until when; nothing where there never was a secret.
    pub expires: Option<String>,
}

impl View for Invited {}
