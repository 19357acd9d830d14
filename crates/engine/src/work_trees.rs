//! Work trees that show a stage's branch: brought along where that takes nothing from anybody, and told about where it
//! would (`SPEC L9`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::path::Path;
use switchback_core::ports::branches::BranchMove;
use switchback_core::ports::repository::WorkTree;
use switchback_core::words::remedy::{Hindrance, LeftBehind, Remedy};
use switchback_core::words::warning::Warning;

impl Desk<'_> {
    /// Brings the work trees on a branch along that are clean where it stood; may run twice.
    ///
    /// # Errors
    /// A fault of the repository.
    pub(crate) fn bring_along(&self, moved: BranchMove<'_>) -> Result<Vec<Warning>, EngineFailure> {
        let trees = self.house.branches.follow(&*self.repo, moved)?;
        let left = trees.into_iter().filter_map(|tree| match tree {
            WorkTree::Forwarded(_) => None,
            WorkTree::LeftAlone(path, why) => Some(left_alone(moved, &path, why)),
        });
        Ok(left.collect())
    }
}

/// What happened to a work tree.
fn left_alone(moved: BranchMove<'_>, path: &Path, why: Hindrance) -> Warning {
    let (branch, shows, path) = (moved.branch.to_owned(), moved.from, path.display().to_string());
    let told = match &why {
        Hindrance::Edited => "with changes of its own".to_owned(),
        Hindrance::InTheWay { file } => format!("and {file}, which git does not keep, stands where a file comes"),
        Hindrance::UnderWay { what } => format!("in the middle of a {what}"),
        Hindrance::NoGit => "and the `git` program, which brings it along, cannot be run".to_owned(),
        Hindrance::Locked { lock } => format!("and git's lock {lock} is held"),
    };
    let (old, new) = (shows.0.short(), moved.to.0.short());
    let message = format!(
        "branch {branch} is checked out at {path} {told}: it was left alone and still shows {old}; the branch moved on to \
         {new}"
    );
    Warning::of("work-tree-left-alone", message).mended_by(Remedy::BringAlong(Box::new(LeftBehind {
        path,
        branch,
        shows,
        hindrance: why,
    })))
}
