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

/// Refuses a repository whose configuration says something wrong of its work tree: everything that is relative would
/// start elsewhere than people think, and git itself works in no such folder. Faults: `work-tree-unknown`.
pub(super) fn check(git: &gix::Repository) -> Result<(), Fault> {
    let (config, git_dir) = (git.config_snapshot(), git.common_dir());
    let at = git_dir.canonicalize().unwrap_or_else(|_| git_dir.to_owned());
    if let Some(named) = config.string("core.worktree").filter(|_| git.workdir().is_some_and(|top| !top.is_dir())) {
        let message = format!("`core.worktree` of {} names {named}, where no folder is", at.display());
        let hint = format!(
            "name the right one, or take it out: `git --git-dir {} config --unset core.worktree`",
            at.display()
        );
        return Err(Fault::new("work-tree-unknown", message, hint));
    }
    let is_bare = config.boolean("core.bare") == Some(true) && config.string("core.worktree").is_none();
    let above = at.parent().filter(|_| is_bare && at.ends_with(".git") && at.join("index").is_file());
    match above.filter(|above| holds_files(above)) {
        Some(above) => {
            let message = format!(
                "`core.bare` of {} is set, and {} is its work tree by all that stands there",
                at.display(),
                above.display()
            );
            let hint = format!("say that it has one: `git --git-dir {} config core.bare false`", at.display());
            Err(Fault::new("work-tree-unknown", message, hint))
        }
        None => Ok(()),
    }
}

/// Whether files stand in a folder itself. Where a bare repository is kept in the midst of its linked work trees, only
/// folders do.
fn holds_files(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
}

fn unknown(git_dir: &Path) -> Fault {
    let message = format!("the main work tree of {} cannot be told from a linked one", git_dir.display());
    let hint = format!("name it with `git --git-dir {} config core.worktree DIR`, or work in it", git_dir.display());
    Fault::new("work-tree-unknown", message, hint)
}
