//! Webhooks, signed as Standard Webhooks says: whoever receives one knows from whom it is, and that nobody sends it twice.

use crate::address::Allowed;
use crate::secret::Secret;
use crate::unsent::Unsent;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use ureq::config::Config;
use ureq::http::{StatusCode, Uri, uri::Scheme};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};

/// How long a receiver may take to answer, whatever takes it.
const PATIENCE: Duration = Duration::from_secs(15);

/// How much of an answer's head is read; its body is not.
const HEADERS: usize = 16 << 10;

/// What stands before the digits of a key.
const PREFIX: &str = "whsec_";

/// How many bytes a key has.
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;

/// Signs messages for one receiver.
#[derive(Clone)]
pub struct Key(Vec<u8>);

impl Key {
    /// Reads one, `whsec_` and 24 to 64 bytes in base64; `None` for what is none.
    pub fn parse(secret: &Secret) -> Option<Self> {
        let bytes = BASE64_STANDARD.decode(secret.reveal().strip_prefix(PREFIX)?).ok()?;
        KEY_BYTES.contains(&bytes.len()).then_some(Self(bytes))
    }

    /// What it is made of.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The signature of a message, `v1,…`.
    pub fn sign(&self, message: &Message<'_>) -> String {
        let Message { id, at, body } = message;
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { unreachable!("a key of any length is one") };
        mac.update(format!("{id}.{at}.{body}").as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str("Key(…)")
    }
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// Names it, however often it is sent: ASCII letters, digits, `_` and `-`.
    pub id: &'a str,
    /// When it is sent, in seconds since 1970.
    pub at: i64,
    /// JSON.
    pub body: &'a str,
}

/// Where it is sent to.
#[derive(Clone)]
pub struct Receiver {
    url: Uri,
    key: Key,
}

impl Receiver {
    /// A receiver at an address of the web.
    ///
    /// # Errors
    /// What is wrong with the address, as a clause; it does not repeat it, for there may be a secret in it.
    pub fn new(url: &str, key: Key) -> Result<Self, &'static str> {
        let parsed: Uri = url.parse().map_err(|_| "is no address of the web")?;
        let authority = parsed.authority().ok_or("names no host")?;
        match parsed.scheme_str() {
            Some("http" | "https") => {}
            _ => return Err("begins with neither `https://` nor `http://`"),
        }
        if authority.as_str().contains('@') {
            return Err("holds a name or a password");
        }
        if authority.host().is_empty() {
            return Err("names no host");
        }
        Ok(Self { url: parsed, key })
    }

    /// The host, with its port where it names one.
    pub fn host(&self) -> &str {
        self.url.authority().map_or("", |authority| authority.as_str())
    }
}

impl fmt::Debug for Receiver {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Receiver({})", self.host())
    }
}

/// Sends webhooks. What it connects to is the very address that was looked at.
#[derive(Clone, Debug)]
pub struct Webhooks(Agent);

