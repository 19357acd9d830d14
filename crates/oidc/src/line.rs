//! The line to a provider: over TLS unless it is on this machine, bounded in time and size, and never led elsewhere.

use crate::address::is_safe;
use crate::unproved::Unproved;
use openidconnect::url::Url;
use openidconnect::{HttpRequest, HttpResponse};
use std::time::Duration;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::{Agent, Error};

/// How long a provider may take to answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How much of an answer is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// How much of an answer's head is read.
const HEADERS: usize = 64 << 10;

/// Asks one provider.
pub(crate) struct Line(Agent);

impl Line {
    /// One that trusts these certificates, or those that the system trusts.
    pub(crate) fn new(ca: Option<Vec<Certificate<'static>>>) -> Self {
        // One that stands already is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let roots = ca.map_or(RootCerts::PlatformVerifier, RootCerts::from);
        let config = Agent::config_builder()
            .tls_config(TlsConfig::builder().root_certs(roots).build())
            .http_status_as_error(false)
            .max_redirects(0)
            .max_idle_connections(0)
            .timeout_global(Some(PATIENCE))
            .max_response_header_size(HEADERS)
            .user_agent(concat!("switchback/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(config.new_agent())
    }

    /// Asks, and reads the answer whole.
    pub(crate) fn ask(&self, request: HttpRequest) -> Result<HttpResponse, Unproved> {
        let is_safe = request.uri().to_string().parse().is_ok_and(|url: Url| is_safe(&url));
        if !is_safe {
            return Err(away("it names an address that is not asked over TLS"));
        }
        let answer = self.0.run(request).map_err(|error| away(unreached(&error)))?;
        let status = answer.status().as_u16();
        if status >= 500 || (300..400).contains(&status) {
            return Err(away(format!("it answers with the status {status}")));
        }
        let (head, mut body) = answer.into_parts();
        let read = body.with_config().limit(LARGEST).read_to_vec();
        Ok(HttpResponse::from_parts(head, read.map_err(|error| away(unreached(&error)))?))
    }
}

/// What is said where a provider cannot be asked.
pub(crate) fn away(why: impl Into<String>) -> Unproved {
    Unproved::Away(why.into())
}

fn unreached(error: &Error) -> String {
    match error {
        Error::HostNotFound => "its host is not known".to_owned(),
        Error::Timeout(_) => "it did not answer in time".to_owned(),
        Error::Io(error) => format!("it cannot be reached: {}", error.kind()),
        Error::ConnectionFailed => "it cannot be reached".to_owned(),
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) => {
            "no secure connection came about: see its certificate, and `ca`".to_owned()
        }
        Error::BodyExceedsLimit(_) => "its answer is too large".to_owned(),
        _ => "it answers what is no answer".to_owned(),
    }
}
