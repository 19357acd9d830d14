//! Which addresses a remote may have. What an address makes git run, and whom it tells what, is decided here and not by
//! git: no helper programs, no options that look like addresses, no secrets, nothing in the clear.

use std::fmt;
use switchback_core::words::fault::Fault;

/// The address of a remote repository.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteUrl {
    text: String,
    reach: Reach,
    user: Option<String>,
    /// None where it is a folder.
    host: Option<(String, Option<u16>)>,
}

/// Whether a remote may be a folder of this machine.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LocalRemotes {
    /// It may not: whoever names one would read what the server may read.
    Refused,
    /// It may.
    Allowed,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reach {
    Https,
    Ssh,
    File,
}

impl RemoteUrl {
    /// Reads an address: `https://…`, `ssh://…`, `user@host:path`, and where that is allowed a folder.
    ///
    /// # Errors
    /// `remote-address-refused`.
    pub fn parse(text: &str, local: LocalRemotes) -> Result<Self, Fault> {
        let refused = |why: &str| Err(refused(text, why));
        if text.is_empty() || text.starts_with('-') {
            return refused("is no address");
        }
        if text.chars().any(|char| char.is_control() || char.is_whitespace()) {
            return refused("holds white space");
        }
        let (reach, named) = match text.split_once("://") {
            Some(("https", rest)) => (Reach::Https, authority(rest)),
            Some(("ssh", rest)) => (Reach::Ssh, authority(rest)),
            Some(("file", rest)) if rest.starts_with('/') => (Reach::File, Ok(Named::default())),
            Some(_) => return refused("is neither https nor ssh"),
            None => match text.split_once(':') {
                _ if text.starts_with('/') => (Reach::File, Ok(Named::default())),
                Some((_, path)) if path.starts_with(':') => return refused("names a helper program"),
                // git would take what is meant as a password for a path.
                Some((_, path)) if path.split('/').next().is_some_and(|first| first.contains('@')) => {
                    return refused("carries a password");
                }
                Some((host, _)) if !host.contains('/') => (Reach::Ssh, authority(host)),
                _ => return refused("is neither an address nor a whole path"),
            },
        };
        if reach == Reach::File && local == LocalRemotes::Refused {
            return refused("is a folder of this machine");
        }
        match named {
            Ok(Named { user, host }) => Ok(Self { text: text.to_owned(), reach, user, host }),
            Err(why) => refused(why),
        }
    }

    /// As it was written.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Who the address says somebody is.
    pub(super) fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }

    /// The host; none where it is a folder.
    pub(super) fn host(&self) -> Option<&str> {
        self.host.as_ref().map(|(host, _)| host.as_str())
    }

    /// The port, where one is named.
    pub(super) fn port(&self) -> Option<u16> {
        self.host.as_ref().and_then(|(_, port)| *port)
    }

    /// The only way by which git may go there.
    pub(super) fn protocol(&self) -> &'static str {
        match self.reach {
            Reach::Https => "https",
            Reach::Ssh => "ssh",
            Reach::File => "file",
        }
    }
}

impl fmt::Display for RemoteUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What an address names before its path.
#[derive(Default)]
struct Named {
    user: Option<String>,
    host: Option<(String, Option<u16>)>,
}

/// The host, and who is named before it, if anybody.
fn authority(rest: &str) -> Result<Named, &'static str> {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    match user {
        _ if host.is_empty() || host.starts_with('-') => Err("names no host"),
        Some(user) if user.contains(':') => Err("carries a password"),
        Some(user) if user.is_empty() || user.starts_with('-') => Err("names nobody before `@`"),
        user => Ok(Named { user: user.map(str::to_owned), host: Some(with_port(host)?) }),
    }
}

/// A host in brackets is an address of the new kind.
fn with_port(authority: &str) -> Result<(String, Option<u16>), &'static str> {
    let (host, rest) = match authority.strip_prefix('[') {
        Some(inner) => inner.split_once(']').ok_or("names no host")?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    match rest.strip_prefix(':') {
        _ if host.is_empty() => Err("names no host"),
        None | Some("") => Ok((host.to_owned(), None)),
        Some(port) => Ok((host.to_owned(), Some(port.parse().map_err(|_| "names no port")?))),
    }
}

fn refused(text: &str, why: &str) -> Fault {
    // What may be a secret is not repeated.
    let shown = match text.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => text.to_owned(),
    };
    Fault::new(
        "remote-address-refused",
        format!("`{shown}` cannot be a remote: it {why}"),
        "name it as `https://HOST/PATH`, `ssh://HOST/PATH` or `USER@HOST:PATH`, with credentials by reference alone",
    )
}

#[cfg(test)]
mod tests {
    use super::{LocalRemotes, RemoteUrl};

    #[test]
    fn addresses_are_taken_or_refused() {
        let taken = |text: &str, local| RemoteUrl::parse(text, local).is_ok();
        let good = ["https://shop.example.org/shop.git", "https://bot@shop.example.org/shop.git", "git@host:shop.git"];
        for text in good.into_iter().chain(["ssh://git@host:2222/shop.git", "host:shop.git"]) {
            assert!(taken(text, LocalRemotes::Refused), "{text}");
        }
        for text in ["file:///srv/shop.git", "/srv/shop.git"] {
            assert_eq!(
                (taken(text, LocalRemotes::Refused), taken(text, LocalRemotes::Allowed)),
                (false, true),
                "{text}"
            );
        }
        let bad = ["", "-u", "ext::sh -c id", "ext::id", "http://host/x", "git://host/x", "https://a:b@host/x"];
        let worse =
            ["ssh://-oProxyCommand=id/x", "-oProxyCommand=id:x", "a:b@host:x", "https://", "shop.git", "../shop"];
        for text in bad.into_iter().chain(worse).chain([
            "file://host/x",
            "fd::3",
            "https://host/a b",
            "https://@h/x",
            "https://h:x/y",
        ]) {
            assert!(!taken(text, LocalRemotes::Allowed), "{text}");
        }
        for (text, host, port) in [
            ("https://bot@h.example.org:8443/x", "h.example.org", Some(8443)),
            ("ssh://git@[2001:db8::1]:22/x", "2001:db8::1", Some(22)),
            ("git@host:shop.git", "host", None),
        ] {
            let url = RemoteUrl::parse(text, LocalRemotes::Refused).unwrap();
            assert_eq!((url.host(), url.port()), (Some(host), port), "{text}");
        }
        let said = RemoteUrl::parse("https://ann:s3cret@host/x", LocalRemotes::Refused).unwrap_err();
        assert!(!said.message.contains("s3cret"), "{said}");
    }
}
