//! The types of paths that were asked about. One path is asked about many times, and there are hundreds of globs.

use crate::words::object::RepoPath;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Of how many paths it is remembered which type they are.
const KNOWN: usize = 65_536;

/// The types of paths.
#[derive(Debug, Default)]
pub(super) struct Known(Mutex<HashMap<RepoPath, Option<usize>, foldhash::fast::RandomState>>);

impl Known {
    /// Which type a path is, found out if it is not known.
    pub(super) fn of(&self, path: &RepoPath, find: impl FnOnce() -> Option<usize>) -> Option<usize> {
        // Whoever panicked while holding it had not changed what is known.
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(path) {
            return *known;
        }
        let found = find();
        let mut known = lock();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(path.clone(), found);
        found
    }
}

impl Clone for Known {
    fn clone(&self) -> Self {
        Self::default()
    }
}
