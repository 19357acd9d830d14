//! One of everything the ledger stores about edits that were kept.

use crate::samples::{commit, id, version};
use switchback_core::ledger::entry::Event;

/// Every stored form, by the name of its file.
pub fn events() -> Vec<(&'static str, Event)> {
    let files = version().overwritten.into_iter().filter_map(|one| Some((one.path, one.before?))).collect();
    let aside = Event::EditsSetAside { area: "qa-web".into(), deployment: id("D-4"), files, commit: commit(5) };
    vec![("edits-set-aside", aside)]
}
