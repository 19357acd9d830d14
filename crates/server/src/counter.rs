//! What every route about people does, as [`door`](crate::door) does for pipelines: read the request, know who came,
//! answer, write the answer.

use crate::caller::Caller;
use crate::cookie::{Cookie, leaving_of, session_of};
use crate::door::{edits_nothing, failed, told, told_as, unread};
use crate::failure::{no, said};
use crate::off_thread::off_thread;
use crate::openapi::{Describe, describe, describe_edit};
use crate::reception::Reception;
use crate::tags::{Name, Record};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use axum::routing::{get, patch, post};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, PoisonError};
use switchback_api::address::Of;
use switchback_api::{Failure, Verb, wire};
use switchback_core::words::names::Time;
use switchback_people::secret::Secret;

/// The largest body that is read: nothing about a person is large.
const LARGEST: usize = 64 * 1024;

/// How a verb about people is answered.
pub type Handler<R> = fn(&Reception, &Came, R) -> Result<Told<<R as Verb>::View>, Failure>;

/// How the record that a verb about people edits is shown to whoever edits it.
pub type Shows<R> = fn(&Reception, &Came, &R) -> Result<Record, Failure>;

/// Who stands at the counter.
pub struct Came {
    /// Who they are, if they showed it.
    known: Option<Caller>,
    /// From where.
    pub from: IpAddr,
    /// What their browser says it is.
    pub agent: String,
    /// The secret of the session they came with, if any.
    pub session: Option<String>,
    /// What their browser holds since they left for a provider, if anything.
    pub leaving: Option<String>,
    /// When.
    pub at: Time,
}

impl Came {
    /// Who they are.
    ///
    /// # Errors
    /// `not-signed-in`.
    pub fn caller(&self) -> Result<&Caller, Failure> {
        self.known.as_ref().ok_or_else(|| no("not-signed-in", "nobody is signed in", "sign in, or come with a token"))
    }

    /// Who they are, if they run this server.
    ///
    /// # Errors
    /// `not-signed-in`, `not-permitted`.
    pub fn administrator(&self) -> Result<&Caller, Failure> {
        let caller = self.caller()?;
        caller.require_administrator().map(|()| caller)
    }
}

/// An answer, and what their browser is to keep from now on.
pub struct Told<V> {
    view: V,
    cookie: Option<Cookie>,
}

impl<V> From<V> for Told<V> {
    fn from(view: V) -> Self {
        Self { view, cookie: None }
    }
}

impl<V> Told<V> {
    /// What is told.
    pub fn view(self) -> V {
        self.view
    }

    /// The same, and the browser keeps a session.
    pub fn keeping(self, secret: Secret) -> Self {
        Self { cookie: Some(Cookie::Keep(secret)), ..self }
    }

    /// The same, and the browser keeps what proves that its person left from it.
    pub fn leaving(self, secret: Secret) -> Self {
        Self { cookie: Some(Cookie::Leave(secret)), ..self }
    }

    /// The same, and the browser forgets its session.
    pub fn forgetting(self) -> Self {
        Self { cookie: Some(Cookie::Forget), ..self }
    }
}

/// Whether answering means to look at a password, which few may do at once.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Weight {
    /// It does not.
    Light,
    /// It does.
    Password,
    /// It does not, but somebody elsewhere is asked, which nobody else is to wait for.
    Elsewhere,
}

/// Every route about people, and what each is.
#[derive(Default)]
pub struct Routes {
    /// The routes.
    pub router: Router<Arc<Reception>>,
    /// What describes each.
    pub described: Vec<Describe>,
}

/// Adds the route of a verb about people.
pub fn route<R: Verb + 'static>(routes: Routes, weight: Weight, handler: Handler<R>) -> Routes {
    at(routes, describe::<R>, How { weight, handler, shows: None })
}

/// Adds the route of a verb that edits a record about people: `If-Match` holds it to what was looked at.
pub fn edit_route<R: Verb + 'static>(routes: Routes, handler: Handler<R>, shows: Shows<R>) -> Routes {
    at(routes, describe_edit::<R>, How { weight: Weight::Light, handler, shows: Some(shows) })
}

/// How a verb about people is answered.
struct How<R: Verb> {
    weight: Weight,
    handler: Handler<R>,
    shows: Option<Shows<R>>,
}

impl<R: Verb> Clone for How<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Verb> Copy for How<R> {}

fn at<R: Verb + 'static>(routes: Routes, describe: Describe, how: How<R>) -> Routes {
    let answer = move |State(reception): State<Arc<Reception>>, request: Request<Body>| async move {
        answer::<R>(reception, request, how).await.unwrap_or_else(failed)
    };
    let Routes { router, mut described } = routes;
    described.push(describe);
    let address = R::pattern(Of::Verb);
    let router = match R::METHOD {
        Method::GET => router.route(&address, get(answer)),
        Method::PATCH => router.route(&address, patch(answer)),
        _ => router.route(&address, post(answer)),
    };
    Routes { router, described }
}

async fn answer<R: Verb + 'static>(
    reception: Arc<Reception>,
    request: Request<Body>,
    how: How<R>,
) -> Result<Response<Body>, Failure> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.map_err(|error| unread(LARGEST, &error))?;
    let came = came(&reception, &head.headers, &head.extensions);
    if R::METHOD != Method::GET {
        came.known.as_ref().map_or(Ok(()), Caller::admit_change)?;
        must_be_json(&head.headers, &body)?;
    }
    let request = Request::from_parts(head, body.to_vec());
    let (wish, context) = wire::decode::<R>(&request)?;
    let turn = match how.weight {
        Weight::Password => Some(Arc::clone(&reception.hashes).acquire_owned().await.map_err(Failure::bug)?),
        Weight::Light | Weight::Elsewhere => None,
    };
    let blocking = off_thread(move || {
        let _turn = turn;
        // A password is not waited for by everybody; nobody edits one that they saw.
        let _alone = (R::METHOD != Method::GET && how.weight == Weight::Light)
            .then(|| reception.edits.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(seen) = &context.seen {
            let Some(shows) = how.shows else { return Err(edits_nothing()) };
            shows(&reception, &came, &wish)?.must_be(seen).map_err(|refusal| said(refusal.into()))?;
        }
        (how.handler)(&reception, &came, wish)
    });
    let Told { view, cookie } = blocking.await.map_err(Failure::bug)??;
    let body = wire::body(&view)?;
    let mut response = match R::METHOD {
        Method::GET => {
            let named = Name::of(&view, &body, request.uri())?.asked_with(request.headers());
            let mut told = told_as(body, named);
            // What is known of people stays in no browser.
            told.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            told
        }
        _ => told(body),
    };
    if let Some(cookie) = cookie.and_then(|cookie| cookie.written()) {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// A form of another site sends no JSON without asking its browser first: nobody is signed in as somebody else by one.
fn must_be_json(headers: &HeaderMap, body: &[u8]) -> Result<(), Failure> {
    let said = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let media = said.split(';').next().unwrap_or_default().trim();
    match body.is_empty() || media.eq_ignore_ascii_case("application/json") {
        true => Ok(()),
        false => Err(Failure::invalid("its body is not said to be `application/json`")),
    }
}

fn came(reception: &Reception, headers: &HeaderMap, extensions: &axum::http::Extensions) -> Came {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let from = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip());
    Came {
        known: extensions.get::<Caller>().cloned(),
        from: from.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        agent: agent.to_owned(),
        session: session_of(headers),
        leaving: leaving_of(headers),
        at: reception.clock.now(),
    }
}
