//! Somebody comes back from a provider.

use super::kept::{Handover, Leaving, ON_THE_WAY, Waiting, Wish};
use super::{address_of, said};
use crate::failure::{Said as _, no};
use crate::not_in::let_in;
use crate::reception::Reception;
use std::net::IpAddr;
use std::sync::PoisonError;
use switchback_api::Failure;
use switchback_core::ports::people::persons::{OutsideIdentity, PersonState};
use switchback_core::ports::people::sessions::Proof;
use switchback_core::words::names::{Time, UserName};
use switchback_oidc::arrival::{Arrival, Person};
use switchback_oidc::unproved::{Unproved, word};
use switchback_people::outside::{self, Outsider};
use switchback_people::outside_link::link_own;
use switchback_people::secret::{Kind, Secret};
use switchback_people::session::{self, Beginning, Lasting, SignedIn};
use switchback_people::sign_out::sign_out;
use tracing::info;

/// What a browser comes back with.
pub struct Came {
    /// The provider in the address.
    pub provider: String,
    /// Which sign-in it is.
    pub state: Option<String>,
    /// What the provider gave them to bring.
    pub code: Option<String>,
    /// Why the provider gave them nothing.
    pub error: Option<String>,
    /// Which provider says that it sent them (RFC 9207).
    pub issuer: Option<String>,
    /// What the browser holds.
    pub holds: Option<String>,
    /// Its session.
    pub session: Option<String>,
    /// What it says it is.
    pub agent: String,
    /// From where it comes.
    pub from: IpAddr,
}

/// What came of it.
pub enum Arrived {
    /// They are in, and the browser goes on.
    In {
        /// The secret of their session.
        secret: Secret,
        /// Where it goes.
        back: String,
    },
    /// They are linked, and the browser goes on.
    Linked {
        /// Where it goes.
        back: String,
    },
    /// There is something for a command line.
    For {
        /// What is handed over.
        secret: Secret,
        /// Where the command line listens.
        port: Option<u16>,
    },
}

/// Why nobody is in, and who waits to hear it.
pub struct Turned {
    /// Why.
    pub why: Box<Failure>,
    /// The command line that waits.
    pub waiting: Option<Waiting>,
}

impl From<Failure> for Turned {
    fn from(why: Failure) -> Self {
        Self { why: Box::new(why), waiting: None }
    }
}

/// Who it is that comes back, and what they wanted of it.
///
/// # Errors
/// `sign-in-not-begun`; what the provider's word lacks; what the rules say to whom it is of.
pub fn arrive(reception: &Reception, came: &Came) -> Result<Arrived, Turned> {
    let now = reception.clock.now();
    let left = taken(reception, came, now)?;
    let waiting = left.wish.waiting();
    received(reception, came, (left, now)).map_err(|why| Turned { why: Box::new(why), waiting })
}

fn received(reception: &Reception, came: &Came, (left, now): (Leaving, Time)) -> Result<Arrived, Failure> {
    let Leaving { provider, nonce, verifier, wish, .. } = left;
    let name = provider.provider.name();
    let unproved = |unproved: &Unproved| said(name, unproved);
    provider.provider.sent(came.issuer.as_deref(), now.0).map_err(|error| unproved(&error))?;
    let code = match (&came.code, &came.error) {
        (Some(code), None) => code,
        (_, error) => {
            let why = error.as_deref().map_or("no known reason", word);
            return Err(unproved(&Unproved::Denied(why.to_owned())));
        }
    };
    let back = address_of(&provider);
    let arrival = Arrival { code, back: &back, nonce: &nonce, verifier: &verifier, now: now.0 };
    let told = provider.provider.receive(arrival).map_err(|error| unproved(&error))?;
    let identity = OutsideIdentity { issuer: provider.provider.issuer().to_owned(), subject: told.subject.clone() };
    let outsider = as_outsider(&told, &identity);
    let people = &*reception.people;
    // Nobody comes between looking who it is and writing it.
    let edits = reception.edits.lock().unwrap_or_else(PoisonError::into_inner);
    if let Wish::Link { person, session, back } = wish {
        let present = came.session.as_deref().map(|secret| session::who(people, secret, now)).transpose();
        let present = present.map_err(let_in)?.filter(|present| present.session.hash == session);
        if present.is_none_or(|present| present.person.name != person) {
            return Err(not_begun());
        }
        link_own(people, &person, outsider, &provider.terms).map_err(let_in)?;
        outside::forgive(people, name, came.from).said()?;
        info!(provider = name, person = person.as_str(), "somebody linked who they are at a provider");
        return Ok(Arrived::Linked { back });
    }
    let person = outside::come_in(people, outsider, &provider.terms, now).map_err(let_in)?;
    drop(edits);
    outside::forgive(people, name, came.from).said()?;
    info!(provider = name, person = person.name.as_str(), "somebody came in by a provider");
    match wish {
        Wish::Handover { challenge, port } => {
            let secret = Secret::new(Kind::Handover).said()?;
            let until = Time(now.0.saturating_add(ON_THE_WAY));
            let handover = Handover { person: person.name, challenge };
            reception.handovers.keep(secret.fingerprint(), handover, (now, until));
            Ok(Arrived::For { secret, port })
        }
        Wish::Session { back } | Wish::Link { back, .. } => {
            let SignedIn { secret, .. } = admitted(reception, &person.name, &came.agent)?;
            if let Some(earlier) = &came.session {
                sign_out(people, earlier).said()?;
            }
            Ok(Arrived::In { secret, back })
        }
    }
}

/// Begins a session of somebody whom a provider's word lets in.
///
/// # Errors
/// `person-disabled`.
pub fn admitted(reception: &Reception, name: &UserName, agent: &str) -> Result<SignedIn, Failure> {
    let people = &*reception.people;
    let person = people.person(name.as_str()).said()?.filter(|person| person.state == PersonState::Active);
    let Some(person) = person else { return Err(not_begun()) };
    let beginning = Beginning { person: &person, proof: Proof::Outside, at: reception.clock.now(), agent };
    session::begin(people, beginning, Lasting::default()).map_err(let_in)
}

/// Who left, if this is the same browser that comes back from the same provider. Whatever comes of it, nobody comes back
/// with that again.
fn taken(reception: &Reception, came: &Came, now: Time) -> Result<Leaving, Failure> {
    let state = came.state.as_deref().and_then(|text| Secret::parse(Kind::State, text)).ok_or_else(not_begun)?;
    let leaving = reception.leavings.take(&state.fingerprint(), now).ok_or_else(not_begun)?;
    let browser = came.holds.as_deref().and_then(|text| Secret::parse(Kind::Browser, text));
    let is_theirs = browser.is_some_and(|browser| browser.fingerprint() == leaving.browser);
    if is_theirs && leaving.provider.provider.name() == came.provider { Ok(leaving) } else { Err(not_begun()) }
}

fn as_outsider<'a>(told: &'a Person, identity: &'a OutsideIdentity) -> Outsider<'a> {
    Outsider {
        identity,
        name: told.name.as_deref(),
        display_name: told.display_name.as_deref(),
        email: told.email.as_deref(),
        groups: &told.groups,
    }
}

fn not_begun() -> Failure {
    let message = "this sign-in was not begun in this browser, took too long, or has ended already";
    no("sign-in-not-begun", message, "begin to sign in again")
}
