//! What a repository's branches look like from outside: whoever only wants to know whether somebody moved one reads none.

use crate::locks;
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// How the folders of branches looked. Another one after a branch was moved, made or removed as git does it, by putting a
/// file in the place of another; the same one while nobody does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HeadsImprint {
    /// Which file or folder, and when it was written: seconds, and nanoseconds of the next.
    places: Vec<(u64, i64, i64)>,
    /// Whether somebody is moving refs, or died over it.
    pub is_moving: bool,
}

impl HeadsImprint {
    /// Of the repository with this common folder.
    pub fn of(git_dir: &Path) -> Self {
        let mut places = Vec::new();
        note(&git_dir.join("packed-refs"), &mut places);
        note(&git_dir.join("HEAD"), &mut places);
        walk(&git_dir.join("refs").join("heads"), &mut places);
        let notes = fs::read_dir(locks::folder(git_dir));
        Self { places, is_moving: notes.is_ok_and(|mut notes| notes.next().is_some()) }
    }
}

fn walk(folder: &Path, places: &mut Vec<(u64, i64, i64)>) {
    note(folder, places);
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten().filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        walk(&entry.path(), places);
    }
}

fn note(path: &Path, places: &mut Vec<(u64, i64, i64)>) {
    if let Ok(found) = fs::metadata(path) {
        places.push((found.ino(), found.mtime(), found.mtime_nsec()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn it_is_another_after_a_branch_was_moved_and_the_same_while_none_is() {
        let folder = tempfile::tempdir().unwrap();
        let git = |words: &[&str]| {
            let identity = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"];
            let output = Command::new("git").current_dir(folder.path()).args(identity).args(words).output().unwrap();
            assert!(output.status.success(), "{words:?}: {output:?}");
        };
        git(&["init", "-q", "-b", "main", "."]);
        git(&["commit", "-q", "--allow-empty", "-m", "One"]);
        let at = folder.path().join(".git");
        let mut seen = HeadsImprint::of(&at);
        let mut is_another = || std::mem::replace(&mut seen, HeadsImprint::of(&at)) != HeadsImprint::of(&at);
        assert!(!is_another());
        for words in [
            &["branch", "feature/a/b"][..],
            &["commit", "-q", "--allow-empty", "-m", "Two"],
            &["branch", "-f", "feature/a/b", "main"],
            &["pack-refs", "--all"],
            &["branch", "-D", "feature/a/b"],
        ] {
            git(words);
            assert!(is_another(), "{words:?}");
            git(&["branch", "--list"]);
            assert!(!is_another(), "after {words:?}");
        }
    }
}
