//! Stored forms: what the ledger writes is pinned, and what it ever wrote is read for ever. To change a form on purpose,
//! keep the old file under another name (`applied.1.json`) and put what the failing test prints in its place.

use crate::samples;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use switchback_core::ledger::entry::{Body, Event};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn files() -> BTreeSet<String> {
    let there = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name());
    there.map(|name| name.into_string().unwrap()).collect()
}

fn pinned(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_default()
}

#[test]
fn every_form_is_written_as_it_is_pinned() {
    let mut wrong = Vec::new();
    for (name, event) in samples::events() {
        let written = serde_json::to_string_pretty(&event).unwrap() + "\n";
        if written != pinned(&format!("{name}.json")) {
            wrong.push(format!("{name}.json is written as\n{written}"));
        }
    }
    let written = serde_json::to_string_pretty(&samples::body()).unwrap() + "\n";
    if written != pinned("body.json") {
        wrong.push(format!("body.json is written as\n{written}"));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_form_that_was_ever_written_is_read() {
    assert!(!files().is_empty());
    for file in files() {
        let text = pinned(&file);
        let read = match file.starts_with("body") {
            true => serde_json::from_str::<Body>(&text).map(drop),
            false => serde_json::from_str::<Event>(&text).map(drop),
        };
        assert!(read.is_ok(), "{file}: {read:?}");
    }
}

#[test]
fn what_is_read_is_what_was_written() {
    for (name, event) in samples::events() {
        assert_eq!(serde_json::from_str::<Event>(&pinned(&format!("{name}.json"))).unwrap(), event, "{name}");
    }
    assert_eq!(serde_json::from_str::<Body>(&pinned("body.json")).unwrap(), samples::body());
}

#[test]
fn every_variant_has_a_sample() {
    let told: BTreeSet<_> = samples::events().iter().map(|(_, event)| samples::variant(event)).collect();
    let missing: Vec<_> = samples::VARIANTS.iter().filter(|variant| !told.contains(*variant)).collect();
    assert!(missing.is_empty(), "no sample of {missing:?}");
}
