//! Who may come in (`SPEC W3`): people and their groups, sessions, API tokens, invitations, how often somebody tried to
//! sign in, what they want to be told of, and what was answered to writes that may come twice.
//!
//! Plain data and one trait a topic. Nothing here judges: passwords, limits and ends of sessions are the rules' that ask,
//! and what is unknown or already over is an answer, not a fault. Secrets are never kept, only their fingerprints. Every
//! method is whole or not at all, whoever else asks at the same moment.

pub mod administrators;
pub mod attempts;
pub mod changes;
pub mod fingerprint;
pub mod groups;
pub mod idempotency;
pub mod invitations;
pub mod persons;
pub mod sessions;
pub mod subscriptions;
pub mod tokens;

use administrators::Administrators;
use attempts::Attempts;
use changes::Changes;
use groups::Groups;
use idempotency::Idempotency;
use invitations::Invitations;
use persons::Persons;
use sessions::Sessions;
use subscriptions::Subscriptions;
use tokens::ApiTokens;

/// Everything that is kept of people.
pub trait People:
    Persons
    + Groups
    + Administrators
    + Sessions
    + ApiTokens
    + Invitations
    + Attempts
    + Idempotency
    + Subscriptions
    + Changes
    + Send
    + Sync
{
}

impl<T> People for T where
    T: Persons
        + Groups
        + Administrators
        + Sessions
        + ApiTokens
        + Invitations
        + Attempts
        + Idempotency
        + Subscriptions
        + Changes
        + Send
        + Sync
        + ?Sized
{
}
