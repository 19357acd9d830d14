//! Cookies: of a session, and of who is on the way to a provider.

use axum::http::{HeaderMap, HeaderValue, header};
use switchback_people::secret::Secret;

/// The cookie of a session.
const SESSION: &str = "switchback";

/// The cookie of a browser whose person left for a provider.
const LEAVING: &str = "switchback-leaving";

/// In seconds, how long somebody may be on the way.
const ON_THE_WAY: u32 = 600;

/// What a browser is to do with a cookie.
pub enum Cookie {
    /// Keep a session.
    Keep(Secret),
    /// Forget its session.
    Forget,
    /// Keep what proves that its person left from it.
    Leave(Secret),
    /// Forget that.
    Arrive,
}

impl Cookie {
    /// As a header says it; `Secure` also on loopback, which browsers count as safe.
    pub fn written(&self) -> Option<HeaderValue> {
        let (name, value, age) = match self {
            Self::Keep(secret) => (SESSION, secret.reveal(), String::new()),
            Self::Forget => (SESSION, "", "; Max-Age=0".to_owned()),
            Self::Leave(secret) => (LEAVING, secret.reveal(), format!("; Max-Age={ON_THE_WAY}")),
            Self::Arrive => (LEAVING, "", "; Max-Age=0".to_owned()),
        };
        let text = format!("__Host-{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{age}");
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// The secret of the session that a cookie carries.
pub fn session_of(headers: &HeaderMap) -> Option<String> {
    find(headers, |name| name.strip_prefix("__Host-").unwrap_or(name) == SESSION)
}

/// What proves from which browser somebody left. One without the prefix may be of a neighbour's making, who would have
/// somebody sign in as them.
pub fn leaving_of(headers: &HeaderMap) -> Option<String> {
    find(headers, |name| name.strip_prefix("__Host-") == Some(LEAVING))
}

fn find(headers: &HeaderMap, is_wanted: impl Fn(&str) -> bool) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| is_wanted(name)).map(|(_, value)| value.to_owned())
}
