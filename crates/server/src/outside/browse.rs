//! What a browser is answered on the way: sent on, or told in words that somebody reads.

use super::arrive::{Arrived, Came, Turned, arrive};
use super::kept::{Waiting, Wish};
use super::{back_to, begin};
use crate::cookie::{Cookie, leaving_of, session_of};
use crate::door::failed;
use crate::off_thread::try_off_thread;
use crate::reception::Reception;
use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{ConnectInfo, Path, Query, State};
use axum::http::{Extensions, HeaderMap, HeaderValue, Response, StatusCode, header};
use axum::routing::get;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use switchback_api::address::BASE;
use switchback_api::handover;
use switchback_api::{Failure, ProblemDetails};
use switchback_core::ports::people::fingerprint::Fingerprint;
use tracing::warn;

/// Where a browser leaves and comes back.
pub fn routes() -> Router<Arc<Reception>> {
    Router::new()
        .route(&format!("{BASE}/sign-in/oidc/{{provider}}"), get(leave))
        .route(&format!("{BASE}/sign-in/oidc/{{provider}}/callback"), get(come_back))
}

/// What somebody says who leaves.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Leave {
    #[serde(rename = "return")]
    back: Option<String>,
    handover: Option<String>,
    port: Option<u16>,
}

/// What a provider has somebody bring back. It may say more, which is nothing to us.
#[derive(Deserialize)]
struct Brought {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    #[serde(rename = "iss")]
    issuer: Option<String>,
}

/// What a browser comes with.
type Heads = (HeaderMap, Extensions);

async fn leave(
    State(reception): State<Arc<Reception>>,
    Path(name): Path<String>,
    said: Result<Query<Leave>, QueryRejection>,
    request: axum::extract::Request,
) -> Response<Body> {
    let heads = heads(request);
    let provider = name.clone();
    let (holds, from) = (leaving_of(&heads.0), from(&heads.1));
    let begun = async {
        let Query(said) = said.map_err(Failure::invalid)?;
        let wish = wish_of(&said)?;
        let (reception, waiting) = (Arc::clone(&reception), wish.waiting());
        let begun = try_off_thread(move || begin(&reception, &name, wish, (holds.as_deref(), from))).await;
        begun.map_err(|why| Turned { why: Box::new(why), waiting })
    };
    match begun.await {
        Ok((address, browser)) => sent_on(&address, &[Cookie::Leave(browser)]),
        Err(turned) => told(turned, &provider, (&heads.0, &reception)),
    }
}

fn wish_of(said: &Leave) -> Result<Wish, Failure> {
    match (&said.handover, said.port) {
        (None, None) => Ok(Wish::Session { back: back_to(said.back.as_deref())? }),
        (None, Some(_)) => Err(Failure::invalid("a `port` is where something is handed over, and nothing is")),
        (Some(challenge), port) => {
            let challenge = Fingerprint::parse(challenge);
            let challenge =
                challenge.ok_or_else(|| Failure::invalid("`handover` is no SHA-256 in hexadecimal digits"))?;
            if port == Some(0) || said.back.is_some() {
                return Err(Failure::invalid("what is handed over goes to a port above 0, and to nowhere else"));
            }
            Ok(Wish::Handover { challenge, port })
        }
    }
}

async fn come_back(
    State(reception): State<Arc<Reception>>,
    Path(provider): Path<String>,
    brought: Result<Query<Brought>, QueryRejection>,
    request: axum::extract::Request,
) -> Response<Body> {
    let heads = heads(request);
    let name = provider.clone();
    let arrived = async {
        let Query(Brought { state, code, error, issuer }) = brought.map_err(Failure::invalid)?;
        let agent = heads.0.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let came = Came {
            provider,
            state,
            code,
            error,
            issuer,
            holds: leaving_of(&heads.0),
            session: session_of(&heads.0),
            agent: agent.to_owned(),
            from: from(&heads.1),
        };
        let reception = Arc::clone(&reception);
        try_off_thread(move || Ok(arrive(&reception, &came))).await?
    };
    match arrived.await {
        Ok(Arrived::In { secret, back }) => sent_on(&back, &[Cookie::Keep(secret), Cookie::Arrive]),
        Ok(Arrived::Linked { back }) => sent_on(&back, &[Cookie::Arrive]),
        Ok(Arrived::For { secret, port: Some(port) }) => {
            handed_over(&handover::Brought::Code(switchback_api::Secret::new(secret.reveal())), port)
        }
        Ok(Arrived::For { secret, port: None }) => {
            let text = format!(
                "Switchback\n\nType this at the command line that you began to sign in at, within ten minutes:\n\n  {}\n\n\
                 Give it to nobody: whoever asks you for it wants to come in as you.\n",
                secret.reveal()
            );
            with(page(StatusCode::OK, text), &[Cookie::Arrive])
        }
        Err(turned) => told(turned, &name, (&heads.0, &reception)),
    }
}

fn heads(request: axum::extract::Request) -> Heads {
    let (head, _) = request.into_parts();
    (head.headers, head.extensions)
}

fn from(extensions: &Extensions) -> IpAddr {
    let from = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(from)| from.ip());
    from.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST))
}

fn sent_on(address: &str, cookies: &[Cookie]) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    match HeaderValue::from_str(address) {
        Ok(address) => response.headers_mut().insert(header::LOCATION, address),
        Err(error) => return failed(Failure::bug(error)),
    };
    with(response, cookies)
}

/// A browser takes to a command line what that waits for.
fn handed_over(brought: &handover::Brought, port: u16) -> Response<Body> {
    match brought.address(port) {
        Ok(address) => sent_on(&address, &[Cookie::Arrive]),
        Err(failure) => failed(failure),
    }
}

fn with(mut response: Response<Body>, cookies: &[Cookie]) -> Response<Body> {
    for cookie in cookies.iter().filter_map(Cookie::written) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// A "no" in words where a browser shows them; programs are told as everywhere. A command line that waits for what comes of
/// it is told by way of the browser, and says it in both. The log has it either way: nothing that was
/// brought stands in it.
fn told(turned: Turned, provider: &str, (headers, reception): (&HeaderMap, &Reception)) -> Response<Body> {
    let Turned { why: failure, waiting } = turned;
    let problem = ProblemDetails::from((*failure).clone());
    warn!(provider, code = problem.code, reason = problem.detail, "nobody came in by a provider");
    if let Some(Waiting { port, challenge }) = waiting {
        reception.meters.refused(&problem.code);
        let brought = handover::Brought::No { challenge: challenge.to_string(), why: failure };
        return handed_over(&brought, port);
    }
    let wants = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !wants.contains("text/html") {
        return failed(*failure);
    }
    // A problem is counted where it is said; this one is text.
    reception.meters.refused(&problem.code);
    let ProblemDetails { detail, hint, code, .. } = problem;
    let [detail, hint] = [detail, hint].map(sentence);
    page(failure.status(), format!("Switchback\n\n{detail}\n{hint}\n\n[{code}]\n"))
}

/// Clauses as sentences, for whoever reads nothing else.
fn sentence(clause: String) -> String {
    let mut letters = clause.trim_end_matches('.').chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

fn page(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
