//! The pool of repositories: a thread that works has one of its own, and gives it back.

use std::ops::Deref;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use switchback_core::ports::repository::{Repo, Repositories};
use switchback_core::words::fault::Fault;

/// How many repositories are kept open while nobody uses them.
const KEPT: usize = 8;

/// One of so many is looked at when it comes back.
const SELDOM: usize = 32;

/// A repository of one's own.
type Owned = Box<dyn Repo + Send>;

/// Repositories that are open, and a way to open more.
pub(crate) struct Pool {
    more: Box<dyn Repositories>,
    idle: Mutex<Vec<Owned>>,
    /// How many were given back until now.
    back: AtomicUsize,
}

impl Pool {
    pub(crate) fn new(more: Box<dyn Repositories>) -> Self {
        Self { more, idle: Mutex::default(), back: AtomicUsize::new(0) }
    }

    /// One that nobody else uses.
    pub(crate) fn lend(&self) -> Result<Lent<'_>, Fault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let repo = match idle {
            Some(repo) => repo,
            None => self.more.open()?,
        };
        Ok(Lent { repo: Some(repo), pool: self })
    }

    fn take_back(&self, repo: Owned) {
        // What was made for a plan that came to nothing must not be stored with the next one.
        repo.forget_unstored();
        let is_worn = self.back.fetch_add(1, Ordering::Relaxed) % SELDOM == SELDOM - 1 && repo.is_worn();
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if is_worn {
            // What it knows all of them know.
            idle.clear();
        } else if idle.len() < KEPT {
            idle.push(repo);
        }
    }
}

/// A repository out of the pool; dropped, it goes back.
pub struct Lent<'h> {
    repo: Option<Owned>,
    pool: &'h Pool,
}

impl Deref for Lent<'_> {
    type Target = dyn Repo + Send;

    fn deref(&self) -> &Self::Target {
        // It is only taken out when this is dropped.
        self.repo.as_deref().expect("a lent repository is there until it goes back")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(repo) = self.repo.take() {
            self.pool.take_back(repo);
        }
    }
}
