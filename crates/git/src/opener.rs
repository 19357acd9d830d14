//! Opens one repository as often as threads need it.

use crate::GitRepo;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use switchback_core::ports::repository::{Repo, Repositories};
use switchback_core::words::fault::Fault;

/// A repository by one of its folders.
pub struct GitRepositories {
    dir: PathBuf,
    first: Mutex<Option<GitRepo>>,
}

impl GitRepositories {
    /// The repository that a folder belongs to, of which one is open already.
    pub fn beginning_with(first: GitRepo, dir: PathBuf) -> Self {
        Self { dir, first: Mutex::new(Some(first)) }
    }
}

impl Repositories for GitRepositories {
    fn open(&self) -> Result<Box<dyn Repo + Send>, Fault> {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner).take();
        Ok(Box::new(first.map_or_else(|| GitRepo::open(&self.dir), Ok)?))
    }
}
