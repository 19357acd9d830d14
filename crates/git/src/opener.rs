//! Hands one repository out as often as threads need it: opened once, and what is found on disk is shared.

use crate::GitRepo;
use std::sync::{Mutex, PoisonError};
use switchback_core::ports::repository::{Repo, Repositories};
use switchback_core::words::fault::Fault;

/// A repository that is open.
pub struct GitRepositories {
    first: Mutex<Option<GitRepo>>,
    more: gix::ThreadSafeRepository,
}

impl GitRepositories {
    /// The repository that is open already.
    pub fn beginning_with(first: GitRepo) -> Self {
        Self { more: first.for_threads(), first: Mutex::new(Some(first)) }
    }
}

impl GitRepo {
    /// The same repository for another thread. What it finds on disk is known to both; what either makes is its own.
    fn of_threads(git: &gix::ThreadSafeRepository) -> Self {
        Self::of(git.to_thread_local())
    }

    /// Lets other threads have the same repository.
    fn for_threads(&self) -> gix::ThreadSafeRepository {
        self.git.clone().into_sync()
    }
}

impl Repositories for GitRepositories {
    fn open(&self) -> Result<Box<dyn Repo + Send>, Fault> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(Box::new(first.unwrap_or_else(|| GitRepo::of_threads(&self.more))))
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_repository_may_go_from_one_thread_to_another() {
        fn may_move<T: Send>() {}
        may_move::<crate::GitRepo>();
    }
}
