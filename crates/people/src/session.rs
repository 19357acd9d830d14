//! Sessions: beginning one, and who it is that comes with one.

use crate::not_in::{NotIn, Stop, disabled};
use crate::secret::{Kind, Secret, same};
use crate::seen::noted;
use switchback_core::ports::people::People;
use switchback_core::ports::people::persons::{Person, PersonState};
use switchback_core::ports::people::sessions::{Proof, Session};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

/// In milliseconds, how exactly it is noted when somebody was seen: not every click is a write.
const EXACTLY: i64 = 60_000;
/// The most characters that are kept of what a browser says it is.
const AGENT: usize = 200;

/// How long sessions last, in milliseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lasting {
    /// Without a sign of life.
    pub idle: i64,
    /// In all.
    pub whole: i64,
}

/// A working day and a night without a click; a week in all.
impl Default for Lasting {
    fn default() -> Self {
        const HOUR: i64 = 60 * 60 * 1000;
        Self { idle: 16 * HOUR, whole: 7 * 24 * HOUR }
    }
}

/// Whose session begins, when, and in which browser.
#[derive(Clone, Copy, Debug)]
pub struct Beginning<'a> {
    /// Who showed who they are.
    pub person: &'a Person,
    /// By what.
    pub proof: Proof<'a>,
    /// Now.
    pub at: Time,
    /// What the browser says it is.
    pub agent: &'a str,
}

/// Somebody who is in from now on.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// What their browser is to hold. It is not kept here.
    pub secret: Secret,
    /// Their session.
    pub session: Session,
    /// Who they are.
    pub person: Person,
}

/// Begins a session of somebody who showed who they are: by a password ([`sign_in`](crate::sign_in::sign_in)), or by a
/// provider's word.
///
/// # Errors
/// `person-disabled`: they may not come in, or what they showed does not hold any more.
pub fn begin(people: &dyn People, beginning: Beginning<'_>, lasting: Lasting) -> Result<SignedIn, Stop> {
    let Beginning { person, proof, at, agent } = beginning;
    let secret = Secret::new(Kind::Session)?;
    let session = Session {
        hash: secret.fingerprint(),
        person: person.name.clone(),
        created: at,
        seen: at,
        expires: Time(at.0.saturating_add(lasting.whole)),
        idle_limit: lasting.idle,
        agent: agent.chars().take(AGENT).collect(),
        csrf: Secret::new(Kind::Form)?.reveal().to_owned(),
    };
    match people.begin_session(&session, proof)? {
        true => Ok(SignedIn { secret, session, person: person.clone() }),
        false => Err(disabled().into()),
    }
}

/// Somebody who came with a session.
#[derive(Clone, Debug)]
pub struct Present {
    /// Who they are.
    pub person: Person,
    /// By which session.
    pub session: Session,
}

/// Who it is that comes with the secret of a session.
///
/// # Errors
/// `session-over` where it ended or never was, `person-disabled`.
pub fn who(people: &dyn People, secret: &str, now: Time) -> Result<Present, Stop> {
    let Some(secret) = Secret::parse(Kind::Session, secret) else { return Err(over().into()) };
    let Some(session) = people.session(&secret.fingerprint())? else { return Err(over().into()) };
    if session.is_over(now) {
        people.end_session(&session.hash)?;
        return Err(over().into());
    }
    let Some(person) = people.person(session.person.as_str())? else { return Err(over().into()) };
    if person.state == PersonState::Disabled {
        return Err(disabled().into());
    }
    note_seen(people, &session, now)?;
    Ok(Present { person, session })
}

/// Whether what a form brings is what the forms of this session bring.
pub fn is_its_form(session: &Session, brought: &str) -> bool {
    same(&session.csrf, brought)
}

/// Whether somebody whom [`who`] let in by a session comes in by it now, as long as nothing is changed about anybody: it is
/// not over, and need not be noted as seen.
pub fn holds(session: &Session, now: Time) -> bool {
    !session.is_over(now) && !is_to_be_noted(session, now)
}

fn note_seen(people: &dyn People, session: &Session, now: Time) -> Result<(), Fault> {
    match is_to_be_noted(session, now) {
        true => noted(people.touch_session(&session.hash, now)),
        false => Ok(()),
    }
}

fn is_to_be_noted(session: &Session, now: Time) -> bool {
    // Where little idling is allowed, it must be told more exactly.
    let exactly = EXACTLY.min(session.idle_limit / 4);
    now.0.saturating_sub(session.seen.0) > exactly
}

fn over() -> NotIn {
    NotIn::new("session-over", "nobody is signed in here, or not any more", "Sign in again.")
}
