//! Sends spans to a collector. Whoever works never waits for it: a thread of its own sends, and what cannot be sent is lost.
//! That a collector is away is said once, and that it is back.

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tracing::{info, warn};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

/// How long a collector may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Posts batches, and knows whether the last one was taken.
#[derive(Debug)]
pub struct Sender {
    agent: Agent,
    host: String,
    is_away: AtomicBool,
}

impl Sender {
    /// To one address; the log calls it by its host, for the rest may be secret.
    pub fn to(address: &str) -> Self {
        // One that stands already is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder().tls_config(tls).http_status_as_error(false).max_redirects(0);
        let agent = config.timeout_global(Some(PATIENCE)).build().new_agent();
        let uri: Option<ureq::http::Uri> = address.parse().ok();
        let host = uri.and_then(|uri| Some(uri.host()?.to_owned())).unwrap_or_default();
        Self { agent, host, is_away: AtomicBool::new(false) }
    }

    /// Whether the collector answers at all.
    ///
    /// # Errors
    /// Why it cannot be reached. The address is not repeated: there may be a secret in it.
    pub fn greet(&self, address: &str) -> Result<(), String> {
        match self.agent.head(address).call() {
            Ok(_) => Ok(()),
            Err(ureq::Error::HostNotFound) => Err("its host is not known".to_owned()),
            Err(ureq::Error::Timeout(_)) => Err("it did not answer in time".to_owned()),
            Err(ureq::Error::Tls(_) | ureq::Error::Rustls(_)) => {
                Err("no secure connection came about: see its certificate".to_owned())
            }
            Err(_) => Err("it cannot be reached".to_owned()),
        }
    }

    fn post(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (head, body) = request.into_parts();
        let answer = self.agent.run(Request::from_parts(head, body.to_vec()))?;
        let (head, mut body) = answer.into_parts();
        Ok(Response::from_parts(head, body.read_to_vec()?.into()))
    }

    /// Says what became of a batch where it is another than of the one before.
    fn say(&self, came: Result<u16, String>) {
        let host = &self.host;
        match came {
            Ok(status) if (200..300).contains(&status) => {
                if self.is_away.swap(false, Ordering::Relaxed) {
                    info!(host, "the collector takes spans again");
                }
            }
            other => {
                let reason = other.map_or_else(|why| why, |status| format!("it answers {status}"));
                if !self.is_away.swap(true, Ordering::Relaxed) {
                    warn!(host, reason, "the collector takes no spans; they are lost until it does");
                }
            }
        }
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let answer = self.post(request);
        self.say(answer.as_ref().map(|answer| answer.status().as_u16()).map_err(ToString::to_string));
        Ok(answer?)
    }
}
