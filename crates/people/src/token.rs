//! API tokens: making one, who comes with one, and how far it reaches (`SPEC W3`).

use crate::about;
use crate::not_in::{NotIn, Stop, disabled};
use crate::person::{self, find};
use crate::secret::{Kind, Secret};
use crate::seen::noted;
use std::ops::RangeInclusive;
use switchback_core::ports::people::People;
use switchback_core::ports::people::persons::{Person, PersonState};
use switchback_core::ports::people::tokens::{ApiToken, Reach};
use switchback_core::records::grant::Privilege;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{StageName, Time, UserName};

/// For how many days a token may be made.
pub const DAYS: RangeInclusive<u32> = 1..=366;
/// For how many it is where nothing is said.
pub const USUAL_DAYS: u32 = 90;

/// In milliseconds, how exactly it is noted when a token was used.
const EXACTLY: i64 = 60_000;
/// How many digits of a token's fingerprint are its id.
const ID: usize = 16;

/// A token that somebody wants.
#[derive(Clone, Debug)]
pub struct Wish {
    /// For whom it acts.
    pub person: UserName,
    /// What it is for.
    pub name: String,
    /// The privileges it may use; all that the person has when there are none.
    pub privileges: Vec<Privilege>,
    /// The pipelines it may see and change; all when there are none.
    pub pipelines: Vec<String>,
    /// The stages it may change; all when there are none.
    pub stages: Vec<StageName>,
    /// Whether it may only ask what would happen.
    pub plan_only: bool,
    /// From when on it is of no use.
    pub expires: Time,
}

/// A token that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What the program is to come with. It is not kept here.
    pub secret: Secret,
    /// The token.
    pub token: ApiToken,
}

/// Makes a token.
///
/// # Errors
/// `invalid-name` for what it is called, `unknown-user` and `user-disabled` for whom it would act for.
pub fn make(people: &dyn People, wish: Wish, now: Time) -> Result<Made, Stop> {
    let Wish { person, name, privileges, pipelines, stages, plan_only, expires } = wish;
    about::label("token's name", &name)?;
    let person = find(people, person.as_str())?;
    if person.state == PersonState::Disabled {
        return Err(person::disabled(&person.name).into());
    }
    let secret = Secret::new(Kind::ApiToken)?;
    let hash = secret.fingerprint();
    let privileges = privileges.into_iter().map(|privilege| privilege.as_str().to_owned()).collect();
    let token = ApiToken {
        id: hash.to_string()[..ID].to_owned(),
        hash,
        person: person.name,
        name,
        reach: Reach { privileges, pipelines, stages, plan_only },
        created: now,
        expires,
        used: None,
        revoked: None,
    };
    match people.add_token(&token)? {
        true => Ok(Made { secret, token }),
        false => Err(person::disabled(&token.person).into()),
    }
}

/// The token of an id, also when it is over.
///
/// # Errors
/// `unknown-api-token`.
pub fn of_id(people: &dyn People, id: &str) -> Result<ApiToken, Stop> {
    people.tokens()?.into_iter().find(|token| token.id == id).ok_or_else(|| no_such(id).into())
}

/// The answer to whoever names a token that is not there, or none of theirs.
pub fn no_such(id: &str) -> NotIn {
    NotIn::new("unknown-api-token", format!("there is no API token `{id}`"), "Look at the list of API tokens.")
        .about("token", id)
}

/// Somebody who came with a token, or rather a program in their name.
#[derive(Clone, Debug)]
pub struct Bearer {
    /// For whom it acts.
    pub person: Person,
    /// By which token.
    pub token: ApiToken,
}

/// Who it is that comes with the secret of a token.
///
/// # Errors
/// `token-unknown`, `token-revoked`, `token-expired`, `person-disabled`.
pub fn who(people: &dyn People, secret: &str, now: Time) -> Result<Bearer, Stop> {
    let Some(secret) = Secret::parse(Kind::ApiToken, secret) else { return Err(unknown().into()) };
    let Some(token) = people.token(&secret.fingerprint())? else { return Err(unknown().into()) };
    if token.revoked.is_some() {
        return Err(revoked(&token).into());
    }
    if now >= token.expires {
        return Err(expired(&token).into());
    }
    let Some(person) = people.person(token.person.as_str())? else { return Err(unknown().into()) };
    if person.state == PersonState::Disabled {
        return Err(disabled().into());
    }
    if is_to_be_noted(&token, now) {
        noted(people.touch_token(&token.id, now))?;
    }
    Ok(Bearer { person, token })
}

/// Whether somebody whom [`who`] let in with a token comes in by it now, as long as nothing is changed about anybody: it is
/// not over, and its use need not be noted.
pub fn holds(token: &ApiToken, now: Time) -> bool {
    now < token.expires && !is_to_be_noted(token, now)
}

fn is_to_be_noted(token: &ApiToken, now: Time) -> bool {
    token.used.is_none_or(|used| now.0.saturating_sub(used.0) > EXACTLY)
}

/// Takes a token back. `false` when there is none of that id.
///
/// # Errors
/// What the database suffers.
pub fn revoke(people: &dyn People, id: &str, now: Time) -> Result<bool, Fault> {
    people.revoke_token(id, now)
}

const ANOTHER: &str = "Make another token, and give the program its secret.";

fn unknown() -> NotIn {
    NotIn::new("token-unknown", "there is no such token", ANOTHER)
}

fn revoked(token: &ApiToken) -> NotIn {
    NotIn::new("token-revoked", format!("the token {} was taken back", token.id), ANOTHER)
}

fn expired(token: &ApiToken) -> NotIn {
    NotIn::new("token-expired", format!("the token {} has expired", token.id), ANOTHER)
}
