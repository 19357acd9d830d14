//! What every route does: read the request, receive the visit, answer, write the answer.

mod reading;

use crate::caller::{Caller, Deed};
use crate::entrance::{Asked, Entrance};
use crate::failure::{Said as _, said};
use crate::holds::{Again, Holds};
use crate::off_thread::off_thread;
use crate::openapi::{Describe, describe, describe_edit};
use crate::tags::{Name, Named, Record};
use crate::views::reason::warnings;
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, LINK, RETRY_AFTER, VARY, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode};
use axum::routing::{get, patch, post};
use switchback_api::address::Of;
use switchback_api::context::{self, Context, encode_warnings};
use switchback_api::failure::PLAN_OUTDATED;
use switchback_api::problem::PROBLEM_JSON;
use switchback_api::{Failure, ProblemDetails, Seen, Verb, View, Warning, wire};
use switchback_core::ledger::state::State as Known;
use switchback_engine::desk::Desk;
use switchback_engine::visit::{Depth, Visit};

/// The largest body that is read: a resolved file may be large.
pub const LARGEST: usize = 256 * 1024 * 1024;

/// How a verb is answered at a desk.
pub type Handler<R> = fn(&Desk<'_>, R) -> Result<<R as Verb>::View, Failure>;

/// How a verb that only reads is answered at a desk.
pub type Reader<R, V> = fn(&Desk<'_>, R) -> Result<V, Failure>;

/// How a verb is answered that needs no desk, because there is no house yet.
pub type OpenHandler<R> = fn(&Entrance, &Asked, R) -> Result<<R as Verb>::View, Failure>;

/// What was said to a request.
pub(crate) struct Answered<R: Verb> {
    /// What the verb answers.
    pub answer: Result<R::View, Failure>,
    /// What somebody should know whatever was asked.
    pub warnings: Vec<Warning>,
    /// Which pipeline it was.
    pub pipeline: String,
    /// What it hangs on, where that can be told.
    pub holds: Option<Holds>,
}

impl<R: Verb> Answered<R> {
    /// At a desk.
    fn at(desk: &Desk<'_>, answer: Result<R::View, Failure>) -> Self {
        Self { answer, warnings: beside(desk), pipeline: desk.house.name().to_owned(), holds: None }
    }
}

/// How the record that a verb edits is shown at a desk, in a state.
pub type Shows<R> = fn(&Desk<'_>, &Known, &R) -> Result<Record, Failure>;

/// The same as bytes.
pub(crate) struct Written {
    /// The answer itself.
    pub answer: Result<Bytes, Failure>,
    /// What an answer that was only read is called, and whether whoever asks has it.
    pub named: Option<Named>,
    /// The plan as it is now, where another one was approved.
    pub plan: Option<serde_json::Value>,
    /// What somebody should know beside it.
    pub warnings: Vec<Warning>,
    /// What it takes to tell it again.
    pub again: Option<Again>,
}

impl Written {
    fn nothing_beside(answer: Result<Bytes, Failure>) -> Self {
        Self { answer, named: None, plan: None, warnings: Vec::new(), again: None }
    }
}

/// Every route, and what each is.
#[derive(Default)]
pub struct Routes {
    /// The routes.
    pub router: Router<Entrance>,
    /// What describes each, in the same order.
    pub described: Vec<Describe>,
}

/// Adds the route of a verb.
pub fn route<R: Verb + 'static>(routes: Routes, handler: Handler<R>) -> Routes {
    at::<R, _>((routes, describe::<R>), move |entrance: &Entrance, asked: &Asked, request: R| {
        if asked.seen.is_some() {
            return Err(edits_nothing());
        }
        let house = entrance.receive(asked)?;
        // What others did on a remote is seen first, and where it is away nothing is written (`SPEC W4`).
        house.refresh_for(&asked.visit).map_err(|fault| said(fault.into()))?;
        let desk = house.receive(&asked.visit).map_err(|fault| said(fault.into()))?;
        Ok(Answered::at(&desk, handler(&desk, request)))
    })
}

/// Adds the route of a verb that edits a record: `If-Match` holds it to what was looked at.
pub fn edit_route<R: Verb + Clone + 'static>(routes: Routes, handler: Handler<R>, shows: Shows<R>) -> Routes {
    at::<R, _>((routes, describe_edit::<R>), move |entrance: &Entrance, asked: &Asked, request: R| {
        let house = entrance.receive(asked)?;
        house.refresh_for(&asked.visit).map_err(|fault| said(fault.into()))?;
        let desk = house.receive(&asked.visit).map_err(|fault| said(fault.into()))?;
        if let Some(seen) = asked.seen.clone() {
            let (request, state) = (request.clone(), desk.look().said()?);
            // What is no record is told before anything else.
            shows(&desk, &state, &request)?;
            desk.hold_to(Box::new(move |desk, state| match shows(desk, state, &request) {
                Ok(record) => record.must_be(&seen),
                // What is gone by now is not there for the rule either, which says so.
                Err(_) => Ok(()),
            }));
        }
        Ok(Answered::at(&desk, handler(&desk, request)))
    })
}

/// Somebody means to edit what they saw, and nothing is edited there.
pub fn edits_nothing() -> Failure {
    Failure::invalid("no record is edited there that `If-Match` could name")
}

/// Adds the route of a verb that only reads. Whatever it is, its answer says beside it what readers must not miss: this
/// is the one place that knows which commands do (`SPEC L8`).
pub fn read_route<R, V>(routes: Routes, reader: Reader<R, V>) -> Routes
where
    R: Verb<View = Seen<V>> + 'static,
    V: View + 'static,
{
    read_route_of_a_server(routes, move |_, desk, request| reader(desk, request))
}

/// The same of a verb that has to do with what the server has beside its houses.
pub fn read_route_of_a_server<R, V, F>(routes: Routes, reader: F) -> Routes
where
    R: Verb<View = Seen<V>> + 'static,
    V: View + 'static,
    F: Fn(&Entrance, &Desk<'_>, R) -> Result<V, Failure> + Clone + Send + Sync + 'static,
{
    at::<R, _>((routes, describe::<R>), move |entrance: &Entrance, asked: &Asked, request: R| {
        let house = entrance.receive(asked)?;
        let desk = house.receive(&asked.visit).map_err(|fault| said(fault.into()))?;
        Ok(looked(&desk, reader(entrance, &desk, request)))
    })
}

/// The same of a verb whose answer hangs on the record, on branches, on files beside them and on the state of places at a
/// glance alone: who asks the very same soon is answered at once.
pub fn glance_route<R, V>(routes: Routes, reader: Reader<R, V>) -> Routes
where
    R: Verb<View = Seen<V>> + 'static,
    V: View + 'static,
{
    at::<R, _>((routes, describe::<R>), move |entrance: &Entrance, asked: &Asked, request: R| {
        let house = entrance.receive(asked)?;
        // Nobody asks again on one's own machine: the process has ended by then.
        let holds = asked.caller.as_ref().and_then(|_| Holds::begin(&house));
        let desk = house.receive(&asked.visit).map_err(|fault| said(fault.into()))?;
        let answered = looked(&desk, reader(&desk, request));
        Ok(Answered { holds: holds.and_then(Holds::end), ..answered })
    })
}

/// What was read at a desk, with what readers must not miss.
fn looked<R: Verb<View = Seen<V>>, V: View>(desk: &Desk<'_>, answer: Result<V, Failure>) -> Answered<R> {
    // What was asked for may be missing because it is not taken in yet.
    desk.notice_branches();
    desk.hear(desk.about_remote());
    Answered::at(desk, answer.map(|view| Seen { view, warnings: warnings(desk.heard().iter()) }))
}

/// What somebody should know whatever was asked, and what no answer has told: what was taken in before a rule said no,
/// say (`SPEC L8`).
fn beside(desk: &Desk<'_>) -> Vec<Warning> {
    warnings(desk.heard().iter().chain(&desk.about_configuration()).chain(&desk.about_offer()))
}

/// Adds the route of a verb that needs no desk.
pub fn open_route<R: Verb + 'static>(routes: Routes, handler: OpenHandler<R>) -> Routes {
    at::<R, _>((routes, describe::<R>), move |entrance: &Entrance, asked: &Asked, request: R| {
        if asked.seen.is_some() {
            return Err(edits_nothing());
        }
        let answer = handler(entrance, asked, request);
        Ok(Answered { answer, warnings: Vec::new(), pipeline: String::new(), holds: None })
    })
}

/// Adds a verb at its address, and an operation's plans at theirs.
fn at<R, H>((routes, describe): (Routes, Describe), handler: H) -> Routes
where
    R: Verb + 'static,
    H: Fn(&Entrance, &Asked, R) -> Result<Answered<R>, Failure> + Clone + Send + Sync + 'static,
{
    let Routes { router, mut described } = routes;
    described.push(describe);
    let (address, plans) = (R::pattern(Of::Verb), R::pattern(Of::Plans));
    if R::METHOD == Method::GET {
        let read = move |State(entrance): State<Entrance>, request: Request<Body>| async move {
            written(reading::answer::<R, H>(entrance, request, handler).await)
        };
        return Routes { router: router.route(&address, get(read)), described };
    }
    let answer = move |State(entrance): State<Entrance>, request: Request<Body>| async move {
        written(answer::<R, H>(entrance, request, handler).await)
    };
    let router = match R::METHOD {
        Method::PATCH => router.route(&address, patch(answer.clone())).route(&plans, post(answer)),
        _ => router.route(&address, post(answer.clone())).route(&plans, post(answer)),
    };
    Routes { router, described }
}

async fn answer<R, H>(entrance: Entrance, request: Request<Body>, handler: H) -> Result<Written, Failure>
where
    R: Verb + 'static,
    H: Fn(&Entrance, &Asked, R) -> Result<Answered<R>, Failure> + Send + 'static,
{
    let (request, wish, context) = read::<R>(request).await?;
    let (caller, depth) = (request.extensions().get::<Caller>().cloned(), context.depth);
    // The engine blocks: it reads disks and runs programs.
    let blocking = off_thread(move || {
        let asked = entrance.asked(context, (caller, deed(depth)))?;
        let Answered { answer, warnings, .. } = handler(&entrance, &asked, wish)?;
        let plan = match &answer {
            Err(Failure::Refused(refused)) if refused.code == PLAN_OUTDATED => {
                plan_now(&entrance, asked, (&request, &handler))
            }
            _ => None,
        };
        let answer = answer.and_then(|view| wire::body(&view)).map(Bytes::from);
        Ok(Written { answer, named: None, plan, warnings, again: None })
    });
    blocking.await.unwrap_or_else(|broken| Err(Failure::bug(panic_text(broken))))
}

/// Reads a request whole.
///
/// # Errors
/// What keeps it from being read.
pub(crate) async fn read<R: Verb>(request: Request<Body>) -> Result<(Request<Vec<u8>>, R, Context), Failure> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.map_err(|error| unread(LARGEST, &error))?;
    let request = Request::from_parts(head, body.to_vec());
    let (wish, context) = wire::decode::<R>(&request)?;
    Ok((request, wish, context))
}

