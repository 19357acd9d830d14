//! Packs that no ref leads into yet. Git's housekeeping takes what no ref leads to for waste (`git repack -ad`,
//! `git gc --prune=now`) unless a file `pack-….keep` stands beside the pack. Ours are held under a lock, so that those of
//! the dead can be told from those of the living; those of people are never touched.

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use switchback_machine::mark::{self, Mark};

/// What stands in ours, for people and for ourselves.
const TEXT: &str = "switchback: an operation is about to refer to this\n";

/// Keeps a pack from git, from before it has its name; together with others of ours who wrote the very same. Nothing where
/// a person keeps it.
pub(super) fn from_git(folder: &Path, pack: &str) -> io::Result<Option<Mark>> {
    Mark::set(folder, &format!("{pack}.keep"), TEXT)
}

/// Those of processes that died.
pub(super) fn abandoned(common_dir: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(common_dir.join("objects").join("pack")) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    let kept = paths.filter(|path| path.extension() == Some(OsStr::new("keep")));
    kept.filter(|path| mark::is_abandoned(path, TEXT)).collect()
}

/// Leaves to git again what nobody alive keeps.
pub(super) fn let_go_of(abandoned: &[PathBuf]) {
    abandoned.iter().for_each(|path| mark::remove_abandoned(path, TEXT));
}
