//! API tokens: making one, who comes with one, and how far it reaches (`SPEC W3`).

use crate::not_in::{NotIn, Stop, disabled};
use crate::secret::{Kind, Secret};
use std::fmt;
use switchback_core::ports::people::People;
use switchback_core::ports::people::persons::{Person, PersonState};
use switchback_core::ports::people::tokens::{ApiToken, Reach};
use switchback_core::records::grant::Privilege;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{StageName, Time, UserName};

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

/// Makes a token. `None` when there is nobody to act for.
///
/// # Errors
/// `no-randomness`, and what the database suffers.
pub fn make(people: &dyn People, wish: Wish, now: Time) -> Result<Option<Made>, Fault> {
    let secret = Secret::new(Kind::ApiToken)?;
    let hash = secret.fingerprint();
    let Wish { person, name, privileges, pipelines, stages, plan_only, expires } = wish;
    let privileges = privileges.into_iter().map(|privilege| privilege.as_str().to_owned()).collect();
    let token = ApiToken {
        id: hash.to_string()[..ID].to_owned(),
        hash,
        person,
        name,
        reach: Reach { privileges, pipelines, stages, plan_only },
        created: now,
        expires,
        used: None,
        revoked: None,
    };
    Ok(people.add_token(&token)?.then_some(Made { secret, token }))
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
    if token.used.is_none_or(|used| now.0.saturating_sub(used.0) > EXACTLY) {
        people.touch_token(&token.id, now)?;
    }
    Ok(Bearer { person, token })
}

/// Takes a token back. `false` when there is none of that id.
///
/// # Errors
/// What the database suffers.
pub fn revoke(people: &dyn People, id: &str, now: Time) -> Result<bool, Fault> {
    people.revoke_token(id, now)
}

/// What a program is about to do.
#[derive(Clone, Copy, Debug)]
pub struct Deed<'a> {
    /// On which pipeline.
    pub pipeline: &'a str,
    /// On which stage, or an area of which; `None` for what concerns the whole pipeline.
    pub stage: Option<&'a StageName>,
    /// What.
    pub act: Act,
}

/// What a deed comes to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Act {
    /// To look.
    Read,
    /// To ask what would happen, with a privilege.
    Plan(Privilege),
    /// To do it, with a privilege.
    Do(Privilege),
}

/// What of a token a deed is beyond. Displays as what follows "the token": `is for other pipelines`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Beyond {
    /// It is for other pipelines.
    Pipeline,
    /// It is for other stages, and this would change one of them or the whole pipeline.
    Stage,
    /// It is without this privilege.
    Privilege(Privilege),
    /// It may only ask what would happen.
    PlanOnly,
}

impl fmt::Display for Beyond {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pipeline => f.write_str("is for other pipelines"),
            Self::Stage => f.write_str("is for other stages"),
            Self::Privilege(privilege) => write!(f, "is without the privilege `{}`", privilege.as_str()),
            Self::PlanOnly => f.write_str("may only ask what would happen"),
        }
    }
}

/// Whether a deed is within a token's reach. It only narrows: the person must be permitted besides.
///
/// # Errors
/// What the deed is beyond.
pub fn reaches(reach: &Reach, deed: Deed<'_>) -> Result<(), Beyond> {
    if !reach.pipelines.is_empty() && !reach.pipelines.iter().any(|pipeline| pipeline == deed.pipeline) {
        return Err(Beyond::Pipeline);
    }
    let privilege = match deed.act {
        Act::Read => return Ok(()),
        Act::Do(_) if reach.plan_only => return Err(Beyond::PlanOnly),
        Act::Plan(privilege) | Act::Do(privilege) => privilege,
    };
    if !reach.stages.is_empty() && !deed.stage.is_some_and(|stage| reach.stages.contains(stage)) {
        return Err(Beyond::Stage);
    }
    match holds(reach, privilege) {
        true => Ok(()),
        false => Err(Beyond::Privilege(privilege)),
    }
}

/// A privilege includes others here as it does in a grant (`SPEC S1`). A word that is none includes nothing.
fn holds(reach: &Reach, asked: Privilege) -> bool {
    let includes =
        |held: Privilege| held == asked || held == Privilege::Administer || asked.included_in() == Some(held);
    reach.privileges.is_empty() || reach.privileges.iter().filter_map(|word| Privilege::parse(word)).any(includes)
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
