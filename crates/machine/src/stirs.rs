//! How often something was changed in folders, counted without looking at any file.

use crate::watch::{Noticed, Watch, deep};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How often it is tried to watch folders that come and go meanwhile.
const TRIES: usize = 3;

/// How long after the last change what was begun with it is over: a database writes to its log first, syncs it, and only then
/// has everybody see what it wrote.
const SETTLED: Duration = Duration::from_secs(2);

/// After how long it is tried once more to watch what could not be watched.
const AGAIN: Duration = Duration::from_secs(2);

/// Folders that are watched, and how often something was seen to change there.
#[derive(Debug, Default)]
pub struct Stirs(Mutex<Watched>);

/// How it stood with folders at some moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stirred {
    /// How often something was changed until then.
    pub count: u64,
    /// Whether whatever was begun before is over.
    pub is_settled: bool,
}

#[derive(Debug, Default)]
struct Watched {
    /// The folders that were asked for.
    places: Vec<PathBuf>,
    watch: Option<Watch>,
    count: u64,
    /// When something changed last, or it was begun to watch.
    last: Option<Instant>,
    /// When these places could not be watched.
    failed: Option<Instant>,
}

impl Stirs {
    /// How often something changed until now; `None` where that cannot be told. What is not watched yet is from now on: the
    /// folders `places`, and everything below `root`.
    pub fn watched(&self, places: Vec<PathBuf>, root: Option<&Path>) -> Option<Stirred> {
        let mut watched = self.hear();
        for _ in 0..TRIES {
            if watched.watch.is_some() && watched.places == places {
                let is_settled = watched.last.is_none_or(|last| last.elapsed() >= SETTLED);
                return Some(Stirred { count: watched.count, is_settled });
            }
            watched.begin(&places, root)?;
            watched.hear();
        }
        None
    }

    /// How often something changed until now.
    pub fn count(&self) -> u64 {
        self.hear().count
    }

    /// Counts what no folder shows.
    pub fn stir(&self) {
        self.hear().count += 1;
    }

    fn hear(&self) -> MutexGuard<'_, Watched> {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watched.hear();
        watched
    }
}

impl Watched {
    fn hear(&mut self) {
        let noticed = self.watch.as_ref().map_or(Noticed::Nothing, Watch::noticed);
        if noticed == Noticed::Nothing {
            return;
        }
        self.stirred();
        if noticed == Noticed::Folders {
            self.watch = None;
        }
    }

    fn stirred(&mut self) {
        self.count += 1;
        self.last = Some(Instant::now());
    }

    /// Folders that come while this begins are found by the second look, or noticed by those in which they lie.
    fn begin(&mut self, places: &[PathBuf], root: Option<&Path>) -> Option<()> {
        if self.places == places && self.failed.is_some_and(|failed| failed.elapsed() < AGAIN) {
            return None;
        }
        let folders = || [places, &root.map(deep).unwrap_or_default()].concat();
        self.stirred();
        self.places = places.to_vec();
        let begun = Watch::begin(&folders());
        self.failed = begun.is_err().then(Instant::now);
        self.watch = begun.ok().filter(|watch| folders() == watch.folders());
        self.failed.is_none().then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    #[test]
    fn changes_count_and_folders_that_come_are_watched_from_then_on() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("a");
        fs::create_dir(&root).unwrap();
        let stirs = Stirs::default();
        let count = |what: &dyn Fn()| {
            let before = stirs.watched(vec![home.path().to_owned()], Some(&root)).unwrap();
            what();
            let after = stirs.watched(vec![home.path().to_owned()], Some(&root)).unwrap();
            assert_eq!(stirs.count(), after.count);
            (before.count != after.count, before.is_settled)
        };
        assert_eq!(count(&|| ()), (false, false), "something may have been under way when it began");
        assert!(count(&|| fs::write(root.join("file"), "").unwrap()).0);
        assert!(count(&|| fs::create_dir_all(root.join("b/c")).unwrap()).0);
        assert!(count(&|| fs::write(root.join("b/c/file"), "").unwrap()).0);
        assert!(count(&|| stirs.stir()).0);
        std::thread::sleep(SETTLED);
        assert_eq!(count(&|| ()), (false, true));
        let to_come = home.path().join("to-come");
        assert_eq!(stirs.watched(vec![to_come.clone()], None), None);
        fs::create_dir(&to_come).unwrap();
        assert_eq!(stirs.watched(vec![to_come.clone()], None), None, "not at once");
        std::thread::sleep(AGAIN);
        assert!(stirs.watched(vec![to_come], None).is_some());
        let elsewhere = stirs.watched(vec![root.clone()], None).unwrap();
        assert!(!elsewhere.is_settled);
    }
}
