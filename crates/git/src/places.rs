//! Where a repository lies on this machine.

use super::GitRepo;
use std::path::PathBuf;
use switchback_core::content::Content;
use switchback_core::ports::repository::Repo;
use switchback_core::words::object::Leaf;

impl GitRepo {
    /// The top folder of the work tree; the git directory of a bare repository.
    pub fn top(&self) -> PathBuf {
        let top = self.git.workdir().map_or_else(|| self.git_dir(), PathBuf::from);
        top.canonicalize().unwrap_or(top)
    }

    /// The git directory and the work tree: no area may lie in them.
    pub fn places(&self) -> Vec<PathBuf> {
        let work_tree = self.git.workdir().map(PathBuf::from);
        [self.git_dir()].into_iter().chain(work_tree).collect()
    }

    /// Whether the blob of a leaf is not in the repository, so that it must be kept before it is replaced.
    pub fn lacks(&self, leaf: Option<Leaf>) -> bool {
        leaf.is_some_and(|leaf| self.read(leaf.id).is_err())
    }
}
