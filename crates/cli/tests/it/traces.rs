//! What a run left on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// Files, each with its content and when it was written.
pub type Traces = BTreeMap<PathBuf, (SystemTime, Vec<u8>)>;

/// The files that are not as they were.
pub fn written(before: &Traces, after: &Traces) -> BTreeSet<PathBuf> {
    let all: BTreeSet<_> = before.keys().chain(after.keys()).collect();
    all.into_iter().filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

/// Adds everything below a folder.
pub fn trace(folder: &Path, found: &mut Traces) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        let about = fs::symlink_metadata(&path).expect("a file");
        match about.is_dir() {
            true => trace(&path, found),
            false => {
                let content = fs::read(&path).unwrap_or_default();
                found.insert(path, (about.modified().expect("a time"), content));
            }
        }
    }
}
