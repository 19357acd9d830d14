//! What every route does: read the request, receive the visit, answer, write the answer.

use crate::caller::{Caller, Deed};
use crate::entrance::{Asked, Entrance};
use crate::failure::said;
use crate::openapi::{Describe, describe};
use crate::views::reason::warnings;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE, header::WWW_AUTHENTICATE};
use axum::routing::{get, patch, post};
use switchback_api::address::Of;
use switchback_api::context::{self, encode_warnings};
use switchback_api::failure::PLAN_OUTDATED;
use switchback_api::problem::PROBLEM_JSON;
use switchback_api::{Failure, ProblemDetails, Seen, Verb, View, Warning, wire};
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

/// What a verb answers, and what somebody should know whatever was asked.
type Answered<R> = (Result<<R as Verb>::View, Failure>, Vec<Warning>);

/// The same as bytes.
struct Written {
    answer: Result<Vec<u8>, Failure>,
    /// The plan as it is now, where another one was approved.
    plan: Option<serde_json::Value>,
    warnings: Vec<Warning>,
}

impl Written {
    fn nothing_beside(answer: Result<Vec<u8>, Failure>) -> Self {
        Self { answer, plan: None, warnings: Vec::new() }
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
    at::<R, _>(routes, move |entrance: &Entrance, asked: &Asked, request: R| {
        let house = entrance.receive(asked)?;
        // What others did on a remote is seen first, and where it is away nothing is written (`SPEC W4`).
        house.refresh_for(&asked.visit).map_err(|fault| said(fault.into()))?;
        let desk = house.receive(&asked.visit).map_err(|fault| said(fault.into()))?;
        let answer = handler(&desk, request);
        Ok((answer, beside(&desk)))
    })
}

/// Adds the route of a verb that only reads. Whatever it is, its answer says beside it what readers must not miss: this
/// is the one place that knows which commands do (`SPEC L8`).
pub fn read_route<R, V>(routes: Routes, reader: Reader<R, V>) -> Routes
where
    R: Verb<View = Seen<V>> + 'static,
    V: View + 'static,
{
    at::<R, _>(routes, move |entrance: &Entrance, asked: &Asked, request: R| {
        let house = entrance.receive(asked)?;
        let desk = house.receive(&asked.visit).map_err(|fault| said(fault.into()))?;
        let answer = reader(&desk, request);
        // What was asked for may be missing because it is not taken in yet.
        desk.notice_branches();
        desk.hear(desk.about_remote());
        let answer = answer.map(|view| Seen { view, warnings: warnings(desk.heard().iter()) });
        Ok((answer, beside(&desk)))
    })
}

/// What somebody should know whatever was asked, and what no answer has told: what was taken in before a rule said no,
/// say (`SPEC L8`).
fn beside(desk: &Desk<'_>) -> Vec<Warning> {
    warnings(desk.heard().iter().chain(&desk.about_configuration()).chain(&desk.about_offer()))
}

/// Adds the route of a verb that needs no desk.
pub fn open_route<R: Verb + 'static>(routes: Routes, handler: OpenHandler<R>) -> Routes {
    at::<R, _>(routes, move |entrance: &Entrance, asked: &Asked, request: R| {
        Ok((handler(entrance, asked, request), Vec::new()))
    })
}

/// Adds a verb at its address, and an operation's plans at theirs.
fn at<R, H>(routes: Routes, handler: H) -> Routes
where
    R: Verb + 'static,
    H: Fn(&Entrance, &Asked, R) -> Result<Answered<R>, Failure> + Clone + Send + Sync + 'static,
{
    let answer = move |State(entrance): State<Entrance>, request: Request<Body>| async move {
        written(answer::<R, H>(entrance, request, handler).await)
    };
    let Routes { router, mut described } = routes;
    described.push(describe::<R>);
    let (address, plans) = (R::pattern(Of::Verb), R::pattern(Of::Plans));
    let router = match R::METHOD {
        Method::GET => router.route(&address, get(answer)),
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
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.map_err(|error| Failure::usage(error.to_string()))?;
    let request = Request::from_parts(head, body.to_vec());
    let (wish, context) = wire::decode::<R>(&request)?;
    let (caller, depth) = (request.extensions().get::<Caller>().cloned(), context.depth);
    // The engine blocks: it reads disks and runs programs.
    let blocking = tokio::task::spawn_blocking(move || {
        let asked = entrance.asked(context, (caller, deed::<R>(depth)))?;
        let (answer, warnings) = handler(&entrance, &asked, wish)?;
        let plan = match &answer {
            Err(Failure::Refused(refused)) if refused.code == PLAN_OUTDATED => {
                plan_now(&entrance, asked, (&request, &handler))
            }
            _ => None,
        };
        Ok(Written { answer: answer.and_then(|view| wire::body(&view)), plan, warnings })
    });
    match blocking.await {
        Ok(answer) => answer,
        Err(broken) => Err(Failure::bug(panic_text(broken))),
    }
}

fn panic_text(broken: tokio::task::JoinError) -> String {
    let Ok(panic) = broken.try_into_panic() else { return "the work was cancelled".to_owned() };
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a rule panicked".to_owned())
}

fn deed<R: Verb>(depth: context::Depth) -> Deed {
    match (&R::METHOD, depth) {
        (&Method::GET, _) => Deed::Read,
        (_, context::Depth::Plan) => Deed::Plan,
        (_, context::Depth::Act) => Deed::Act,
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
    let (answer, _) = handler(entrance, &Asked { visit, ..asked }, wish).ok()?;
    serde_json::to_value(answer.ok()?).ok()?.get_mut("plan").map(serde_json::Value::take)
}

/// An answer as a response.
pub fn told(body: Vec<u8>) -> Response<Body> {
    written(Ok(Written::nothing_beside(Ok(body))))
}

/// A failure as a response.
pub fn failed(failure: Failure) -> Response<Body> {
    written(Err(failure))
}

fn written(answer: Result<Written, Failure>) -> Response<Body> {
    let Written { answer, plan, warnings } = answer.unwrap_or_else(|failure| Written::nothing_beside(Err(failure)));
    let (status, media, body) = match answer {
        Ok(body) => (StatusCode::OK, "application/json", body),
        Err(failure) => {
            let status = failure.status();
            let problem = ProblemDetails { plan, ..ProblemDetails::from(failure) };
            (status, PROBLEM_JSON, wire::body(&problem).unwrap_or_default())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"switchback\""));
    }
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
    encode_warnings(&warnings, response.headers_mut());
    response
}