/// What a rule said that panicked.
pub(crate) fn panic_text(broken: tokio::task::JoinError) -> String {
    let Ok(panic) = broken.try_into_panic() else { return "the work was cancelled".to_owned() };
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a rule panicked".to_owned())
}

fn deed(depth: context::Depth) -> Deed {
    match depth {
        context::Depth::Plan => Deed::Plan,
        context::Depth::Act => Deed::Act,
    }
}

/// What would be done now, for somebody who approved another plan (`SPEC W2`).
fn plan_now<R, H>(entrance: &Entrance, asked: Asked, again: (&Request<Vec<u8>>, &H)) -> Option<serde_json::Value>
where
    R: Verb,
    H: Fn(&Entrance, &Asked, R) -> Result<Answered<R>, Failure>,
{
    let (request, handler) = again;
    let (wish, _) = wire::decode::<R>(request).ok()?;
    let visit = Visit { depth: Depth::Plan, approved: None, ..asked.visit };
    let answered = handler(entrance, &Asked { visit, ..asked }, wish).ok()?;
    serde_json::to_value(answered.answer.ok()?).ok()?.get_mut("plan").map(serde_json::Value::take)
}

/// In seconds, after how long it is worth asking again what a fault kept from being answered.
const AGAIN: &str = "5";

