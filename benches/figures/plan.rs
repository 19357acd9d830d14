//! What this run was asked for.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Every figure there is.
const FIGURES: [&str; 14] = [
    "promote",
    "demote",
    "deploy",
    "populate",
    "where",
    "growth",
    "salesforce",
    "profile",
    "ahead",
    "memory",
    "served-status",
    "served-promote",
    "served-size",
    "served-crowd",
];

/// Which figures, how often, and with which sides.
pub struct Wanted {
    names: Vec<String>,
    /// How often each side runs after the warm-up.
    pub rounds: usize,
    /// How long a crowd asks.
    pub seconds: u64,
    /// Which sides take part.
    pub sides: Sides,
}

/// The sides of every contest.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    /// Switchback, and what it is compared with.
    All,
    /// What it is compared with, for a look at the other side alone.
    Others,
}

impl Wanted {
    /// Reads the words after `--`. Stops with a sentence when one is unknown.
    pub fn parse(arguments: &[String]) -> Self {
        let mut wanted = Self { names: Vec::new(), rounds: 7, seconds: 300, sides: Sides::All };
        let mut words = arguments.iter();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--others" => wanted.sides = Sides::Others,
                "--rounds" => wanted.rounds = number(word, words.next()),
                "--seconds" => wanted.seconds = number(word, words.next()),
                name if FIGURES.contains(&name) => wanted.names.push(word.clone()),
                _ => panic!("unknown word {word}: {}, --rounds N, --seconds N, --others", FIGURES.join(", ")),
            }
        }
        wanted
    }

    /// Was this figure asked for? With no name, all were.
    pub fn includes(&self, name: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|other| other == name)
    }

    /// Does Switchback itself take part?
    pub fn measures_switchback(&self) -> bool {
        self.sides == Sides::All
    }
}

fn number<T: std::str::FromStr>(word: &str, next: Option<&String>) -> T {
    next.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("{word} takes a number"))
}

/// Where the figures are written: the workspace's target folder.
pub fn target_folder() -> PathBuf {
    let default = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or(default, PathBuf::from);
    std::fs::create_dir_all(&folder).expect("a writable target folder");
    folder.canonicalize().expect("the folder made above")
}

/// Copies a folder with everything in it; what stood at `to` goes.
pub fn copy(from: &Path, to: &Path) {
    remove(to);
    let status = Command::new("cp").arg("-a").arg("--reflink=auto").arg(from).arg(to).status().expect("cp");
    assert!(status.success(), "cp {from:?} {to:?}");
}

/// Removes a folder, if it is there.
pub fn remove(folder: &Path) {
    if folder.exists() {
        std::fs::remove_dir_all(folder).unwrap_or_else(|fault| panic!("{folder:?}: {fault}"));
    }
}
