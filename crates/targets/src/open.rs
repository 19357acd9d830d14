//! From what the configuration says to a target that can be used.

use super::command::Program;
use super::dir::DirTarget;
use super::journaled::Journaled;
use std::path::{Path, PathBuf};
use std::time::Duration;
use switchback_core::pipeline::area::{Area, TargetSpec};
use switchback_core::ports::target::Target;

/// The target of an area. Relative names start from the configuration's folder; `repository` are the places no area
/// may lie in: the git directory and the work trees.
pub fn open(area: &Area, folder: &Path, repository: &[PathBuf]) -> Box<dyn Target> {
    match &area.target {
        TargetSpec::Dir(dir) => Box::new(DirTarget::new(folder.join(dir), repository.to_vec())),
        TargetSpec::Command { program, timeout_s } => {
            let timeout = Duration::from_secs(*timeout_s);
            Box::new(Journaled::new(Program::new(program.clone(), folder.to_owned(), timeout)))
        }
    }
}
