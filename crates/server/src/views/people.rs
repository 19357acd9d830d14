//! People and what they come in with, said aloud. Hashes and fingerprints never are.

use crate::caller::{By, Caller};
use std::collections::{BTreeMap, BTreeSet};
use switchback_api::Secret;
use switchback_api::verbs::group::{Group, Member as SaidMember};
use switchback_api::verbs::session::{By as SaidBy, Present};
use switchback_api::verbs::token::{State as TokenState, Token};
use switchback_api::verbs::user::{Account, Identity, State, User};
use switchback_core::ports::people::groups::{ADMINISTRATORS, Member, Origin};
use switchback_core::ports::people::persons::{Person, PersonState};
use switchback_core::ports::people::tokens::ApiToken;
use switchback_core::words::names::Time;
use switchback_engine::clock::format_time;

/// A moment of the server's own, which has no time zone but the one that all share.
pub fn moment(at: Time) -> String {
    format_time(at, "UTC")
}

/// Who it is that asks.
pub fn present(caller: &Caller) -> Present {
    let (by, token, form, expires) = match &caller.by {
        By::Session(session) => {
            (SaidBy::Session, None, Some(Secret::new(session.csrf.as_str())), Some(session.expires))
        }
        By::Token(token) => (SaidBy::Token, Some(token.name.clone()), None, Some(token.expires)),
        By::Console => (SaidBy::Console, None, None, None),
    };
    Present {
        person: caller.person.name.to_string(),
        display_name: caller.person.about.display_name.clone(),
        email: caller.person.about.email.clone(),
        groups: caller.groups.iter().cloned().collect(),
        administrator: caller.is_administrator(),
        by,
        token,
        form,
        expires: expires.map(moment),
    }
}

/// Somebody, as far as whoever asks may read of them.
pub fn user(caller: &Caller, person: &Person, groups: &BTreeSet<String>) -> User {
    let whole = caller.is_administrator() || caller.is(person.name.as_str());
    let account = || Account {
        email: person.about.email.clone(),
        state: match person.state {
            PersonState::Active => State::Active,
            PersonState::Disabled => State::Disabled,
        },
        has_password: person.password.is_some(),
        administrator: groups.contains(ADMINISTRATORS),
        groups: groups.iter().cloned().collect(),
        created: moment(person.created),
        identity: person
            .about
            .identity
            .as_ref()
            .map(|identity| Identity { issuer: identity.issuer.clone(), subject: identity.subject.clone() }),
    };
    User {
        name: person.name.to_string(),
        display_name: person.about.display_name.clone(),
        account: whole.then(account),
    }
}

/// A group.
pub fn group(name: &str, members: &[Member]) -> Group {
    let mut said: BTreeMap<&str, SaidMember> = BTreeMap::new();
    for member in members {
        let user = member.person.as_str();
        let nobody_said = || SaidMember { user: user.to_owned(), said_here: false, claimed: false };
        let one = said.entry(user).or_insert_with(nobody_said);
        match member.origin {
            Origin::Here => one.said_here = true,
            Origin::Claimed => one.claimed = true,
        }
    }
    Group { name: name.to_owned(), members: said.into_values().collect() }
}

/// An API token, as it is now.
pub fn token(token: &ApiToken, now: Time) -> Token {
    let reach = &token.reach;
    Token {
        id: token.id.clone(),
        name: token.name.clone(),
        user: token.person.to_string(),
        privileges: reach.privileges.clone(),
        pipelines: reach.pipelines.clone(),
        stages: reach.stages.iter().map(ToString::to_string).collect(),
        plan_only: reach.plan_only,
        state: match token.revoked {
            Some(_) => TokenState::Revoked,
            None if now >= token.expires => TokenState::Expired,
            None => TokenState::Active,
        },
        created: moment(token.created),
        expires: moment(token.expires),
        used: token.used.map(moment),
    }
}
