//! The files that the rules look at, in memory, so that a rule can be tried on files that do not exist.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Folders that are searched when git is not there to ask, beside the files at the root.
const FOLDERS: [&str; 5] = ["crates", "tests", "benches", "docs", "fuzz"];

/// Something to mend.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Complaint {
    /// The file.
    pub path: String,
    /// The line, from 1.
    pub line: usize,
    /// What is wrong, and the limit.
    pub what: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.path, self.line, self.what)
    }
}

/// A complaint about a line of a file.
pub fn complaint(path: &str, line: usize, what: impl Into<String>) -> Complaint {
    Complaint { path: path.to_owned(), line, what: what.into() }
}

/// Texts by path, relative to the root, with `/` between folders.
#[derive(Debug, Default)]
pub struct Files(BTreeMap<String, String>);

impl Files {
    /// Files made up for a test.
    pub fn new(files: &[(&str, &str)]) -> Self {
        Self(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// All files below a folder, `crates/core/src/`, with their text.
    pub fn below<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.all().filter(move |(path, _)| path.starts_with(folder))
    }

    /// All Rust files.
    pub fn rust(&self) -> impl Iterator<Item = (&str, &str)> {
        self.all().filter(|(path, _)| path.ends_with(".rs"))
    }

    fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }
}

/// The files of this workspace: what git tracks or would track, else what the usual folders hold.
pub fn of_workspace() -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let paths = listed(&root).unwrap_or_else(|| walked(&root));
    let wanted = |path: &&String| [".rs", ".toml", ".md", ".txt"].iter().any(|ending| path.ends_with(ending));
    // A file that is deleted but not yet committed is listed and not there.
    let read = |path: &String| Some((path.clone(), fs::read_to_string(root.join(path)).ok()?));
    Files(paths.iter().filter(wanted).filter_map(read).collect())
}

fn listed(root: &Path) -> Option<Vec<String>> {
    let git = Command::new("git")
        .args(["-c", "core.quotePath=false", "ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root)
        .output()
        .ok()?;
    let paths: Vec<String> = String::from_utf8(git.stdout).ok()?.lines().map(str::to_owned).collect();
    (git.status.success() && !paths.is_empty()).then_some(paths)
}

fn walked(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|name| root.join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if let Some(relative) = path.strip_prefix(root).ok().and_then(Path::to_str) {
                found.push(relative.replace('\\', "/"));
            }
        }
    }
    found
}

#[test]
fn git_and_a_walk_agree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let walked = walked(&root);
    for path in ["crates/core/src/lib.rs", "tests/tidy/files.rs", "crates/cli/Cargo.toml"] {
        assert!(walked.iter().any(|found| found == path), "{path} not walked");
        assert!(listed(&root).is_none_or(|listed| listed.iter().any(|found| found == path)), "{path} not listed");
    }
}
