//! Coming in by the word of a provider of identities (`SPEC W3`).
//!
//! Who somebody is there, is the provider and what it calls them for ever. An address or a name that is the same as
//! somebody's here proves nothing: whoever may choose theirs at the provider would be whom they like here.

use crate::about;
use crate::fingerprint;
use crate::not_in::{NotIn, Stop, disabled};
use crate::sign_in::{begin_attempt, place_of};
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use switchback_core::ports::people::People;
use switchback_core::ports::people::attempts::{Attempt, Limit, Limits};
use switchback_core::ports::people::groups::ADMINISTRATORS;
use switchback_core::ports::people::persons::{About, OutsideIdentity, Person, PersonState, Written};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Time, UserName};

const MINUTE: i64 = 60_000;

/// How often somebody may leave for a provider and not come in: thirty times in a quarter of an hour for one provider
/// from an address, and a hundred in an hour from the address. There is nothing to guess, but everybody is kept in mind.
const LIMITS: Limits =
    Limits { pair: Limit { most: 30, within: 15 * MINUTE }, address: Limit { most: 100, within: 60 * MINUTE } };

/// What a provider says of somebody.
#[derive(Clone, Copy, Debug)]
pub struct Outsider<'a> {
    /// Who they are there.
    pub identity: &'a OutsideIdentity,
    /// What they are called there.
    pub name: Option<&'a str>,
    /// Their name for others to read.
    pub display_name: Option<&'a str>,
    /// Where mail goes.
    pub email: Option<&'a str>,
    /// The groups they are in there.
    pub groups: &'a BTreeSet<String>,
}

/// On which terms a provider's word lets somebody in.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Terms {
    /// Groups there of which somebody must be in one; everybody comes in when there are none.
    pub only: BTreeSet<String>,
    /// What becomes of who is nobody here.
    pub newcomers: Newcomers,
    /// What groups there are called here; those that are not named count for nothing. Where nothing is said, all are
    /// called the same, but for that of the administrators: whoever may make a group there is not to run this server.
    pub groups: Option<BTreeMap<String, String>>,
}

/// What becomes of who is nobody here yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Newcomers {
    /// They are made a person.
    Made,
    /// An administrator says first who they are.
    #[default]
    Refused,
}

/// Counts that somebody leaves for a provider.
///
/// # Errors
/// `sign-in-limited`.
pub fn leave(people: &dyn People, provider: &str, from: IpAddr, at: Time) -> Result<(), Stop> {
    begin_attempt(people, &attempt(provider, from, at), &LIMITS)
}

/// Somebody came in: that they left does not count.
///
/// # Errors
/// Those of what is kept.
pub fn forgive(people: &dyn People, provider: &str, from: IpAddr) -> Result<(), Fault> {
    let Attempt { who, address, .. } = attempt(provider, from, Time(0));
    people.forgive_attempts(&who, &address)
}

fn attempt(provider: &str, from: IpAddr, at: Time) -> Attempt {
    Attempt { who: fingerprint::of(&[b"provider", provider.as_bytes()]), address: place_of(from), at }
}

/// The person that somebody is here, with the groups that the provider says they are in from now on.
///
/// # Errors
/// `identity-not-admitted`, `identity-unknown`, `identity-unnamed`, `person-disabled`.
pub fn come_in(people: &dyn People, outsider: Outsider<'_>, terms: &Terms, now: Time) -> Result<Person, Stop> {
    let known = people.person_of(outsider.identity)?;
    if let Err(stop) = admit(&outsider, terms) {
        if let Some(person) = known {
            // It was said only now; what it gave them before ends.
            people.replace_claimed(&person.name, &BTreeSet::new())?;
            people.end_sessions_of(&person.name, None)?;
        }
        return Err(stop);
    }
    let person = match (known, terms.newcomers) {
        (Some(person), _) => person,
        (None, Newcomers::Refused) => return Err(unknown(outsider.identity).into()),
        (None, Newcomers::Made) => make(people, &outsider, now)?,
    };
    if person.state == PersonState::Disabled {
        return Err(disabled().into());
    }
    people.replace_claimed(&person.name, &called_here(outsider.groups, terms))?;
    Ok(person)
}

/// Whether a provider's word lets somebody in at all.
pub(crate) fn admit(outsider: &Outsider<'_>, terms: &Terms) -> Result<(), Stop> {
    if terms.only.is_empty() || terms.only.intersection(outsider.groups).next().is_some() {
        return Ok(());
    }
    Err(NotIn::new(
        "identity-not-admitted",
        "the provider knows you, but you are in none of the groups there that may come in here",
        "Ask whoever keeps the groups at the provider, then sign in again.",
    )
    .into())
}

/// The groups that somebody is in here, as their provider says.
pub(crate) fn called_here(groups: &BTreeSet<String>, terms: &Terms) -> BTreeSet<String> {
    let here = |group: &String| match &terms.groups {
        Some(names) => names.get(group).cloned(),
        None => Some(group.clone()).filter(|name| name != ADMINISTRATORS && about::group(name).is_ok()),
    };
    groups.iter().filter_map(here).collect()
}

/// Makes somebody a person. What the provider says of them besides their name is left out where it cannot be here.
fn make(people: &dyn People, outsider: &Outsider<'_>, now: Time) -> Result<Person, Stop> {
    let name = named(outsider)?;
    let email = outsider.email.filter(|email| about::email(email).is_ok());
    let about =
        about::of(&name, outsider.display_name.unwrap_or_default(), email).or_else(|_| about::of(&name, "", email))?;
    let about = About { identity: Some(outsider.identity.clone()), ..about };
    let person = Person { name, about, state: PersonState::Active, password: None, created: now };
    match people.add_person(&person)? {
        Written::Done => Ok(person),
        Written::NameTaken => Err(somebody_elses(&person.name, outsider.identity).into()),
        // They came twice at once.
        Written::IdentityTaken | Written::Unknown => {
            people.person_of(outsider.identity)?.ok_or_else(|| unknown(outsider.identity).into())
        }
    }
}

fn named(outsider: &Outsider<'_>) -> Result<UserName, Stop> {
    let unnamed = |message: String| {
        let step = "Ask an administrator of this server to add you, and to say who you are at the provider.";
        NotIn::new("identity-unnamed", message, step).about("subject", outsider.identity.subject.as_str())
    };
    let Some(name) = outsider.name else {
        return Err(unnamed("the provider does not say what you are called".to_owned()).into());
    };
    about::name(name).map_err(|stop| match stop {
        Stop::NotIn(no) => unnamed(format!("the provider calls you what nobody can be called here: {no}")).into(),
        Stop::Fault(fault) => Stop::Fault(fault),
    })
}

fn somebody_elses(name: &UserName, identity: &OutsideIdentity) -> NotIn {
    let message = format!("there is somebody named `{name}` here, and nothing proves that it is you");
    let step = "Sign in with your password and link the provider, or ask an administrator to do it.";
    NotIn::new("identity-unnamed", message, step).about("subject", identity.subject.as_str())
}

fn unknown(identity: &OutsideIdentity) -> NotIn {
    let message = "the provider knows you, but nobody here is known to be you";
    let step = "Ask an administrator of this server to link you: they need the subject that is told here.";
    NotIn::new("identity-unknown", message, step).about("subject", identity.subject.as_str())
}
