//! What an answer is called (`ETag`): so that whoever has it need not be sent it again (`If-None-Match`), and so that an
//! edit can be held to what was looked at (`If-Match`, `SPEC W2`).
//!
//! A name is made of what is answered, and of nothing else: no position in a ledger says what a clock, a branch, a place
//! or a remote has to do with it.

use axum::http::{HeaderMap, Uri, header::IF_NONE_MATCH};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use switchback_api::{Failure, View, page};
use switchback_core::words::details::Details;
use switchback_core::words::refusal::{Code, Refusal};

/// How many bytes of a digest a name holds.
const LENGTH: usize = 12;

/// Between what is answered and what is said beside it.
const BESIDE: char = '-';

/// A record that can be edited, as it is now.
pub struct Record {
    /// What it is, in a sentence: `P-3`.
    what: String,
    now: Value,
}

impl Record {
    /// A record, by the view that shows it.
    ///
    /// # Errors
    /// [`Failure::Bug`] for what cannot be written, which no view is.
    pub fn of(what: impl Into<String>, view: &impl Serialize) -> Result<Self, Failure> {
        Ok(Self { what: what.into(), now: serde_json::to_value(view).map_err(Failure::bug)? })
    }

    /// Whether it is one of those that somebody saw.
    ///
    /// # Errors
    /// `record-changed`, with what it is now.
    pub fn must_be(self, seen: &str) -> Result<(), Refusal> {
        let now = digest(self.now.to_string().as_bytes());
        // What was only said beside it is no part of the record.
        let is_it = |tag: &str| tag.split(BESIDE).next() == Some(now.as_str());
        if each(seen).any(|tag| tag == "*" || quoted(tag).is_some_and(is_it)) {
            return Ok(());
        }
        let message = format!("{} is not as it was when you looked at it", self.what);
        let details = Details::Record { etag: format!("\"{now}\""), now: self.now };
        Err(Refusal::new(Code::RecordChanged, message, "look at it as it is now, and edit that").with(details))
    }
}

/// An answer's name, and where the list that it is goes on.
#[derive(Clone)]
pub struct Name {
    /// The name.
    pub tag: String,
    /// The address of the next page.
    pub next: Option<String>,
}

impl Name {
    /// Of a view, written as these bytes, at an address.
    ///
    /// # Errors
    /// [`Failure::Bug`] for what cannot be written, which no view is.
    pub fn of(view: &impl View, body: &[u8], address: &Uri) -> Result<Self, Failure> {
        let next = view.next().map(|cursor| page::address(address, cursor)).transpose()?;
        Ok(Self { tag: of(view, body)?, next })
    }

    /// The same for whoever sent these headers.
    pub fn asked_with(self, headers: &HeaderMap) -> Named {
        Named { is_there: has(headers, &self.tag), name: self }
    }
}

/// An answer's name, and whether whoever asks has the answer already.
pub struct Named {
    /// The name.
    pub name: Name,
    /// Whether they have it.
    pub is_there: bool,
}

/// What an answer is called, written as these bytes. What is said beside it belongs to it, and is named by itself.
///
/// # Errors
/// [`Failure::Bug`] for what cannot be written, which no view is.
fn of(view: &impl View, body: &[u8]) -> Result<String, Failure> {
    if view.warnings().is_empty() {
        return Ok(format!("\"{}\"", digest(body)));
    }
    let bare = digest(&view.bare().map_err(Failure::bug)?);
    let beside = digest(&serde_json::to_vec(view.warnings()).map_err(Failure::bug)?);
    Ok(format!("\"{bare}{BESIDE}{beside}\""))
}

/// Whether whoever asks has the answer that is called so.
fn has(headers: &HeaderMap, tag: &str) -> bool {
    let said = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(each).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

/// The names in a list. Those of ours have no comma in them.
fn each(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim)
}

fn quoted(tag: &str) -> Option<&str> {
    tag.strip_prefix('"')?.strip_suffix('"')
}

fn digest(bytes: &[u8]) -> String {
    faster_hex::hex_string(&Sha256::digest(bytes)[..LENGTH])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use switchback_api::verbs::log::Log;
    use switchback_api::{Seen, Warning};

    #[test]
    fn a_record_is_known_by_what_it_is() {
        let record = || Record::of("P-3", &json!({ "b": 1, "a": 2 })).unwrap();
        let name = digest(br#"{"b":1,"a":2}"#);
        for seen in [format!("\"{name}\""), format!("\"x\", \"{name}\""), "*".to_owned(), format!("\"{name}-beside\"")]
        {
            assert!(record().must_be(&seen).is_ok(), "{seen}");
        }
        for seen in ["\"x\"".to_owned(), format!("W/\"{name}\""), String::new(), name.clone()] {
            let refusal = record().must_be(&seen).unwrap_err();
            let now = Details::Record { etag: format!("\"{name}\""), now: json!({ "b": 1, "a": 2 }) };
            assert_eq!((refusal.code, *refusal.details), (Code::RecordChanged, now), "{seen}");
        }
    }

    #[test]
    fn what_is_said_beside_an_answer_belongs_to_its_name_and_not_to_the_record() {
        let named = |warnings: Vec<Warning>| {
            let seen = Seen { view: Log::default(), warnings };
            of(&seen, &serde_json::to_vec(&seen).unwrap()).unwrap()
        };
        let warning = Warning { code: "x".to_owned(), message: "y".to_owned(), remedy: None };
        let (silent, warned) = (named(Vec::new()), named(vec![warning]));
        assert_ne!(silent, warned);
        let record = || Record::of("the log", &Log::default()).unwrap();
        assert!(record().must_be(&silent).is_ok() && record().must_be(&warned).is_ok());
    }
}