impl Webhooks {
    /// To public addresses, and those that are allowed.
    pub fn new(allowed: Allowed) -> Self {
        // One that stands already is the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            // A proxy would look names up by itself.
            .proxy(None)
            .max_idle_connections(0)
            .timeout_global(Some(PATIENCE))
            .max_response_header_size(HEADERS)
            .user_agent(concat!("switchback/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(Agent::with_parts(config, DefaultConnector::default(), Looked { allowed: Arc::new(allowed) }))
    }

    /// Asks a receiver's host for nothing but the head of its front page: whether it answers at all, whatever it answers.
    /// Nothing is said of what its address holds beyond the host.
    ///
    /// # Errors
    /// Why it cannot be reached.
    pub fn greet(&self, to: &Receiver) -> Result<(), Unsent> {
        let scheme = to.url.scheme_str().unwrap_or("https");
        match self.0.head(format!("{scheme}://{}/", to.host())).call() {
            Ok(_) => Ok(()),
            Err(error) => Err(unreached(&error)),
        }
    }

    /// Sends a message, once. Whether it was taken is all that is read of the answer.
    ///
    /// # Errors
    /// Why it was not taken, and whether it may be later.
    pub fn send(&self, to: &Receiver, message: &Message<'_>) -> Result<(), Unsent> {
        let request = self
            .0
            .post(&to.url)
            .header("content-type", "application/json")
            .header("webhook-id", message.id)
            .header("webhook-timestamp", message.at.to_string())
            .header("webhook-signature", to.key.sign(message));
        match request.send(message.body) {
            Ok(answer) => judge(answer.status()),
            Err(error) => Err(unreached(&error)),
        }
    }
}

fn judge(status: StatusCode) -> Result<(), Unsent> {
    let code = status.as_u16();
    match code {
        200..=299 => Ok(()),
        300..=399 => Err(Unsent::never(format!("the receiver sends on to elsewhere ({code}), which is not followed"))),
        408 | 425 | 429 | 500..=599 => Err(Unsent::later(format!("the receiver could not take it ({code})"))),
        _ => Err(Unsent::never(format!("the receiver does not take it ({code})"))),
    }
}

/// What is said of an error names no address: what stands in it may be secret.
fn unreached(error: &Error) -> Unsent {
    match error {
        Error::Other(why) if why.is::<Forbidden>() => Unsent::never(why.to_string()),
        Error::HostNotFound => Unsent::later("the receiver's host is not known"),
        Error::Timeout(_) => Unsent::later("the receiver did not answer in time"),
        Error::Io(error) => Unsent::later(format!("the receiver cannot be reached: {}", error.kind())),
        Error::ConnectionFailed => Unsent::later("the receiver cannot be reached"),
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) => {
            Unsent::later("no secure connection to the receiver came about: see its certificate")
        }
        _ => Unsent::later("the receiver answered what is no answer"),
    }
}

/// Looks names up, and gives those addresses alone that may be called.
#[derive(Debug)]
struct Looked {
    allowed: Arc<Allowed>,
}

impl Resolver for Looked {
    fn resolve(&self, uri: &Uri, config: &Config, timeout: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let found = DefaultResolver::default().resolve(uri, config, timeout)?;
        let is_open = uri.scheme() == Some(&Scheme::HTTP);
        let mut kept = self.empty();
        for address in found.iter() {
            match is_open {
                // Over the internet everybody on the way would read it.
                true if self.allowed.names(address.ip()) => kept.push(*address),
                false if self.allowed.may_call(address.ip()) => kept.push(*address),
                _ => {}
            }
        }
        match (kept.is_empty(), is_open) {
            (false, _) => Ok(kept),
            (true, false) => Err(Error::Other(Box::new(Forbidden::NotPublic))),
            (true, true) => Err(Error::Other(Box::new(Forbidden::Open))),
        }
    }
}

/// Why an address is not called.
#[derive(Debug)]
enum Forbidden {
    NotPublic,
    Open,
}

impl fmt::Display for Forbidden {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::NotPublic => "the receiver's address is not public, and the configuration does not allow it",
            Self::Open => "without TLS only addresses are called that the configuration allows",
        })
    }
}

impl std::error::Error for Forbidden {}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Key {
        Key::parse(&Secret::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")).unwrap()
    }

    #[test]
    fn it_signs_as_standard_webhooks_says() {
        let message = Message { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", at: 1_614_265_330, body: "{\"test\": 2432232314}" };
        assert_eq!(key().sign(&message), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn what_is_no_key() {
        for text in ["MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_???"] {
            assert!(Key::parse(&Secret::new(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn what_is_no_receiver() {
        for url in ["ftp://a.example", "https://ann:pw@a.example/x", "/x", "https://", "a b", "file:///etc/passwd"] {
            assert!(Receiver::new(url, key()).is_err(), "{url}");
        }
        let receiver = Receiver::new("https://hooks.example.org/T0/secret?x=1", key()).unwrap();
        assert_eq!(format!("{receiver:?}"), "Receiver(hooks.example.org)", "what is behind the host may be secret");
        assert_eq!(format!("{:?}", key()), "Key(…)");
    }
}
