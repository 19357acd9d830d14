//! API tokens: what programs come in with (`SPEC W3`).

use crate::ports::people::fingerprint::Fingerprint;
use crate::words::fault::Fault;
use crate::words::names::{StageName, Time, UserName};

/// What a program comes in with, in somebody's name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ApiToken {
    /// What people and addresses name it by; no secret.
    pub id: String,
    /// Of its secret.
    pub hash: Fingerprint,
    /// For whom it acts.
    pub person: UserName,
    /// What it is for, as its maker said.
    pub name: String,
    /// What of the person's privileges it has.
    pub reach: Reach,
    /// When it was made.
    pub created: Time,
    /// From when on it is of no use.
    pub expires: Time,
    /// When it was used last, give or take a minute.
    pub used: Option<Time>,
    /// When somebody took it back.
    pub revoked: Option<Time>,
}

/// How far a token reaches. It only narrows: what its person may not do, no token lets them.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reach {
    /// The words of the privileges it may use; all that the person has when there are none.
    pub privileges: Vec<String>,
    /// The pipelines it may see and change; all when there are none.
    pub pipelines: Vec<String>,
    /// The stages it may change, with their areas; all when there are none.
    pub stages: Vec<StageName>,
    /// Whether it may only ask what would happen.
    pub plan_only: bool,
}

/// API tokens.
pub trait ApiTokens {
    /// Adds one. `false` when there is nobody to act for.
    fn add_token(&self, token: &ApiToken) -> Result<bool, Fault>;
    /// Everybody's, the newest first; also those that are over.
    fn tokens(&self) -> Result<Vec<ApiToken>, Fault>;
    /// Somebody's, the newest first; also those that are over.
    fn tokens_of(&self, person: &UserName) -> Result<Vec<ApiToken>, Fault>;
    /// The one whose secret has this fingerprint, also when it is over.
    fn token(&self, hash: &Fingerprint) -> Result<Option<ApiToken>, Fault>;
    /// Takes one back; the first who does is remembered. `false` when there is none of that id.
    fn revoke_token(&self, id: &str, at: Time) -> Result<bool, Fault>;
    /// Notes that one was used; a moment before the last one changes nothing.
    fn touch_token(&self, id: &str, at: Time) -> Result<(), Fault>;
}
