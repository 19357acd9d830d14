//! Runs the files of `tests/scenarios`.

use crate::play::Play;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use switchback_core::ledger::entry::Entry;
use switchback_core::ledger::state::State;
use switchback_core::ledger::stored;

/// One scenario of a file.
pub struct Scenario {
    /// Rules, a colon, what it shows.
    pub title: String,
    /// Its lines with their numbers.
    pub lines: Vec<(usize, String)>,
}

/// Where the files are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios")
}

/// The text of one file.
pub fn read(file: &str) -> String {
    let path = folder().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The scenarios of a text.
pub fn parse(text: &str) -> Vec<Scenario> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(title) = line.strip_prefix("== ") {
            scenarios.push(Scenario { title: title.to_owned(), lines: Vec::new() });
        } else if !line.is_empty() && !line.starts_with('#') {
            let scenario = scenarios.last_mut().unwrap_or_else(|| panic!("line {} belongs to no scenario", at + 1));
            scenario.lines.push((at + 1, line.to_owned()));
        }
    }
    scenarios
}

fn play(scenario: &Scenario) -> Result<(), String> {
    let mut play = Play::default();
    for (number, line) in &scenario.lines {
        play.line(line).map_err(|error| format!("line {number}: {line}\n    {error}"))?;
    }
    play.settled()?;
    let world = play.world()?;
    replay(&world.entries, &world.state)
}

/// Reading the ledger again from its stored form gives the same state.
pub fn replay(entries: &[Entry], state: &State) -> Result<(), String> {
    let mut again = State::default();
    for entry in entries {
        let text = stored::write(&entry.body)?;
        let body = stored::read(&text, &again).map_err(|error| format!("{error:?}"))?;
        if body != entry.body {
            return Err(format!("entry {} is read otherwise than it was written", entry.seq));
        }
        again.take(&Entry { body, ..entry.clone() }).map_err(|error| error.to_string())?;
    }
    if again == *state { Ok(()) } else { Err("replaying the ledger gives another state".to_owned()) }
}

fn run(file: &str) {
    let scenarios = parse(&read(file));
    assert!(!scenarios.is_empty(), "{file} holds no scenario");
    let failed: Vec<_> = scenarios
        .iter()
        .filter_map(|scenario| play(scenario).err().map(|error| format!("{file}: {}\n  {error}", scenario.title)))
        .collect();
    assert!(failed.is_empty(), "{} of {} failed\n{}", failed.len(), scenarios.len(), failed.join("\n"));
}

/// One test for each file, and one that no file is forgotten.
macro_rules! files {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            run(concat!(stringify!($name), ".txt"));
        })*

        #[test]
        fn every_file_is_run() {
            let run: BTreeSet<_> = [$(concat!(stringify!($name), ".txt").to_owned()),*].into();
            let there = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().file_name());
            let there: BTreeSet<_> =
                there.filter_map(|name| name.into_string().ok()).filter(|name| name.ends_with(".txt")).collect();
            assert_eq!(run, there);
        }
    };
}

files! {
    after_deploy
    areas
    branches
    changes
    conflicts
    demote
    filetypes
    lines
    modes
    notices
    promote
    proposals
    ready
    resolutions
    rights
    rollback
    validated
}
