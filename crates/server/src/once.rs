//! `Idempotency-Key`: a write that comes twice is carried out once, and answered alike (`SPEC W2`).

use crate::caller::Caller;
use crate::door::{LARGEST, failed, unread};
use crate::failure::{no, said};
use crate::off_thread::try_off_thread;
use crate::reception::Reception;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, request::Parts};
use axum::middleware::Next;
use serde_json::Value;
use std::sync::Arc;
use switchback_api::address::Of;
use switchback_api::verbs::identity::LinkRequest;
use switchback_api::verbs::password::PasswordRequest;
use switchback_api::{Failure, Verb as _};
use switchback_core::ports::people::idempotency::{Answer, Claim, Claimed};
use switchback_core::words::fault::PASSING;
use switchback_people::fingerprint;
use tracing::Instrument as _;

/// What a client calls its request.
pub const KEY: &str = "idempotency-key";

/// Says that an answer was given before.
const AGAIN: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The longest key.
const LONGEST: usize = 255;

/// Headers that make a request another one.
const TELLING: [&str; 4] = ["if-match", "if-plan-match", "prefer", "switchback-reason"];

/// Headers of an answer that are kept with it.
const KEPT: [&str; 2] = ["content-type", "switchback-warnings"];

/// Carries a request out if nobody has yet; else gives the answer that was given. One without a key is carried out as
/// often as it comes.
pub async fn once(State(reception): State<Arc<Reception>>, request: Request<Body>, next: Next) -> Response<Body> {
    match (request.headers().get(KEY), request.extensions().get::<Caller>()) {
        (Some(key), Some(caller)) if request.method() != Method::GET && !is_never_kept(request.uri().path()) => {
            let (key, caller) = (key.clone(), caller.clone());
            keyed(&reception, (&key, &caller), request, next).await.unwrap_or_else(failed)
        }
        _ => next.run(request).await,
    }
}

/// Whether nothing of it is kept. Of what brings a password, a fingerprint is quick to make, and so would be guessing at what
/// it is of; and who leaves for a provider leaves once.
fn is_never_kept(path: &str) -> bool {
    path == PasswordRequest::pattern(Of::Verb) || path == LinkRequest::pattern(Of::Verb)
}

async fn keyed(
    reception: &Arc<Reception>,
    (key, caller): (&HeaderValue, &Caller),
    request: Request<Body>,
    next: Next,
) -> Result<Response<Body>, Failure> {
    let key = key.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST);
    let Some(key) = key.map(str::to_owned) else {
        return Err(Failure::invalid(format!("`{KEY}` must be 1 to {LONGEST} visible characters")));
    };
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await.map_err(|error| unread(LARGEST, &error))?;
    let claim = Claim {
        person: caller.person.name.clone(),
        key,
        request: fingerprint_of(&head, &body),
        at: reception.clock.now(),
    };
    // Whoever hangs up meanwhile asks again, and wants to hear what came of it: so nobody's hanging up ends this.
    let (reception, request) = (Arc::clone(reception), Request::from_parts(head, Body::from(body)));
    let carried = async move { claimed(&reception, &Arc::new(claim), request, next).await };
    let carried = tokio::spawn(carried.in_current_span());
    carried.await.map_err(Failure::bug)?
}

/// Carries a request out that nobody has; else says what came of it, or why nobody can tell.
async fn claimed(
    reception: &Arc<Reception>,
    claim: &Arc<Claim>,
    request: Request<Body>,
    next: Next,
) -> Result<Response<Body>, Failure> {
    match asked(reception, claim, |reception, claim| reception.people.claim(claim)).await? {
        Claimed::New => keep(reception, claim, next.run(request).await).await,
        Claimed::Same(answer) => Ok(again(answer)),
        Claimed::Other => {
            let message = format!("the key `{}` was used for another request", claim.key);
            Err(no("key-reused", message, "take a new key for every request that is another"))
        }
        Claimed::Running { since } if since < reception.since => {
            let message = "this request was under way when the server stopped, and nobody noted what came of it";
            Err(no("key-unfinished", message, "look in the log whether it was done; if not, ask with another key"))
        }
        Claimed::Running { .. } => {
            Err(no("key-running", "this request is being carried out", "wait, and ask again with the same key"))
        }
    }
}

/// Asks the people's database, off the threads that serve.
async fn asked<T: Send + 'static>(
    reception: &Arc<Reception>,
    claim: &Arc<Claim>,
    ask: impl FnOnce(&Reception, &Claim) -> Result<T, switchback_core::words::fault::Fault> + Send + 'static,
) -> Result<T, Failure> {
    let (reception, claim) = (Arc::clone(reception), Arc::clone(claim));
    try_off_thread(move || ask(&reception, &claim).map_err(|fault| said(fault.into()))).await
}

/// Everything that makes a request what it is.
fn fingerprint_of(head: &Parts, body: &Bytes) -> switchback_core::ports::people::fingerprint::Fingerprint {
    let address = head.uri.to_string();
    let telling = TELLING.map(|name| head.headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default());
    let parts = [&[head.method.as_str().as_bytes(), address.as_bytes(), &body[..]], &telling[..]].concat();
    fingerprint::of(&parts)
}

/// Keeps an answer for whoever asks again.
async fn keep(
    reception: &Arc<Reception>,
    claim: &Arc<Claim>,
    answer: Response<Body>,
) -> Result<Response<Body>, Failure> {
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, usize::MAX).await.map_err(Failure::bug)?;
    let kept = Answer { status: head.status.as_u16(), headers: headers(&head.headers), body: without_secret(&body) };
    let passes = head.status == StatusCode::SERVICE_UNAVAILABLE && passes(&body);
    // Where it could not be kept, whoever asks again is told that nobody knows.
    let _ = asked(reception, claim, move |reception, claim| match passes {
        true => reception.people.release(claim),
        false => reception.people.answered(claim, &kept),
    })
    .await;
    Ok(Response::from_parts(head, Body::from(body)))
}

fn passes(body: &[u8]) -> bool {
    let problem = serde_json::from_slice::<Value>(body).unwrap_or_default();
    problem["code"].as_str().is_some_and(|code| PASSING.contains(&code))
}

/// A secret is told once, and kept nowhere.
fn without_secret(body: &[u8]) -> Vec<u8> {
    match serde_json::from_slice::<Value>(body) {
        Ok(Value::Object(mut members)) if members.contains_key("secret") => {
            members.insert("secret".to_owned(), Value::Null);
            Value::Object(members).to_string().into_bytes()
        }
        _ => body.to_vec(),
    }
}

fn headers(headers: &HeaderMap) -> Vec<u8> {
    let kept = KEPT.iter().filter_map(|name| Some((*name, headers.get(*name)?.to_str().ok()?)));
    serde_json::to_vec(&kept.collect::<Vec<_>>()).unwrap_or_default()
}

fn again(answer: Answer) -> Response<Body> {
    let Answer { status, headers, body } = answer;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in serde_json::from_slice::<Vec<(String, String)>>(&headers).unwrap_or_default() {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(AGAIN, HeaderValue::from_static("true"));
    response
}
