//! Where on this machine it stands what a remote is shown.

use super::credential::Credential;
use super::setup::{Setup, settings};
use std::fs;
use std::path::{Path, PathBuf};

/// The file that a copy names for what its remote is shown; `None` where it names none, or is no copy.
pub fn secret_file(git_dir: &Path) -> Option<PathBuf> {
    let text = fs::read_to_string(settings(git_dir)).ok()?;
    match Setup::read(&text).ok()?.credential {
        Credential::File(path) => Some(path),
        Credential::Nothing | Credential::Variable(_) | Credential::Helper(_) => None,
    }
}
