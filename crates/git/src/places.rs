//! Where a repository lies on this machine.

use super::GitRepo;
use std::path::PathBuf;
use switchback_core::ports::repository::Repo;

impl GitRepo {
    /// The top folder of the work tree; the git directory of a bare repository.
    pub fn top(&self) -> PathBuf {
        let top = self.git.workdir().map_or_else(|| self.git_dir(), PathBuf::from);
        top.canonicalize().unwrap_or(top)
    }
}
