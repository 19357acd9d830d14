//! `token`: what programs come in with (`SPEC W3`).

use crate::secret::Secret;
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which API tokens to list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Whose; one's own if not said. Those of others are for who runs the server.
    pub user: Option<String>,
    /// Everybody's, for who runs the server.
    pub all: bool,
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

verb!(GET server "/tokens" ListRequest => Tokens: "API tokens");

/// Makes an API token. No token makes another one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateRequest {
    /// What it is for.
    pub name: String,
    /// For whom it acts; for who asks, if not said. For others makes it who runs the server.
    pub user: Option<String>,
    /// The privileges it may use; all that the person has when there are none.
    #[serde(default)]
    pub privileges: Vec<String>,
    /// The pipelines it may see and change; all when there are none.
    #[serde(default)]
    pub pipelines: Vec<String>,
    /// The stages it may change, with their areas; all when there are none.
    #[serde(default)]
    pub stages: Vec<String>,
    /// Whether it may only ask what would happen.
    #[serde(default)]
    pub plan_only: bool,
    /// For how many days, 1 to 366; 90 if not said.
    pub days: Option<u32>,
}

verb!(POST server "/tokens" CreateRequest => TokenMade: "Makes an API token");

/// Takes an API token back: one's own, or anybody's for who runs the server. A token may take itself back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RevokeRequest {
    /// Its id.
    pub token: String,
}

verb!(POST server "/tokens/{token}/revoke" RevokeRequest => Token: "Takes an API token back");

/// API tokens, the newest first; also those that are over.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Tokens {
    /// Each.
    pub tokens: Vec<Token>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

impl View for Tokens {
    fn next(&self) -> Option<&str> {
        self.next.as_deref()
    }
}

/// An API token.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ApiToken")]
pub struct Token {
    /// What it is named by; no secret.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// For whom it acts.
    pub user: String,
    /// The privileges it may use; all that the person has when there are none.
    pub privileges: Vec<String>,
    /// The pipelines it may see and change; all when there are none.
    pub pipelines: Vec<String>,
    /// The stages it may change, with their areas; all when there are none.
    pub stages: Vec<String>,
    /// Whether it may only ask what would happen.
    pub plan_only: bool,
    /// Whether it is of use.
    pub state: State,
    /// When it was made.
    pub created: String,
    /// From when on it is of no use.
    pub expires: String,
    /// When it was used last, give or take a minute.
    pub used: Option<String>,
}

impl View for Token {}

/// Whether a token is of use.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "ApiTokenState")]
pub enum State {
    /// It is.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
}

/// An API token that was made.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ApiTokenMade")]
pub struct TokenMade {
    /// The token.
    pub token: Token,
    /// What the program comes in with; it is told once: an answer that is given again (`Idempotency-Key`) has none.
    pub secret: Option<Secret>,
}

impl View for TokenMade {}
