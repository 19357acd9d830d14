//! Signing in with a name and a password.
//!
//! A name that is not there and a password that is wrong are the same answer, after the same time. How often somebody may
//! try is counted for the name and the address together: whoever guesses at the administrator's password from elsewhere
//! does not keep the administrator out. One address may try more often in all, so that it does not go on to the next name.

use crate::fingerprint;
use crate::not_in::{NotIn, Stop, disabled};
use crate::password::Passwords;
use crate::session::{Beginning, Lasting, SignedIn, begin};
use std::net::{IpAddr, Ipv6Addr};
use switchback_core::ports::people::People;
use switchback_core::ports::people::attempts::{Admission, Attempt, Limit, Limits};
use switchback_core::ports::people::groups::ADMINISTRATORS;
use switchback_core::ports::people::persons::{PasswordHash, Person, PersonState, folded};
use switchback_core::ports::people::sessions::Proof;
use switchback_core::words::names::{Time, UserName};

const MINUTE: i64 = 60_000;

/// Five attempts in a quarter of an hour for a name from an address, and fifty in an hour from the address.
pub const LIMITS: Limits =
    Limits { pair: Limit { most: 5, within: 15 * MINUTE }, address: Limit { most: 50, within: 60 * MINUTE } };

/// What it takes to let people in.
#[derive(Clone, Copy)]
pub struct Entrance<'a> {
    /// Who may come in.
    pub people: &'a dyn People,
    /// How passwords are looked at.
    pub passwords: &'a Passwords,
    /// How often somebody may try.
    pub limits: Limits,
    /// How long they stay in.
    pub lasting: Lasting,
    /// Whom a password lets in.
    pub whom: Whom,
}

/// Whom a password lets in.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Whom {
    /// Whoever has one.
    #[default]
    Everybody,
    /// Those who run the server: their way in while no provider answers. All others are let in by a provider's word.
    Administrators,
}

/// Somebody with a name and a password.
#[derive(Clone, Copy)]
pub struct Knock<'a> {
    /// The name, as it was typed.
    pub name: &'a str,
    /// The password, as it was typed.
    pub password: &'a str,
    /// From where.
    pub from: IpAddr,
    /// When.
    pub at: Time,
}

/// Lets somebody in; `agent` is what their browser says it is.
///
/// # Errors
/// `sign-in-limited` with the moment until which it holds, `sign-in-wrong`, `person-disabled`, `passwords-off`.
pub fn sign_in(entrance: &Entrance<'_>, knock: Knock<'_>, agent: &str) -> Result<SignedIn, Stop> {
    let (person, hash) = prove(entrance, knock)?;
    let beginning = Beginning { person: &person, proof: Proof::Password(&hash), at: knock.at, agent };
    begin(entrance.people, beginning, entrance.lasting)
}

/// The person that a name and a password are of, with the hash that the password has; counted as an attempt until it is
/// known.
///
/// # Errors
/// As [`sign_in`] does.
pub(crate) fn prove(entrance: &Entrance<'_>, knock: Knock<'_>) -> Result<(Person, PasswordHash), Stop> {
    let Entrance { people, passwords, limits, .. } = entrance;
    let name = folded(knock.name.trim());
    let attempt =
        Attempt { who: fingerprint::of(&[b"name", name.as_bytes()]), address: place_of(knock.from), at: knock.at };
    begin_attempt(*people, &attempt, limits)?;
    let person = people.person(&name)?;
    let hash = person.as_ref().and_then(|person| person.password.clone());
    let fits = passwords.fits(knock.password, hash.as_ref())?;
    let (true, Some(person), Some(hash)) = (fits, person, hash) else { return Err(wrong().into()) };
    if person.state == PersonState::Disabled {
        return Err(disabled().into());
    }
    may_by_password(*people, entrance.whom, &person.name)?;
    people.forgive_attempts(&attempt.who, &attempt.address)?;
    Ok((person, hash))
}

/// Asks whether a password lets somebody in. It is told only to those who have it, so nobody learns who runs the server.
///
/// # Errors
/// `passwords-off`.
pub fn may_by_password(people: &dyn People, whom: Whom, name: &UserName) -> Result<(), Stop> {
    if whom == Whom::Everybody || people.groups_of(name)?.contains(ADMINISTRATORS) {
        return Ok(());
    }
    let message = "on this server a password lets in those alone who run it";
    Err(NotIn::new("passwords-off", message, "Sign in by a provider: `/api/v1/sign-in` names those there are.").into())
}

/// Counts an attempt, if it may be made.
///
/// # Errors
/// `sign-in-limited` with the moment until which it holds.
pub(crate) fn begin_attempt(people: &dyn People, attempt: &Attempt, limits: &Limits) -> Result<(), Stop> {
    match people.begin_attempt(attempt, limits)? {
        Admission::Admitted => Ok(()),
        Admission::Limited { until } => Err(limited(until).into()),
    }
}

/// An address as it is counted. Whoever has one of IPv6 has its whole network of 2^64.
pub(crate) fn place_of(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::from([a, b, c, d, 0, 0, 0, 0]))
        }
    }
}

fn wrong() -> NotIn {
    NotIn::new(
        "sign-in-wrong",
        "the name or the password is wrong",
        "Try again, or ask an administrator of this server for a link to choose a new password.",
    )
}

fn limited(until: Time) -> NotIn {
    NotIn::new("sign-in-limited", "there were too many attempts to sign in", "Wait, then try again.").until(until)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_count_as_one() {
        for (address, place) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("::1", "::/64"),
        ] {
            assert_eq!(place_of(address.parse().unwrap()), place);
        }
    }
}
