//! Calls by which git hosts tell that somebody pushed, and what proves that they come from there (`SPEC W4`): a signature
//! over the body for most, a word in a header for some. Nothing a call says is taken from it; it only makes somebody look.

use crate::secret::Secret;
use crate::webhook::Key;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Headers in which hosts sign the body, with what stands before the digits: GitHub (and Gitea), Forgejo, Gitea, Bitbucket.
const SIGNED: [(&str, &str); 4] = [
    ("x-hub-signature-256", "sha256="),
    ("x-forgejo-signature", ""),
    ("x-gitea-signature", ""),
    ("x-hub-signature", "sha256="),
];

/// The header in which GitLab says a word that was agreed upon.
const WORD: &str = "x-gitlab-token";

/// The headers of a signature as Standard Webhooks says, which GitLab makes too: what names the call, when it was made,
/// and its signatures.
const STANDARD: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

/// How far the clocks of two machines may be apart, in seconds.
const APART: i64 = 5 * 60;

/// What proves a call. The body is read past it, and never kept.
pub struct Proof {
    /// What was agreed upon has been said already.
    said: bool,
    body: Hmac<Sha256>,
    claims: Vec<Vec<u8>>,
    standard: Option<(Hmac<Sha256>, Vec<Vec<u8>>)>,
}

impl Proof {
    /// Reads what a call claims from its headers, which are asked for in small letters. `now` is in seconds since 1970.
    pub fn begin<'a>(secret: &Secret, header: impl Fn(&str) -> Option<&'a str>, now: i64) -> Self {
        let mac = |key: &[u8]| match Hmac::<Sha256>::new_from_slice(key) {
            Ok(mac) => mac,
            Err(_) => unreachable!("a key of any length is one"),
        };
        let key = secret.reveal().as_bytes();
        let signed = SIGNED.iter().filter_map(|(name, before)| digits(header(name)?.strip_prefix(before)?));
        let [id, at, signatures] = STANDARD.map(&header);
        let is_of_now = |at: &&str| at.parse().is_ok_and(|at: i64| now.abs_diff(at) <= APART.unsigned_abs());
        let standard = id.zip(at.filter(is_of_now)).zip(signatures).map(|((id, at), signatures)| {
            let parsed = Key::parse(secret);
            let mut mac = mac(parsed.as_ref().map_or(key, Key::bytes));
            mac.update(format!("{id}.{at}.").as_bytes());
            let each = signatures.split_ascii_whitespace().filter_map(|one| one.strip_prefix("v1,"));
            (mac, each.filter_map(|one| BASE64_STANDARD.decode(one).ok()).collect())
        });
        Self {
            // Compared as what is made of them, so that how long it takes tells nothing.
            said: header(WORD).is_some_and(|word| {
                let wanted = mac(key).chain_update(key).finalize().into_bytes();
                mac(key).chain_update(word).verify(&wanted).is_ok()
            }),
            body: mac(key),
            claims: signed.collect(),
            standard,
        }
    }

    /// Goes on with the body.
    pub fn update(&mut self, bytes: &[u8]) {
        self.body.update(bytes);
        if let Some((mac, _)) = &mut self.standard {
            mac.update(bytes);
        }
    }

    /// Whether one of the claims is true. Each takes the secret, so that none is weaker for another beside it.
    pub fn holds(self) -> bool {
        let Self { said, body, claims, standard } = self;
        let signed = claims.iter().any(|claim| body.clone().verify_slice(claim).is_ok());
        let standard =
            standard.is_some_and(|(mac, claims)| claims.iter().any(|claim| mac.clone().verify_slice(claim).is_ok()));
        said | signed | standard
    }
}

/// The bytes that hexadecimal digits stand for.
fn digits(text: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![0; text.len() / 2];
    faster_hex::hex_decode(text.as_bytes(), &mut bytes).ok()?;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    const BODY: &str = "{\"ref\":\"refs/heads/dev\"}";

    fn holds(secret: &str, headers: &[(&str, &str)], body: &str) -> bool {
        let headers: BTreeMap<&str, &str> = headers.iter().copied().collect();
        let mut proof = Proof::begin(&Secret::new(secret), |name| headers.get(name).copied(), 1_700_000_000);
        let (first, rest) = body.split_at(body.len() / 2);
        proof.update(first.as_bytes());
        proof.update(rest.as_bytes());
        proof.holds()
    }

    #[test]
    fn a_signature_of_each_host_holds_and_nothing_else_does() {
        // GitHub's own example: docs.github.com, "Testing the webhook payload validation".
        let github = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let (secret, body) = ("It's a Secret to Everybody", "Hello, World!");
        let hub = format!("sha256={github}");
        for (name, value) in [
            ("x-hub-signature-256", &*hub),
            ("x-hub-signature", &hub),
            ("x-gitea-signature", github),
            ("x-forgejo-signature", github),
        ] {
            assert!(holds(secret, &[(name, value)], body), "{name}");
            assert!(!holds(secret, &[(name, value)], "Hello, World?"), "{name}: another body");
            assert!(!holds("another", &[(name, value)], body), "{name}: another secret");
        }
        let bad = ["", "sha256=", "sha256=75", "sha1=757107ea", "sha256=é", github, "sha256=zz"];
        for value in bad {
            assert!(!holds(secret, &[("x-hub-signature-256", value)], body), "{value}");
        }
        assert!(!holds(secret, &[], body), "nothing is claimed");
    }

    #[test]
    fn a_word_that_was_agreed_upon_holds() {
        assert!(holds("word", &[("x-gitlab-token", "word")], BODY));
        for word in ["", "wor", "words", "Word"] {
            assert!(!holds("word", &[("x-gitlab-token", word)], BODY), "{word}");
        }
        // A wrong one beside a right one takes nothing away.
        assert!(holds("word", &[("x-gitlab-token", "word"), ("x-gitea-signature", "00")], BODY));
    }

    #[test]
    fn a_standard_signature_holds_for_a_while() {
        let secret = "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
        let Some(key) = Key::parse(&Secret::new(secret)) else { panic!("it is a key") };
        let message = crate::webhook::Message { id: "msg_1", at: 1_700_000_000, body: BODY };
        let signature = format!("v1,AAAA {}", key.sign(&message));
        let told =
            |at: &'static str| [("webhook-id", "msg_1"), ("webhook-timestamp", at), ("webhook-signature", &*signature)];
        assert!(holds(secret, &told("1700000000"), BODY));
        assert!(!holds(secret, &told("1700000001"), BODY), "it is signed for another moment");
        let late = crate::webhook::Message { at: 1_700_000_000 - 301, ..message };
        let signature = key.sign(&late);
        let told = [("webhook-id", "msg_1"), ("webhook-timestamp", "1699999699"), ("webhook-signature", &*signature)];
        assert!(!holds(secret, &told, BODY), "it is too old");
    }
}
