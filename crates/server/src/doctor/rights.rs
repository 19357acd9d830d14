//! Whose files there are, and who else may read or write them.

use super::{Found, Looked, Subject};
use rustix::process::geteuid;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use switchback_git::premises::secret_file;

/// What is to be one user's in a git directory.
const OF_A_REPOSITORY: [&str; 6] = ["", "objects", "refs", "HEAD", "switchback", "switchback/ledger.sqlite"];

/// Who else may write, and read.
const OTHERS_WRITE: u32 = 0o002;
const BEYOND_THE_OWNER: u32 = 0o077;

/// Whether a repository is one user's, this one's, and nobody's else to write. Whether it is opened at all, git's own
/// `safe.directory` has said before.
pub fn trust(Subject { desk, .. }: &Subject<'_>) -> Looked {
    let git_dir = desk.repo.git_dir();
    let places: Vec<PathBuf> = OF_A_REPOSITORY.iter().map(|name| git_dir.join(name)).collect();
    Ok(mixed(&places))
}

/// What is wrong with places of which the first says whose the others are to be.
pub(super) fn mixed(places: &[PathBuf]) -> Vec<Found> {
    let seen: Vec<(&Path, Metadata)> =
        places.iter().filter_map(|path| Some((path.as_path(), fs::metadata(path).ok()?))).collect();
    let Some((first, owner)) = seen.first().map(|(path, found)| (path.display(), found.uid())) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let me = geteuid().as_raw();
    if owner != me {
        let message = format!("{first} belongs to the user {owner}, and the user {me} works in it");
        found.push(Found::warning(message, "work as its owner, or give it to who works in it: `chown -R`"));
    }
    for (path, other) in seen.iter().filter(|(_, found)| found.uid() != owner) {
        let (path, other) = (path.display(), other.uid());
        let message = format!("{path} belongs to the user {other}, and what is around it to the user {owner}");
        found.push(Found::warning(message, "give all of it to one user: `chown -R`"));
    }
    for (path, _) in seen.iter().filter(|(_, found)| found.mode() & OTHERS_WRITE != 0) {
        let message = format!("everybody on this machine may write {}", path.display());
        found.push(Found::warning(message, format!("take that from them: `chmod o-w {}`", path.display())));
    }
    found
}

/// The file that holds what a remote is shown.
pub fn secrets(Subject { desk, .. }: &Subject<'_>) -> Looked {
    Ok(secret_file(&desk.repo.git_dir()).and_then(|file| exposed(&file)).into_iter().collect())
}

/// A file with a secret that others may read, or that is not there.
pub(super) fn exposed(file: &Path) -> Option<Found> {
    let shown = file.display();
    match fs::metadata(file) {
        Err(error) => {
            let message = format!("{shown}, which is to hold a secret, cannot be looked at: {error}");
            Some(Found::fault(message, "put it there, or name another file"))
        }
        Ok(found) if found.mode() & BEYOND_THE_OWNER != 0 => {
            let mode = found.mode() & 0o777;
            let message = format!("{shown} holds a secret, and others than its owner may read or write it ({mode:o})");
            Some(Found::warning(message, format!("leave it to its owner: `chmod 600 {shown}`")))
        }
        Ok(_) => None,
    }
}
