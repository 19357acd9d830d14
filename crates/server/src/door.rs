//! What every route does: read the request, receive the visit, answer, write the answer.

use crate::entrance::Entrance;
use crate::failure::said;
use crate::views::reason::warnings;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, Response, header::CONTENT_TYPE};
use axum::routing::{MethodRouter, get, post};
use switchback_api::context::encode_warnings;
use switchback_api::{Failure, Seen, Verb, View, Warning, wire};
use switchback_engine::desk::Desk;
use switchback_engine::visit::Visit;

/// The largest body that is read: a resolved file may be large.
const LARGEST: usize = 256 * 1024 * 1024;

/// How a verb is answered at a desk.
pub type Handler<R> = fn(&Desk<'_>, R) -> Result<<R as Verb>::View, Failure>;

/// How a verb that only reads is answered at a desk.
pub type Reader<R, V> = fn(&Desk<'_>, R) -> Result<V, Failure>;

/// How a verb is answered that needs no desk, because there is no house yet.
pub type OpenHandler<R> = fn(&Entrance, &Visit, R) -> Result<<R as Verb>::View, Failure>;

/// What a verb answers, and what somebody should know whatever was asked.
type Answered<R> = (Result<<R as Verb>::View, Failure>, Vec<Warning>);

/// The same as bytes.
type Written = (Result<Vec<u8>, Failure>, Vec<Warning>);

/// Adds the route of a verb.
pub fn route<R: Verb + 'static>(router: Router<Entrance>, handler: Handler<R>) -> Router<Entrance> {
    let at_a_desk = move |entrance: &Entrance, visit: &Visit, request: R| {
        let house = entrance.house()?;
        let desk = house.receive(visit).map_err(|fault| said(fault.into()))?;
        let answer = handler(&desk, request);
        Ok((answer, beside(&desk)))
    };
    router.route(R::PATH, method::<R, _>(at_a_desk))
}

/// Adds the route of a verb that only reads. Whatever it is, its answer says beside it what readers must not miss: this
/// is the one place that knows which commands do (`SPEC L8`).
pub fn read_route<R, V>(router: Router<Entrance>, reader: Reader<R, V>) -> Router<Entrance>
where
    R: Verb<View = Seen<V>> + 'static,
    V: View + 'static,
{
    let at_a_desk = move |entrance: &Entrance, visit: &Visit, request: R| {
        let house = entrance.house()?;
        let desk = house.receive(visit).map_err(|fault| said(fault.into()))?;
        let answer = reader(&desk, request);
        // What was asked for may be missing because it is not taken in yet.
        desk.notice_branches();
        let answer = answer.map(|view| Seen { view, warnings: warnings(desk.heard().iter()) });
        Ok((answer, beside(&desk)))
    };
    router.route(R::PATH, method::<R, _>(at_a_desk))
}

/// What somebody should know whatever was asked, and what no answer has told: what was taken in before a rule said no,
/// say (`SPEC L8`).
fn beside(desk: &Desk<'_>) -> Vec<Warning> {
    warnings(desk.heard().iter().chain(&desk.about_configuration()))
}

/// Adds the route of a verb that needs no desk.
pub fn open_route<R: Verb + 'static>(router: Router<Entrance>, handler: OpenHandler<R>) -> Router<Entrance> {
    let open =
        move |entrance: &Entrance, visit: &Visit, request: R| Ok((handler(entrance, visit, request), Vec::new()));
    router.route(R::PATH, method::<R, _>(open))
}

fn method<R, H>(handler: H) -> MethodRouter<Entrance>
where
    R: Verb + 'static,
    H: Fn(&Entrance, &Visit, R) -> Result<Answered<R>, Failure> + Clone + Send + Sync + 'static,
{
    let answer = move |State(entrance): State<Entrance>, request: Request<Body>| async move {
        written(answer::<R, H>(entrance, request, handler).await)
    };
    match R::METHOD {
        Method::GET => get(answer),
        _ => post(answer),
    }
}

async fn answer<R, H>(entrance: Entrance, request: Request<Body>, handler: H) -> Result<Written, Failure>
where
    R: Verb + 'static,
    H: Fn(&Entrance, &Visit, R) -> Result<Answered<R>, Failure> + Send + 'static,
{
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.map_err(|error| Failure::usage(error.to_string()))?;
    let request = Request::from_parts(head, body.to_vec());
    let (asked, context) = wire::decode::<R>(&request)?;
    // The engine blocks: it reads disks and runs programs.
    let blocking = tokio::task::spawn_blocking(move || {
        let visit = entrance.visit(context)?;
        let (answer, warnings) = handler(&entrance, &visit, asked)?;
        Ok((answer.and_then(|view| wire::body(&view)), warnings))
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

fn written(answer: Result<Written, Failure>) -> Response<Body> {
    let (answer, warnings) = answer.unwrap_or_else(|failure| (Err(failure), Vec::new()));
    let (status, body) = match answer {
        Ok(body) => (axum::http::StatusCode::OK, body),
        Err(failure) => (failure.status(), wire::body(&failure).unwrap_or_default()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    encode_warnings(&warnings, response.headers_mut());
    response
}
