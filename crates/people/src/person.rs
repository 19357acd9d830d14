//! People, as those who run the server add, change, send away and let in again (`SPEC W3`).

use crate::about;
use crate::invitation::choose_password;
use crate::not_in::{NotIn, Stop};
use crate::secret::Secret;
use crate::sign_in::{Whom, may_by_password};
use switchback_core::ports::people::People;
use switchback_core::ports::people::administrators::SteppedBack;
use switchback_core::ports::people::groups::ADMINISTRATORS;
use switchback_core::ports::people::persons::{About, Person, PersonState, Written};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Time, UserName};
use switchback_core::words::refusal::closest;
use switchback_core::words::remedy::Remedy;

/// Somebody who shall be able to come in.
#[derive(Clone, Copy, Debug)]
pub struct Addition<'a> {
    /// Their name; it stands in the history for ever.
    pub name: &'a str,
    /// What others read; their name where it is empty.
    pub display_name: &'a str,
    /// Where mail goes.
    pub email: Option<&'a str>,
    /// What they are to be here.
    pub role: Role,
}

/// What somebody is on a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Somebody who uses it.
    Member,
    /// Somebody who runs it.
    Administrator,
}

/// Adds somebody, with the secret by which they choose their password; with none where a password would not let them in.
///
/// # Errors
/// `invalid-name`, `invalid-email`, `name-taken`.
pub fn add(
    people: &dyn People,
    addition: Addition<'_>,
    whom: Whom,
    now: Time,
) -> Result<(Person, Option<Secret>), Stop> {
    let name = about::name(addition.name)?;
    let about = about::of(&name, addition.display_name, addition.email)?;
    let person = Person { name, about, state: PersonState::Active, password: None, created: now };
    match people.add_person(&person)? {
        Written::Done => {}
        // Nobody is anyone at a provider yet.
        Written::NameTaken | Written::IdentityTaken | Written::Unknown => return Err(about::taken(&person.name).into()),
    }
    if addition.role == Role::Administrator {
        people.add_member(ADMINISTRATORS, &person.name)?;
    }
    let secret = match (whom, addition.role) {
        (Whom::Everybody, _) | (_, Role::Administrator) => Some(reset(people, &person.name, whom, now)?),
        (Whom::Administrators, Role::Member) => None,
    };
    Ok((person, secret))
}

/// The person of a name.
///
/// # Errors
/// `unknown-user`.
pub fn find(people: &dyn People, name: &str) -> Result<Person, Stop> {
    match people.person(name)? {
        Some(person) => Ok(person),
        None => Err(unknown(people, name)?.into()),
    }
}

/// Changes what others read of somebody and where mail goes, each where it is said; an empty address is none.
///
/// # Errors
/// `unknown-user`, `invalid-name`, `invalid-email`.
pub fn describe(
    people: &dyn People,
    name: &str,
    display_name: Option<&str>,
    email: Option<&str>,
) -> Result<Person, Stop> {
    let person = find(people, name)?;
    let display_name = display_name.map_or(person.about.display_name.as_str(), str::trim);
    let email = match email.map(str::trim) {
        Some("") => None,
        Some(said) => Some(said),
        None => person.about.email.as_deref(),
    };
    let about = About { identity: person.about.identity.clone(), ..about::of(&person.name, display_name, email)? };
    match people.describe_person(&person.name, &about)? {
        Written::Done => Ok(Person { about, ..person }),
        Written::NameTaken | Written::IdentityTaken | Written::Unknown => Err(unknown(people, name)?.into()),
    }
}

/// Does not let somebody in any more. Nobody does that to themselves, whom `by` names where it is a person.
///
/// # Errors
/// `unknown-user`, `own-account`, `last-administrator`.
pub fn disable(people: &dyn People, name: &str, by: Option<&UserName>) -> Result<Person, Stop> {
    let person = find(people, name)?;
    if by == Some(&person.name) {
        let message = format!("{} would shut themselves out", person.name);
        let step = "Ask another administrator of this server to do it.";
        return Err(NotIn::new("own-account", message, step).about("user", person.name.as_str()).into());
    }
    match people.disable_unless_last(&person.name)? {
        SteppedBack::Done => Ok(Person { state: PersonState::Disabled, ..person }),
        SteppedBack::Last => Err(last(&person.name).into()),
        SteppedBack::Unknown => Err(unknown(people, name)?.into()),
    }
}

/// Lets somebody in again.
///
/// # Errors
/// `unknown-user`.
pub fn enable(people: &dyn People, name: &str) -> Result<Person, Stop> {
    let person = find(people, name)?;
    match people.set_state(&person.name, PersonState::Active)? {
        true => Ok(Person { state: PersonState::Active, ..person }),
        false => Err(unknown(people, name)?.into()),
    }
}

/// Lets somebody choose another password, with a secret in place of an earlier one. Until then the password they have
/// holds: whoever forgot it loses nothing, and whoever asked in their name wins nothing.
///
/// # Errors
/// `passwords-off` where it would not let them in; `user-disabled`.
pub fn reset(people: &dyn People, name: &UserName, whom: Whom, now: Time) -> Result<Secret, Stop> {
    may_by_password(people, whom, name)?;
    choose_password(people, name, now)?.ok_or_else(|| disabled(name).into())
}

/// The answer to those who run the server, about somebody who may not come in.
pub(crate) fn disabled(name: &UserName) -> NotIn {
    let message = format!("{name} may not come in");
    NotIn::new("user-disabled", message, "Let them in again first.").about("user", name.as_str())
}

/// The answer where nobody would be left who runs the server.
pub(crate) fn last(name: &UserName) -> NotIn {
    let message = format!("{name} is the last administrator of this server");
    let step = format!("Put somebody else into the group `{ADMINISTRATORS}` first.");
    NotIn::new("last-administrator", message, step).about("user", name.as_str())
}

fn unknown(people: &dyn People, name: &str) -> Result<NotIn, Fault> {
    let known: Vec<String> = people.persons()?.into_iter().map(|person| person.name.to_string()).collect();
    let step = match closest(name, &known) {
        Some(name) => Remedy::DidYouMean { name },
        None => "Look at the list of people.".into(),
    };
    Ok(NotIn::new("unknown-user", format!("there is nobody named `{name}` on this server"), step).about("user", name))
}
