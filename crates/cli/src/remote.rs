//! The way to a server elsewhere: requests go over the network (`SPEC W3`).

use crate::keyring;
use http::header::{AUTHORIZATION, COOKIE, SET_COOKIE};
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri};
use std::fmt::Display;
use std::thread::sleep;
use std::time::Duration;
use switchback_api::verbs::session::Present;
use switchback_api::{Context, Failure, Fault, ProblemDetails, Verb, wire};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How long to wait until somebody takes the call; how long an answer takes nobody can say, for deployments are waited for.
const CONNECT: Duration = Duration::from_secs(15);

/// The largest header: warnings travel there.
const HEADERS: usize = 1 << 20;

/// Under which name a request that changes something is known to the server.
const KEY: HeaderName = HeaderName::from_static("idempotency-key");

/// What forms of a session bring.
const FORM: HeaderName = HeaderName::from_static("switchback-form");

/// What a server says of a request that it has under way.
const RUNNING: &str = "key-running";

/// How often in a row a request is sent again that may have got lost.
const TRIES: u32 = 3;

/// How long to wait before.
const PAUSE: Duration = Duration::from_secs(1);

/// Names the token to come with.
const TOKEN: &str = "SWITCHBACK_TOKEN";

/// What was sent when nobody answered.
#[derive(Clone, Copy)]
enum Sent {
    /// A question, which changes nothing.
    Question,
    /// Something that may be done by now.
    Deed,
}

/// Carries requests to a server.
#[derive(Clone)]
pub struct Remote {
    agent: Agent,
    /// Before every address; it has no slash at its end.
    base: String,
    server: Uri,
    pass: Pass,
}

/// What somebody comes with. Nothing of it is ever shown.
#[derive(Clone, Default)]
pub struct Pass(Vec<(HeaderName, HeaderValue)>);

impl Pass {
    /// A token.
    ///
    /// # Errors
    /// A usage failure for what can be none.
    pub fn token(token: &str) -> Result<Self, Failure> {
        Ok(Self(vec![(AUTHORIZATION, hidden(&format!("Bearer {token}"))?)]))
    }

    /// A session: its cookie, and what its forms bring.
    ///
    /// # Errors
    /// A usage failure for what can be none.
    pub fn session(cookie: &str, form: &str) -> Result<Self, Failure> {
        Ok(Self(vec![(COOKIE, hidden(cookie)?), (FORM, hidden(form)?)]))
    }
}

fn hidden(text: &str) -> Result<HeaderValue, Failure> {
    let value = HeaderValue::from_str(text);
    let mut value = value.map_err(|_| Failure::usage("what is given as a token or a session can be none"))?;
    value.set_sensitive(true);
    Ok(value)
}

impl Remote {
    /// To the server at an address, `https://switchback.example.org`, with the token that the environment names, or that
    /// is kept for it.
    ///
    /// # Errors
    /// [`Failure::Usage`] for what is no address of a server.
    pub fn to(server: &str) -> Result<Self, Failure> {
        let nobody = Self::as_nobody(server)?;
        if let Some(token) = std::env::var_os(TOKEN).filter(|token| !token.is_empty()) {
            let pass = token.to_str().and_then(|token| Pass::token(token).ok());
            let no_token = || Failure::usage(format!("what stands in {TOKEN} can be no token"));
            return Ok(nobody.with(pass.ok_or_else(no_token)?));
        }
        match keyring::find(&nobody.server) {
            Some(token) => Ok(nobody.with(Pass::token(&token)?)),
            None => Ok(nobody),
        }
    }

    /// The same with something else.
    #[must_use]
    pub fn with(&self, pass: Pass) -> Self {
        Self { pass, ..self.clone() }
    }

    /// The server.
    pub fn server(&self) -> &Uri {
        &self.server
    }

