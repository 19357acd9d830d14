//! A provider, as the server's administrator names it.

use crate::address::is_safe;
use crate::line::Line;
use crate::metadata::Known;
use crate::unproved::Unproved;
use openidconnect::url::Url;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use ureq::tls::{Certificate, PemItem, parse_pem};

/// What somebody says of a provider.
#[derive(Clone, Default)]
pub struct Named {
    /// How addresses and people call it.
    pub name: String,
    /// Its own address, exactly as it calls itself.
    pub issuer: String,
    /// How it calls this server.
    pub client_id: String,
    /// What this server proves itself with there; `None` for a client that has no secret.
    pub client_secret: Option<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that says what somebody is called.
    pub name_claim: String,
    /// The claim that says in which groups they are.
    pub groups_claim: String,
    /// Certificates in PEM that its own may be signed by, in place of those that the system trusts.
    pub ca: Option<Vec<u8>>,
}

/// A provider that can be asked. What it says of itself is kept for an hour.
pub struct Provider {
    pub(crate) named: Named,
    pub(crate) line: Line,
    known: Mutex<Option<Arc<Known>>>,
}

impl Provider {
    /// A provider. It is not asked anything yet: one that is away keeps no server from starting.
    ///
    /// # Errors
    /// What is wrong, as a clause after the key that it is about.
    pub fn new(named: Named) -> Result<Self, (&'static str, &'static str)> {
        let url: Url = named.issuer.parse().map_err(|_| ("issuer", "is no address of the web"))?;
        if !is_safe(&url) {
            return Err(("issuer", "does not begin with `https://`, and is not on this machine"));
        }
        let odd = url.query().is_some() || url.fragment().is_some() || !url.username().is_empty();
        if odd || url.password().is_some() {
            return Err(("issuer", "holds more than an address"));
        }
        let ca = named.ca.as_deref().map(certificates).transpose().map_err(|why| ("ca", why))?;
        Ok(Self { line: Line::new(ca), known: Mutex::default(), named })
    }

    /// How addresses and people call it.
    pub fn name(&self) -> &str {
        &self.named.name
    }

    /// Its own address; with what it calls somebody, that is who they are.
    pub fn issuer(&self) -> &str {
        &self.named.issuer
    }

    /// Asks it what it says of itself, which is believed from then on.
    ///
    /// # Errors
    /// Why it cannot be asked, or what it says does not fit.
    pub fn greet(&self, now: i64) -> Result<(), Unproved> {
        self.look(now).map(drop)
    }

    /// What is known of it at a moment; it is asked if that is nothing, or too old.
    pub(crate) fn known(&self, now: i64) -> Result<Arc<Known>, Unproved> {
        match self.known_already().filter(|known| known.holds(now)) {
            Some(known) => Ok(known),
            None => self.look(now),
        }
    }

    /// What is known of it without asking.
    pub(crate) fn known_already(&self) -> Option<Arc<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks it anew.
    pub(crate) fn look(&self, now: i64) -> Result<Arc<Known>, Unproved> {
        let known = Arc::new(Known::ask(&self.named.issuer, &self.line, now)?);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&known));
        Ok(known)
    }
}

/// Names no secret.
impl fmt::Debug for Provider {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "Provider({})", self.named.name)
    }
}

fn certificates(pem: &[u8]) -> Result<Vec<Certificate<'static>>, &'static str> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(one)) => found.push(one),
            Ok(_) => {}
            Err(_) => return Err("is no PEM"),
        }
    }
    if found.is_empty() { Err("holds no certificate") } else { Ok(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_no_issuer() {
        let of = |issuer: &str| Provider::new(Named { issuer: issuer.to_owned(), ..Named::default() });
        for bad in [
            "idp",
            "http://idp.example.org",
            "http://127.0.0.1.example.org",
            "ftp://idp.example.org",
            "https://ann:pw@idp.example.org",
            "https://idp.example.org/?a=b",
            "https://idp.example.org/#a",
        ] {
            assert_eq!(of(bad).unwrap_err().0, "issuer", "{bad}");
        }
        for good in
            ["https://idp.example.org/realms/shop", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"]
        {
            assert!(of(good).is_ok(), "{good}");
        }
        let named = Named {
            issuer: "https://a.example".to_owned(),
            client_secret: Some("hush".to_owned()),
            ..Named::default()
        };
        let with = |ca: &[u8]| Provider::new(Named { ca: Some(ca.to_vec()), ..named.clone() });
        assert_eq!(with(b"no").unwrap_err(), ("ca", "holds no certificate"));
        assert!(!format!("{:?}", Provider::new(named.clone())).contains("hush"));
    }
}
