//! Mail by SMTP, over TLS wherever somebody could listen.

use crate::letter::Letter;
use crate::secret::Secret;
use crate::unsent::Unsent;
use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{Error, SmtpTransport};
use lettre::{Address, Message, Transport as _};
use std::net::IpAddr;
use std::time::Duration;

/// How long a mail server may take for each answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where mail is handed in: `smtp://user@host:587`, `smtps://host`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MailServer {
    host: String,
    port: u16,
    user: Option<String>,
    cover: Cover,
}

/// How the connection is kept from others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Cover {
    /// Plain first, then TLS, or nothing is sent.
    StartTls,
    /// TLS from the beginning.
    Tls,
    /// Nobody stands between: it is this machine.
    Loopback,
}

impl MailServer {
    /// Reads where mail is handed in.
    ///
    /// # Errors
    /// What is wrong with it, as a clause. It is not repeated, for there may be a password in it.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let (scheme, rest) = text.split_once("://").ok_or("begins with neither `smtp://` nor `smtps://`")?;
        let rest = rest.strip_suffix('/').unwrap_or(rest);
        let (user, place) = match rest.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, rest),
        };
        if user.is_some_and(|user| user.contains(':')) {
            return Err("holds a password, which belongs where only the server reads it");
        }
        if place.is_empty() || place.contains(['/', '?', '#']) || place.contains(char::is_whitespace) {
            return Err("names no host");
        }
        let (host, port) = split(place).ok_or("names no port that there is")?;
        let (cover, usual) = match scheme {
            "smtp" if is_loopback(host) => (Cover::Loopback, 25),
            "smtp" => (Cover::StartTls, 587),
            "smtps" => (Cover::Tls, 465),
            _ => return Err("begins with neither `smtp://` nor `smtps://`"),
        };
        let user = user.map(decoded).filter(|user| !user.is_empty());
        Ok(Self { host: host.to_owned(), port: port.unwrap_or(usual), user, cover })
    }

    /// Whether it wants to know who hands mail in.
    pub fn has_user(&self) -> bool {
        self.user.is_some()
    }

    /// The host, for people to read.
    pub fn host(&self) -> &str {
        &self.host
    }
}

/// A host and perhaps a port; an address of the new kind stands in brackets.
fn split(place: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some(port) => Some((host, Some(port.parse().ok()?))),
            None => rest.is_empty().then_some((host, None)),
        };
    }
    match place.rsplit_once(':') {
        Some((host, port)) => (!host.is_empty()).then_some((host, Some(port.parse().ok()?))),
        None => Some((place, None)),
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A user's name may be an address of mail, whose `@` is written `%40`.
fn decoded(text: &str) -> String {
    text.replace("%40", "@")
}

/// Hands mail in.
#[derive(Clone)]
pub struct Mailer {
    transport: SmtpTransport,
    from: Mailbox,
}

impl Mailer {
    /// From somebody, `Switchback <switchback@example.org>`, by a mail server.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn new(from: &str, server: &MailServer, password: Option<&Secret>) -> Result<Self, String> {
        let from: Mailbox = from.parse().map_err(|_| format!("`{from}` is no address that mail could come from"))?;
        let tls = || TlsParameters::new(server.host.clone()).map_err(|error| format!("there is no TLS: {error}"));
        let cover = match server.cover {
            Cover::StartTls => Tls::Required(tls()?),
            Cover::Tls => Tls::Wrapper(tls()?),
            Cover::Loopback => Tls::None,
        };
        let hello = ClientId::Domain(from.email.domain().to_owned());
        let mut builder = SmtpTransport::builder_dangerous(&server.host)
            .port(server.port)
            .tls(cover)
            .hello_name(hello)
            .timeout(Some(PATIENCE));
        if let (Some(user), Some(password)) = (&server.user, password) {
            builder = builder.credentials(Credentials::new(user.clone(), password.reveal().to_owned()));
        }
        Ok(Self { transport: builder.build(), from })
    }

    /// Comes to the mail server as if to hand something in, and leaves again.
    ///
    /// # Errors
    /// Why it does not let anybody in.
    pub fn greet(&self) -> Result<(), Unsent> {
        match self.transport.test_connection() {
            Ok(true) => Ok(()),
            Ok(false) => Err(Unsent::later("it answers what is no answer")),
            Err(error) => Err(Unsent::later(error.to_string())),
        }
    }

    /// Hands a letter in for somebody at an address, once.
    ///
    /// # Errors
    /// Why it was not taken, and whether it may be later.
    pub fn send(&self, letter: &Letter, to: &str) -> Result<(), Unsent> {
        let Ok(address) = to.parse::<Address>() else {
            return Err(Unsent::never("the person's address is none that mail could be sent to"));
        };
        let id = format!("<{}@{}>", letter.id, self.from.email.domain());
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, address))
            .subject(letter.head())
            .message_id(Some(id))
            .header(ByItself)
            .multipart(MultiPart::alternative_plain_html(letter.text(), letter.html()))
            .map_err(|error| Unsent::never(format!("no mail can be made of it: {error}")))?;
        self.transport.send(&message).map(drop).map_err(|error| not_taken(&error, to))
    }
}

/// What a mail server says may repeat the address, which is nobody's who reads why it was not sent.
fn not_taken(error: &Error, to: &str) -> Unsent {
    let said = error.to_string().replace(to, "that address");
    let why = format!("the mail server did not take it: {said}");
    let refused = error.status().map(|code| code.to_string());
    // Who hands it in is not known, or not in this way: none of the recipient's doing, and somebody will mend it.
    let is_about_us = refused.is_some_and(|code| matches!(code.as_str(), "530" | "534" | "535" | "538"));
    match error.is_permanent() && !is_about_us {
        true => Unsent::never(why),
        false => Unsent::later(why),
    }
}

/// Nobody wrote it, so nobody's holiday need answer it.
#[derive(Clone)]
struct ByItself;

impl Header for ByItself {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<(String, u16, Option<String>, Cover), &'static str> {
        MailServer::parse(text).map(|server| (server.host, server.port, server.user, server.cover))
    }

    #[test]
    fn where_mail_is_handed_in() {
        let host = || "mx.example.org".to_owned();
        assert_eq!(read("smtp://mx.example.org"), Ok((host(), 587, None, Cover::StartTls)));
        assert_eq!(read("smtps://mx.example.org/"), Ok((host(), 465, None, Cover::Tls)));
        let user = Some("a@b.example".to_owned());
        assert_eq!(read("smtp://a%40b.example@mx.example.org:25"), Ok((host(), 25, user, Cover::StartTls)));
        assert_eq!(read("smtp://127.0.0.1:2525"), Ok(("127.0.0.1".to_owned(), 2525, None, Cover::Loopback)));
        assert_eq!(read("smtp://[::1]:2525"), Ok(("::1".to_owned(), 2525, None, Cover::Loopback)));
        for bad in
            ["mx.example.org", "http://mx", "smtp://", "smtp://a:b@mx", "smtp://mx:99999", "smtp://mx/x", "smtp://:25"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
