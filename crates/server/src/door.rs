//! What every route does: read the request, open a session, answer, write the answer.

use crate::failure::said;
use crate::local::LocalOptions;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderValue, Method, Request, Response, header::CONTENT_TYPE};
use axum::routing::{MethodRouter, get, post};
use switchback_api::{Failure, Verb, wire};
use switchback_engine::failure::EngineFailure;
use switchback_engine::session::{Options, Session};

/// The largest body that is read: a resolved file may be large.
const LARGEST: usize = 256 * 1024 * 1024;

/// How a verb is answered within a session.
pub type Handler<R> = fn(&mut Session, R) -> Result<<R as Verb>::View, Failure>;

/// How a verb is answered that needs no session, because there is none yet.
pub type OpenHandler<R> = fn(&Options, R) -> Result<<R as Verb>::View, Failure>;

/// Adds the route of a verb. What a crash left is finished before it is answered.
pub fn route<R: Verb + 'static>(router: Router<LocalOptions>, handler: Handler<R>) -> Router<LocalOptions> {
    let in_session = move |options: &Options, request: R| {
        let mut session = Session::open(options.clone()).map_err(said)?;
        session.resume().map_err(said)?;
        handler(&mut session, request)
    };
    router.route(R::PATH, method::<R, _>(in_session))
}

/// Adds the route of a verb that needs no session.
pub fn open_route<R: Verb + 'static>(router: Router<LocalOptions>, handler: OpenHandler<R>) -> Router<LocalOptions> {
    router.route(R::PATH, method::<R, _>(handler))
}

fn method<R, H>(handler: H) -> MethodRouter<LocalOptions>
where
    R: Verb + 'static,
    H: Fn(&Options, R) -> Result<R::View, Failure> + Clone + Send + Sync + 'static,
{
    let answer = move |State(local): State<LocalOptions>, request: Request<Body>| async move {
        written(answer::<R, H>(local, request, handler).await)
    };
    match R::METHOD {
        Method::GET => get(answer),
        _ => post(answer),
    }
}

async fn answer<R, H>(local: LocalOptions, request: Request<Body>, handler: H) -> Result<Vec<u8>, Failure>
where
    R: Verb + 'static,
    H: Fn(&Options, R) -> Result<R::View, Failure> + Send + 'static,
{
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.map_err(|error| Failure::usage(error.to_string()))?;
    let request = Request::from_parts(head, body.to_vec());
    let (asked, context) = wire::decode::<R>(&request)?;
    let options = local.session(context);
    // The engine blocks: it reads disks and runs programs.
    let blocking = tokio::task::spawn_blocking(move || handler(&options, asked).and_then(|view| wire::body(&view)));
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

fn written(answer: Result<Vec<u8>, Failure>) -> Response<Body> {
    let (status, body) = match answer {
        Ok(body) => (axum::http::StatusCode::OK, body),
        Err(failure) => (failure.status(), wire::body(&failure).unwrap_or_default()),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// A failure of the engine, as it is said aloud; `?` does this in routes.
pub trait Said<T> {
    /// Says it.
    fn said(self) -> Result<T, Failure>;
}

impl<T, E: Into<EngineFailure>> Said<T> for Result<T, E> {
    fn said(self) -> Result<T, Failure> {
        self.map_err(|failure| said(failure.into()))
    }
}
