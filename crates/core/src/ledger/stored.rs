//! What the ledger keeps, apart from what the domain says: forms with a format number, pinned by golden files and read
//! for ever. A form that has been released is never edited; a new one is a new format.

mod form;
mod v2;
mod v6;

use crate::ledger::entry::{Body, FORMAT};
use crate::ledger::state::State;
use crate::ledger::stored::form::Form;
use crate::words::names::ChangeKey;
use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Why a stored entry was not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Unreadable {
    /// A newer program wrote it; what else it says is not looked at.
    Newer {
        /// The format it names.
        format: u32,
    },
    /// It is no entry of the format it names.
    Corrupt {
        /// Why not.
        why: String,
    },
}

/// Of any format, past or to come.
#[derive(Deserialize)]
struct Head {
    format: u32,
}

/// The text an entry is kept as, in the newest format.
///
/// # Errors
/// Why it cannot be written, which is a defect.
pub fn write(body: &Body) -> Result<String, String> {
    serde_json::to_string(&v6::Body::write(body)).map_err(|error| error.to_string())
}

/// Reads what was kept, in any format there ever was. Formats 1 and 2 name changes by their number in the state: it
/// takes the state at the entry's position, or any later one.
///
/// # Errors
/// Why it cannot be read.
pub fn read(text: &str, state: &State) -> Result<Body, Unreadable> {
    let format = format_of(text)?;
    match format {
        1 | 2 => v2::read(parse(text)?, &Names::of(state)).map_err(|why| Unreadable::Corrupt { why }),
        3..=FORMAT => Ok(parse::<v6::Body>(text)?.read()),
        newer if newer > FORMAT => Err(Unreadable::Newer { format }),
        _ => Err(Unreadable::Corrupt { why: format!("format {format} was never written") }),
    }
}

/// Whether an entry may be about a change, told from its text without reading it. Formats 1 and 2 name changes by
/// number, so that any of theirs may.
pub fn may_name(text: &str, change: &ChangeKey) -> bool {
    let named = || serde_json::to_string(change.as_str()).is_ok_and(|name| text.contains(&name));
    format_at_front(text).is_none_or(|format| format < 3) || named()
}

/// The format of an entry, for which nothing else of it is read: it may be long.
fn format_of(text: &str) -> Result<u32, Unreadable> {
    match format_at_front(text) {
        Some(format) => Ok(format),
        None => Ok(parse::<Head>(text)?.format),
    }
}

/// The format where it stands as all programs write it, in front; one that this program knows.
fn format_at_front(text: &str) -> Option<u32> {
    let (format, _) = text.strip_prefix("{\"format\":")?.split_once(',')?;
    format.parse().ok().filter(|format| (1..=FORMAT).contains(format))
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Unreadable> {
    serde_json::from_str(text).map_err(|error| Unreadable::Corrupt { why: error.to_string() })
}

/// The keys of changes by their number in the state.
struct Names<'a> {
    state: &'a State,
}

impl<'a> Names<'a> {
    fn of(state: &'a State) -> Self {
        Self { state }
    }

    fn key(&self, number: u32) -> Result<ChangeKey, String> {
        let change = self.state.changes.get(number as usize);
        change.map(|change| change.key.clone()).ok_or_else(|| format!("there is no change number {number}"))
    }
}
