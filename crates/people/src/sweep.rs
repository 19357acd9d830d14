//! Forgetting what is of no use any more.

use switchback_core::ports::people::People;
use switchback_core::ports::people::attempts::Limits;
use switchback_core::ports::people::idempotency::KEPT_FOR;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

/// How much was forgotten.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Swept {
    /// Sessions that were over.
    pub sessions: usize,
    /// Invitations that were taken or expired.
    pub invitations: usize,
    /// Attempts that no limit counts any more.
    pub attempts: usize,
    /// Keys of requests from more than a day ago.
    pub claims: usize,
}

/// Forgets what is over. Nothing depends on it but the room that it takes.
///
/// # Errors
/// What the database suffers.
pub fn sweep(people: &dyn People, limits: &Limits, now: Time) -> Result<Swept, Fault> {
    let before = |span: i64| Time(now.0.saturating_sub(span));
    Ok(Swept {
        sessions: people.drop_ended_sessions(now)?,
        invitations: people.drop_ended_invitations(now)?,
        attempts: people.forget_attempts(before(limits.pair.within.max(limits.address.within)))?,
        claims: people.forget_claims(before(KEPT_FOR))?,
    })
}

/// Forgets everything that only passes, over or not: whoever was signed in is not any more, no link lets anybody in, and no
/// answer is remembered. For a database that is older than what happened since.
///
/// # Errors
/// What the database suffers.
pub fn forget_the_passing(people: &dyn People, limits: &Limits) -> Result<Swept, Fault> {
    sweep(people, limits, Time(i64::MAX))
}
