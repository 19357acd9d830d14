//! Signing out: here, or everywhere.

use crate::secret::{Kind, Secret};
use switchback_core::ports::people::People;
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;

/// Ends the session with a secret; whether there was one. Whoever is not signed in is signed out already.
///
/// # Errors
/// What the database suffers.
pub fn sign_out(people: &dyn People, secret: &str) -> Result<bool, Fault> {
    match Secret::parse(Kind::Session, secret) {
        Some(secret) => people.end_session(&secret.fingerprint()),
        None => Ok(false),
    }
}

/// Ends all sessions of somebody, except for the one they ask from, if it shall stay; how many.
///
/// # Errors
/// What the database suffers.
pub fn sign_out_everywhere(people: &dyn People, person: &UserName, kept: Option<&Fingerprint>) -> Result<usize, Fault> {
    people.end_sessions_of(person, kept)
}
