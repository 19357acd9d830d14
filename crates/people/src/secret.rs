//! Secrets that are handed out once: of a session, an API token, an invitation. Only their fingerprints are kept.

use crate::{fingerprint, random};
use base64ct::{Base64UrlUnpadded, Encoding};
use std::fmt;
use subtle::ConstantTimeEq;
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::words::fault::Fault;

/// How many random bytes a secret has: more than anybody tries in the life of the sun.
const BYTES: usize = 32;

/// What a secret is for. It begins with a word for that, so that one which leaks is recognised, and none passes for
/// another.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// What a browser holds while somebody is signed in.
    Session,
    /// What a program comes in with.
    ApiToken,
    /// What stands in a link.
    Invitation,
    /// What a form of a session brings.
    Form,
    /// What somebody who leaves for a provider brings back from there.
    State,
    /// What their browser holds meanwhile.
    Browser,
    /// What a command line is handed over when its person signed in elsewhere.
    Handover,
}

impl Kind {
    fn prefix(self) -> &'static str {
        match self {
            Self::Session => "sbs_",
            Self::ApiToken => "sbt_",
            Self::Invitation => "sbi_",
            Self::Form => "sbf_",
            Self::State => "sbx_",
            Self::Browser => "sbw_",
            Self::Handover => "sbh_",
        }
    }
}

/// A secret: `sbs_` and 43 letters, digits, `-` and `_`, which stand for 256 random bits.
#[derive(Clone)]
pub struct Secret {
    kind: Kind,
    text: String,
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// `no-randomness`.
    pub fn new(kind: Kind) -> Result<Self, Fault> {
        let bytes: [u8; BYTES] = random::bytes()?;
        Ok(Self { kind, text: format!("{}{}", kind.prefix(), Base64UrlUnpadded::encode_string(&bytes)) })
    }

    /// Reads one that somebody brings; `None` for what can be none of that kind, which nobody need look up.
    pub fn parse(kind: Kind, text: &str) -> Option<Self> {
        let digits = text.strip_prefix(kind.prefix())?;
        let mut bytes = [0; BYTES];
        let read = Base64UrlUnpadded::decode(digits, &mut bytes).ok()?;
        (read.len() == BYTES).then(|| Self { kind, text: text.to_owned() })
    }

    /// What is kept in its place.
    pub fn fingerprint(&self) -> Fingerprint {
        fingerprint::of_secret(&self.text)
    }

    /// The secret itself, for whoever it is made for.
    pub fn reveal(&self) -> &str {
        &self.text
    }
}

/// Shows what it is for and no more: what is printed ends up in logs.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({}…)", self.kind.prefix())
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub fn same(one: &str, other: &str) -> bool {
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [Kind; 7] =
        [Kind::Session, Kind::ApiToken, Kind::Invitation, Kind::Form, Kind::State, Kind::Browser, Kind::Handover];

    #[test]
    fn a_secret_is_read_as_its_own_kind_only() {
        for kind in KINDS {
            let secret = Secret::new(kind).unwrap();
            let text = secret.reveal();
            assert_eq!(text.len(), 47, "{text}");
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
            for other in KINDS {
                assert_eq!(Secret::parse(other, text).is_some(), other == kind);
            }
            assert_eq!(Secret::parse(kind, text).unwrap().fingerprint(), secret.fingerprint());
        }
    }

    #[test]
    fn what_can_be_no_secret() {
        let text = Secret::new(Kind::Session).unwrap().reveal().to_owned();
        let cut = &text[..46];
        for bad in ["", "sbs_", cut, &format!("{text}A"), &format!("{text}="), &format!(" {text}"), &format!("{cut}é")]
        {
            assert!(Secret::parse(Kind::Session, bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn no_two_are_alike() {
        let secrets: std::collections::BTreeSet<_> =
            (0..100).map(|_| Secret::new(Kind::ApiToken).unwrap().fingerprint()).collect();
        assert_eq!(secrets.len(), 100);
    }

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::new(Kind::Invitation).unwrap();
        assert_eq!(format!("{secret:?} {:?}", Some(&secret)), "Secret(sbi_…) Some(Secret(sbi_…))");
    }

    #[test]
    fn texts_are_compared_whole() {
        assert!(same("", "") && same("abc", "abc"));
        assert!(!same("abc", "abd") && !same("abc", "ab") && !same("", "a"));
    }
}
