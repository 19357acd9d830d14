//! Who is it? Asked once for every request, before anything is looked at (`SPEC W3`).

use crate::caller::{By, Caller};
use crate::cookie::session_of;
use crate::door::failed;
use crate::failure::no;
use crate::not_in::let_in;
use crate::off_thread::try_off_thread;
use crate::reception::Reception;
use crate::request_line::asked_by;
use crate::strangers::is_for_strangers;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Request, Response, header};
use axum::middleware::Next;
use std::sync::Arc;
use switchback_api::Failure;
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_people::not_in::Stop;
use switchback_people::secret::{Kind, Secret};
use switchback_people::session::{self, Present};
use switchback_people::token::{self, Bearer};

/// What a page of ours sends with whatever changes something, so that no other site's form passes for one.
pub const FORM: &str = "switchback-form";

/// What somebody brought.
enum Brought {
    Token(String),
    Session(String),
}

/// Finds out who comes, and lets the request pass with that knowledge, or without where nothing was brought: then it is
/// the route that says no.
pub async fn guard(State(reception): State<Arc<Reception>>, mut request: Request<Body>, next: Next) -> Response<Body> {
    if is_for_strangers(request.method(), request.uri().path()) {
        return next.run(request).await;
    }
    let Some(brought) = brought(request.headers()) else { return next.run(request).await };
    let form = request.headers().get(FORM).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let known = brought.fingerprint().and_then(|secret| {
        let now = reception.clock.now();
        reception.lately.find(&*reception.people, &secret, now)
    });
    let asked = match known {
        Some(caller) => Ok(caller),
        None => try_off_thread(move || who(&reception, &brought)).await,
    };
    match asked.and_then(|caller| must_be_our_form(&caller, (changes, form.as_deref())).map(|()| caller)) {
        Ok(caller) => {
            asked_by(caller.person.name.as_str(), caller.token_name());
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(failure) => failed(failure),
    }
}

/// A token counts more than a cookie that came along by itself.
fn brought(headers: &HeaderMap) -> Option<Brought> {
    let bearer = headers.get(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or_default());
    if let Some(value) = bearer {
        let secret = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        // What is no token is looked up as one, and is none.
        return Some(Brought::Token(secret.map_or(value, |(_, secret)| secret).trim().to_owned()));
    }
    session_of(headers).map(Brought::Session)
}

impl Brought {
    /// What is kept in the place of the secret; none for what can be no secret of ours.
    fn fingerprint(&self) -> Option<Fingerprint> {
        let secret = match self {
            Self::Token(text) => Secret::parse(Kind::ApiToken, text),
            Self::Session(text) => Secret::parse(Kind::Session, text),
        };
        secret.map(|secret| secret.fingerprint())
    }
}

fn who(reception: &Reception, brought: &Brought) -> Result<Caller, Failure> {
    let people = &*reception.people;
    let now = reception.clock.now();
    // Before anybody is looked up: what changes meanwhile makes another version.
    let version = people.version().map_err(|fault| let_in(Stop::Fault(fault)))?;
    let (person, by) = match brought {
        Brought::Token(secret) => {
            let Bearer { person, token } = token::who(people, secret, now).map_err(let_in)?;
            (person, By::Token(token))
        }
        Brought::Session(secret) => {
            let Present { person, session } = session::who(people, secret, now).map_err(let_in)?;
            (person, By::Session(session))
        }
    };
    let caller = Caller::of(people, person, by).map_err(|fault| let_in(Stop::Fault(fault)))?;
    if let Some(secret) = brought.fingerprint() {
        reception.lately.keep(version, secret, &caller);
    }
    Ok(caller)
}

/// Whatever changes something by a session brings what forms of that session bring.
fn must_be_our_form(caller: &Caller, (changes, form): (bool, Option<&str>)) -> Result<(), Failure> {
    match &caller.by {
        By::Session(session) if changes && !form.is_some_and(|form| session::is_its_form(session, form)) => {
            Err(not_our_form())
        }
        _ => Ok(()),
    }
}

fn not_our_form() -> Failure {
    let message = format!("the request does not bring what forms of this session bring (`{FORM}`)");
    no("form-not-ours", message, "load the page again")
}