/// Whoever sends more than is read here is told how much that is.
pub fn unread(largest: usize, error: &axum::Error) -> Failure {
    Failure::usage(format!("the body of the request could not be read, of which {largest} bytes are taken: {error}"))
}

/// An answer as a response.
pub fn told(body: Vec<u8>) -> Response<Body> {
    written(Ok(Written::nothing_beside(Ok(Bytes::from(body)))))
}

/// A failure as a response.
pub fn failed(failure: Failure) -> Response<Body> {
    written(Err(failure))
}

/// The same as [`told`], with its name; without the answer itself for whoever has it.
pub fn told_as(body: Vec<u8>, named: Named) -> Response<Body> {
    written(Ok(Written { named: Some(named), ..Written::nothing_beside(Ok(Bytes::from(body))) }))
}

fn written(answer: Result<Written, Failure>) -> Response<Body> {
    let mut written = answer.unwrap_or_else(|failure| Written::nothing_beside(Err(failure)));
    let again = written.again.take();
    let mut response = response(written);
    if let Some(again) = again {
        response.extensions_mut().insert(again);
    }
    response
}

fn response(written: Written) -> Response<Body> {
    let Written { answer, named, plan, warnings, .. } = written;
    let (status, media, body) = match answer {
        Ok(_) if named.as_ref().is_some_and(|named| named.is_there) => return not_again(named, &warnings),
        Ok(body) => (StatusCode::OK, "application/json", body),
        Err(failure) => {
            let status = failure.status();
            let problem = ProblemDetails { plan, ..ProblemDetails::from(failure) };
            (status, PROBLEM_JSON, Bytes::from(wire::body(&problem).unwrap_or_default()))
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"switchback\""));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(AGAIN));
    }
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
    name(named, response.headers_mut());
    encode_warnings(&warnings, response.headers_mut());
    response
}

fn not_again(named: Option<Named>, warnings: &[Warning]) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NOT_MODIFIED;
    name(named, response.headers_mut());
    encode_warnings(warnings, response.headers_mut());
    response
}

fn name(named: Option<Named>, headers: &mut HeaderMap) {
    let Some(Named { name: Name { tag, next }, .. }) = named else { return };
    let link = next.map(|next| (LINK, format!("<{next}>; rel=\"next\"")));
    // A browser may keep it for the one person, as long as it asks each time whether it still holds.
    let kept = [(CACHE_CONTROL, "private, no-cache"), (VARY, "authorization, cookie")];
    kept.into_iter().for_each(|(name, value)| drop(headers.insert(name, HeaderValue::from_static(value))));
    for (name, value) in [(ETAG, tag)].into_iter().chain(link) {
        // Names are hexadecimal, addresses percent-encoded.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
}
