//! What was answered to a write that may come twice (`SPEC W2`, `Idempotency-Key`).

use crate::ports::people::fingerprint::Fingerprint;
use crate::words::fault::Fault;
use crate::words::names::{Time, UserName};

/// For how many milliseconds a key means the same request: a day.
pub const KEPT_FOR: i64 = 24 * 60 * 60 * 1000;

/// Somebody's request under a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claim {
    /// Who asks. Others may use the same key for something else.
    pub person: UserName,
    /// The key, as they chose it.
    pub key: String,
    /// Of everything that makes the request what it is.
    pub request: Fingerprint,
    /// When.
    pub at: Time,
}

/// What was answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What stood around the body, in the words of whoever answers.
    pub headers: Vec<u8>,
    /// The body.
    pub body: Vec<u8>,
}

/// What a claim met.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Claimed {
    /// Nothing: the request is to be carried out now, and by nobody else.
    New,
    /// It was carried out before, and answered so.
    Same(Answer),
    /// It is being carried out; or whoever did so ended without a word, and nobody can tell what came of it.
    Running {
        /// Since then.
        since: Time,
    },
    /// The key was used for another request.
    Other,
}

/// Keys of requests. What is older than [`KEPT_FOR`] when somebody claims is as if it had never been.
pub trait Idempotency {
    /// Takes a key for a request, if nobody has.
    fn claim(&self, claim: &Claim) -> Result<Claimed, Fault>;
    /// Keeps the answer to a claim that was [new](Claimed::New). `false` when it is not that claim's any more.
    fn answered(&self, claim: &Claim, answer: &Answer) -> Result<bool, Fault>;
    /// Gives the key of a claim back that was [new](Claimed::New), because nothing was done and trying again may help.
    /// `false` when it is not that claim's any more.
    fn release(&self, claim: &Claim) -> Result<bool, Fault>;
    /// Forgets claims from before a moment, answered or not; how many.
    fn forget_claims(&self, before: Time) -> Result<usize, Fault>;
}
