//! Invitations: links to become the first administrator, and to choose a password.

use crate::about;
use crate::not_in::{NotIn, Stop};
use crate::password::{Passwords, admit};
use crate::secret::{Kind, Secret};
use switchback_core::ports::people::People;
use switchback_core::ports::people::invitations::{Invitation, Purpose, Taken};
use switchback_core::ports::people::persons::{Person, PersonState};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Time, UserName};

/// In milliseconds, how long a link works that is passed from one person to another: a day.
pub const LASTING: i64 = 24 * 60 * 60 * 1000;

/// Invites whoever gets the link to be the first administrator. It stands in place of an earlier one. `None` when there
/// is an administrator.
///
/// # Errors
/// `no-randomness`, and what the database suffers.
pub fn first_administrator(people: &dyn People, now: Time) -> Result<Option<Secret>, Fault> {
    if people.has_administrator()? {
        return Ok(None);
    }
    invite(people, Purpose::FirstAdministrator, now)
}

/// Lets somebody choose a password, the first or another one. It stands in place of an earlier link of theirs. `None`
/// when there is nobody of that name who may come in.
///
/// # Errors
/// `no-randomness`, and what the database suffers.
pub fn choose_password(people: &dyn People, person: &UserName, now: Time) -> Result<Option<Secret>, Fault> {
    invite(people, Purpose::Password(person.clone()), now)
}

fn invite(people: &dyn People, purpose: Purpose, now: Time) -> Result<Option<Secret>, Fault> {
    let secret = Secret::new(Kind::Invitation)?;
    let (hash, expires) = (secret.fingerprint(), Time(now.0.saturating_add(LASTING)));
    let made = people.invite(&Invitation { hash, purpose, created: now, expires, used: None })?;
    Ok(made.then_some(secret))
}

/// What a link is for, without taking it: for the page that it leads to.
///
/// # Errors
/// `invitation-over`.
pub fn look(people: &dyn People, secret: &str, now: Time) -> Result<Invitation, Stop> {
    let Some(secret) = Secret::parse(Kind::Invitation, secret) else { return Err(over().into()) };
    let found = people.invitation(&secret.fingerprint())?;
    found.filter(|invitation| invitation.is_open(now)).ok_or_else(|| over().into())
}

/// Somebody who comes in for the first time.
#[derive(Clone, Copy)]
pub struct Newcomer<'a> {
    /// The name they chose; it stands in the history for ever.
    pub name: &'a str,
    /// What others read; their name where it is empty.
    pub display_name: &'a str,
    /// Where mail goes.
    pub email: Option<&'a str>,
    /// The password they chose.
    pub password: &'a str,
}

/// Takes a link to be the first administrator. They are not signed in by that: that is the next step.
///
/// # Errors
/// `invitation-over`, `invalid-name`, `invalid-email`, `name-taken`, `password-weak`.
pub fn take_as_first(
    people: &dyn People,
    passwords: &Passwords,
    secret: &str,
    newcomer: Newcomer<'_>,
    now: Time,
) -> Result<Person, Stop> {
    let invitation = look(people, secret, now)?;
    let name = about::name(newcomer.name)?;
    let about = about::of(&name, newcomer.display_name, newcomer.email)?;
    let person = Person {
        about,
        state: PersonState::Active,
        password: Some(passwords.choose(newcomer.password, name.as_str())?),
        created: now,
        name,
    };
    match people.take_as_first(&invitation.hash, &person, now)? {
        Taken::Done => Ok(person),
        Taken::Over => Err(over().into()),
        Taken::NameTaken => Err(about::taken(&person.name).into()),
    }
}

/// Takes a link to choose a password: it is the person's from now on, and all their sessions end. Whose it is.
///
/// # Errors
/// `invitation-over`, `password-weak`.
pub fn take_for_password(
    people: &dyn People,
    passwords: &Passwords,
    secret: &str,
    password: &str,
    now: Time,
) -> Result<UserName, Stop> {
    let invitation = look(people, secret, now)?;
    let Purpose::Password(person) = &invitation.purpose else { return Err(over().into()) };
    admit(password, person.as_str())?;
    let hash = passwords.choose(password, person.as_str())?;
    people.take_for_password(&invitation.hash, &hash, now)?.ok_or_else(|| over().into())
}

fn over() -> NotIn {
    NotIn::new(
        "invitation-over",
        "the link was used, has expired, or never was",
        "Ask whoever gave it to you for another one.",
    )
}