    /// To the server at an address, as somebody who shows nothing.
    ///
    /// # Errors
    /// [`Failure::Usage`] for what is no address of a server.
    pub fn as_nobody(server: &str) -> Result<Self, Failure> {
        // One that stands already is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let base = server.trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().map_err(|_| no_address(server))?;
        let known = matches!(uri.scheme_str(), Some("http" | "https"));
        if !known || uri.authority().is_none_or(|authority| authority.as_str().contains('@')) || uri.query().is_some() {
            return Err(no_address(server));
        }
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_connect(Some(CONNECT))
            .max_response_header_size(HEADERS)
            .user_agent(concat!("switchback/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent: config.new_agent(), base, server: uri, pass: Pass::default() })
    }

    /// Carries a request, and brings the answer back.
    ///
    /// # Errors
    /// `server-unreachable` when nobody answers.
    pub fn carry(&self, mut request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Failure> {
        let address = format!("{}{}", self.base, request.uri());
        *request.uri_mut() = address.parse().map_err(Failure::bug)?;
        for (name, value) in &self.pass.0 {
            request.headers_mut().insert(name, value.clone());
        }
        if *request.method() == Method::GET {
            return self.send(request);
        }
        // Whether one that got lost was done is known to who knows the key: it is sent again, and done once.
        request.headers_mut().insert(KEY, key()?);
        let mut lost = 0;
        loop {
            match self.send(request.clone()) {
                Ok(answer) if !is_running(&answer) => return Ok(answer),
                Ok(_) => lost = 0,
                Err(failure) if lost == TRIES => return Err(failure),
                Err(_) => lost += 1,
            }
            sleep(PAUSE);
        }
    }

    /// Signs in: who it is that is in, and the cookie of their session.
    ///
    /// # Errors
    /// What the server says instead.
    pub fn signed_in<R: Verb<View = Present>>(&self, asked: &R) -> Result<(Present, String), Failure> {
        let answer = self.carry(wire::encode(asked, &Context::default())?)?;
        let cookie = answer.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let present = wire::view::<R>(&answer)?;
        let pair = cookie.and_then(|cookie| cookie.split(';').next().map(str::to_owned));
        Ok((present, pair.ok_or_else(no_cookie)?))
    }

    fn send(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Failure> {
        let sent = if *request.method() == Method::GET { Sent::Question } else { Sent::Deed };
        let answer = self.agent.run(request).map_err(|error| self.unreachable(&error, sent))?;
        let (head, mut body) = answer.into_parts();
        let bytes = body.with_config().limit(u64::MAX).read_to_vec();
        Ok(Response::from_parts(head, bytes.map_err(|error| self.unreachable(&error, sent))?))
    }

    fn unreachable(&self, error: &dyn Display, sent: Sent) -> Failure {
        let hint = match sent {
            Sent::Deed => "if it was reached, what was asked may be done: look with `switchback log -n 1`",
            Sent::Question => "check the address, and that the server runs",
        };
        Failure::Fault(Fault {
            code: "server-unreachable".to_owned(),
            message: format!("the server at {} did not answer: {error}", self.base),
            hint: hint.to_owned(),
            remedy: None,
        })
    }
}

/// Somebody carries it out already: it was sent before, and only the answer got lost.
fn is_running(answer: &Response<Vec<u8>>) -> bool {
    let is_conflict = answer.status() == StatusCode::CONFLICT;
    let problem = || serde_json::from_slice::<ProblemDetails>(answer.body()).ok();
    is_conflict && problem().is_some_and(|problem| problem.code == RUNNING)
}

/// A name for a request that no other has.
fn key() -> Result<HeaderValue, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(Failure::bug)?;
    HeaderValue::from_str(&format!("{:032x}", u128::from_be_bytes(bytes))).map_err(Failure::bug)
}

fn no_address(server: &str) -> Failure {
    Failure::usage(format!(
        "`{server}` is no address of a server: it looks like `https://switchback.example.org`, without a name or a \
         password in it"
    ))
}

/// A session is kept by its cookie.
fn no_cookie() -> Failure {
    Failure::Fault(Fault {
        code: "server-unreadable".to_owned(),
        message: "the server lets you in, and gives no session".to_owned(),
        hint: "see what stands between you and it: a proxy may keep cookies back".to_owned(),
        remedy: None,
    })
}
