//! Where a repository lies on this machine.

use super::GitRepo;
use std::path::{Path, PathBuf};
use switchback_core::ports::repository::Repo;
use switchback_core::words::fault::Fault;

impl GitRepo {
    /// The top folder of the work tree; the git directory of a bare repository.
    pub fn top(&self) -> PathBuf {
        let top = self.git.workdir().map_or_else(|| self.git_dir(), PathBuf::from);
        top.canonicalize().unwrap_or(top)
    }

    /// The folder of the main work tree, from whichever work tree this was opened; the git directory where there is none.
    /// Everything that is relative to the repository starts here (`SPEC A15`).
    ///
    /// # Errors
    /// `work-tree-unknown` from a linked work tree, where the git directory lies elsewhere and does not name the main one.
    pub fn main_folder(&self) -> Result<PathBuf, Fault> {
        if self.git_dir() == self.git.git_dir() {
            return Ok(self.top());
        }
        let git_dir = self.git_dir().canonicalize().unwrap_or_else(|_| self.git_dir());
        let options = gix::open::Options::isolated().open_path_as_is(true).lossy_config(true);
        let main = gix::open_opts(&git_dir, options).ok();
        let folder = match main.as_ref().and_then(|main| main.workdir()) {
            Some(folder) => folder.to_owned(),
            None if main.as_ref().is_none_or(|main| main.is_bare()) => git_dir,
            None => return Err(unknown(&git_dir)),
        };
        Ok(folder.canonicalize().unwrap_or(folder))
    }
}

fn unknown(git_dir: &Path) -> Fault {
    let message = format!("the main work tree of {} cannot be told from a linked one", git_dir.display());
    let hint = format!("name it with `git --git-dir {} config core.worktree DIR`, or work in it", git_dir.display());
    Fault::new("work-tree-unknown", message, hint)
}
