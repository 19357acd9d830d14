//! Sessions: who signed in with which browser.

use crate::ports::people::fingerprint::Fingerprint;
use crate::ports::people::persons::PasswordHash;
use crate::words::fault::Fault;
use crate::words::names::{Time, UserName};

/// Somebody who signed in.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Of the secret that the browser holds.
    pub hash: Fingerprint,
    /// Who.
    pub person: UserName,
    /// When they signed in.
    pub created: Time,
    /// When they were seen last, give or take a minute.
    pub seen: Time,
    /// When it ends, however busy they are.
    pub expires: Time,
    /// For how many milliseconds they may not be seen before it ends.
    pub idle_limit: i64,
    /// What the browser says it is, for people to know their sessions apart.
    pub agent: String,
    /// What a form of this session must bring, so that no other site's form passes for one. Of no use without the
    /// session's own secret.
    pub csrf: String,
}

/// Shows nothing that a form could be made with.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("hash", &self.hash).field("person", &self.person).finish_non_exhaustive()
    }
}

impl Session {
    /// Whether it has ended by a moment: for its age, or because nobody was seen for too long.
    pub fn is_over(&self, now: Time) -> bool {
        now >= self.expires || now.0.saturating_sub(self.seen.0) >= self.idle_limit
    }
}

/// By what somebody showed who they are. It must still hold when the session begins: looking at a password takes a while.
#[derive(Clone, Copy, Debug)]
pub enum Proof<'a> {
    /// A password with this hash.
    Password(&'a PasswordHash),
    /// A provider's word.
    Outside,
}

/// Sessions.
pub trait Sessions {
    /// Begins a session. `false` when the person may not come in by now, or their password is another.
    fn begin_session(&self, session: &Session, proof: Proof<'_>) -> Result<bool, Fault>;
    /// The session whose secret has this fingerprint, also when it is over.
    fn session(&self, hash: &Fingerprint) -> Result<Option<Session>, Fault>;
    /// Somebody's sessions, the newest first.
    fn sessions_of(&self, person: &UserName) -> Result<Vec<Session>, Fault>;
    /// Notes that somebody was seen; a moment before the last one changes nothing.
    fn touch_session(&self, hash: &Fingerprint, at: Time) -> Result<(), Fault>;
    /// Ends one. `false` when there is none.
    fn end_session(&self, hash: &Fingerprint) -> Result<bool, Fault>;
    /// Ends all sessions of somebody, except for one; how many.
    fn end_sessions_of(&self, person: &UserName, kept: Option<&Fingerprint>) -> Result<usize, Fault>;
    /// Forgets those that are [over](Session::is_over); how many.
    fn drop_ended_sessions(&self, now: Time) -> Result<usize, Fault>;
}
