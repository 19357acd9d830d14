//! One line for each request, under an id that its answer names. Nothing of what was asked is said but the pattern of its
//! address: what stands in addresses, headers and bodies may be a secret.

use crate::holds::Again;
use crate::meters::Meters;
use axum::body::{Body, to_bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, header};
use axum::middleware::Next;
use serde_json::Value;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Instant;
use switchback_api::problem::PROBLEM_JSON;
use switchback_telemetry::{continue_from, is_collected};
use tracing::{Instrument as _, Span, debug, debug_span, error, field::Empty, info, info_span, warn};

/// Names a request, in it and in its answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest name that somebody may give a request.
const LONGEST: usize = 64;

/// What is asked again and again by machines, and says nothing about anybody.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// The route of what is at no address.
const NOWHERE: &str = "none";

/// What a request is called.
#[derive(Clone)]
struct RequestId(String);

/// Answers a request under an id, and says so.
pub async fn request_line(State(meters): State<Arc<Meters>>, mut request: Request, next: Next) -> Response<Body> {
    let id = id_of(request.headers());
    let route = request.extensions().get::<MatchedPath>().map_or(NOWHERE, MatchedPath::as_str).to_owned();
    let method = method(request.method());
    let span = begun((&id, method, &route), request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let began = Instant::now();
    let answer = next.run(request).instrument(span.clone()).await;
    let took = began.elapsed();
    let (mut answer, code) = naming(answer, &id).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
    if let Some(again) = answer.extensions_mut().get_mut::<Again>() {
        again.route.clone_from(&route);
    }
    let status = answer.status();
    meters.answered((method, &route), status.as_u16(), took);
    if let Some(code) = &code {
        meters.refused(code);
    }
    let ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    span.in_scope(|| say((status, code.as_deref()), &route, ms));
    answer
}

/// Says the same of a request whose answer was told before. Where nobody collects spans, none is made for it.
pub fn said_again(
    (again, headers): (&Again, &HeaderMap),
    answer: &mut Response<Body>,
    (meters, began): (&Meters, Instant),
) {
    let (id, took, status) = (id_of(headers), began.elapsed(), answer.status());
    let (method, route, ms) = ("GET", again.route.as_str(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
    let (pipeline, person) = (again.holds.pipeline(), again.caller.person.name.as_str());
    let token = again.caller.token_name();
    if is_collected() {
        let span = begun((&id, method, route), headers);
        span.in_scope(|| {
            asked_of(pipeline);
            asked_by(person, token);
            say((status, None), route, ms);
        });
    } else {
        info!(status = status.as_u16(), ms, request = id, method, route, pipeline, person, token, "request");
    }
    meters.answered((method, route), status.as_u16(), took);
    if let Ok(value) = HeaderValue::try_from(id) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
}

/// The span of a request: a part of what the caller began, where they say so. Who asks whether the server lives makes none
/// that is worth sending.
fn begun((id, method, route): (&str, &'static str, &str), headers: &HeaderMap) -> Span {
    if PROBES.contains(&route) {
        return debug_span!("request", request = id, method, route);
    }
    let name = format!("{method} {route}");
    let span = info_span!(
        "request",
        request = id,
        method,
        route,
        pipeline = Empty,
        person = Empty,
        token = Empty,
        otel.name = name,
        otel.kind = "server",
    );
    continue_from(&span, &|name| headers.get(name)?.to_str().ok().map(str::to_owned));
    span
}

/// Has a problem name the request it is of, before it is kept for whoever asks again.
pub async fn named(request: Request, next: Next) -> Response<Body> {
    let id = request.extensions().get::<RequestId>().cloned();
    let answer = next.run(request).await;
    match id {
        Some(RequestId(id)) => naming(answer, &id).await.0,
        None => answer,
    }
}

fn say((status, code): (StatusCode, Option<&str>), route: &str, ms: u64) {
    let status_code = status.as_u16();
    match status {
        StatusCode::INTERNAL_SERVER_ERROR => error!(status = status_code, code, ms, "request"),
        _ if status.is_server_error() => warn!(status = status_code, code, ms, "request"),
        _ if PROBES.contains(&route) => debug!(status = status_code, code, ms, "request"),
        _ => info!(status = status_code, code, ms, "request"),
    }
}

/// A well-formed id is taken as it comes: whoever asks looks for it in their own log.
fn id_of(headers: &HeaderMap) -> String {
    let said = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "-_.".contains(char);
    match said.filter(|id| (1..=LONGEST).contains(&id.len()) && id.chars().all(is_plain)) {
        Some(id) => id.to_owned(),
        None => made(),
    }
}

/// Another one each time, in whichever process; whoever knows one may guess the next, and has nothing of it.
fn made() -> String {
    static PROCESS: LazyLock<[u8; 8]> = LazyLock::new(|| {
        let mut bytes = [0; 8];
        // Where the system has no randomness, requests of two processes may share a name; nothing depends on it.
        let _ = getrandom::fill(&mut bytes);
        bytes
    });
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed).to_be_bytes();
    faster_hex::hex_string(&[*PROCESS, count].concat())
}

/// A method that somebody made up is not said: there are as many as they like.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// An answer whose problem, if it is one, names its request; and the problem's code. One that names a request already was
/// given to an earlier one, where more about it is said.
async fn naming(answer: Response<Body>, id: &str) -> (Response<Body>, Option<String>) {
    let media = answer.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    if media != Some(PROBLEM_JSON) {
        return (answer, None);
    }
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(Value::Object(mut members)) = serde_json::from_slice::<Value>(&body) else {
        return (Response::from_parts(head, Body::from(body)), None);
    };
    let code = members.get("code").and_then(Value::as_str).map(str::to_owned);
    members.entry("request").or_insert_with(|| id.into());
    (Response::from_parts(head, Body::from(Value::Object(members).to_string())), code)
}

/// Says in the line of the request at hand who asks.
pub fn asked_by(person: &str, token: Option<&str>) {
    let span = Span::current();
    span.record("person", person);
    if let Some(token) = token {
        span.record("token", token);
    }
}

/// Says in the line of the request at hand which pipeline is asked.
pub fn asked_of(pipeline: &str) {
    Span::current().record("pipeline", pipeline);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_plain_name_names_no_request() {
        let said = |text: &[u8]| {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_bytes(text).unwrap());
            id_of(&headers)
        };
        assert_eq!(said(b"a-1_B.2"), "a-1_B.2");
        let long = "x".repeat(LONGEST + 1);
        for odd in ["", "a b", "a=b", "a;rm", "é", "a\"b", long.as_str()] {
            let id = said(odd.as_bytes());
            assert_eq!((id.len(), id.chars().all(|char| char.is_ascii_hexdigit())), (32, true), "{odd}");
        }
        assert_ne!(said(b""), said(b""));
    }
}
