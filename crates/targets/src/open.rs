//! From what the configuration says to a target that can be used.

use super::command::Program;
use super::dir::DirTarget;
use super::journaled::Journaled;
use std::path::PathBuf;
use std::time::Duration;
use switchback_core::pipeline::area::{Area, TargetSpec};
use switchback_core::ports::target::{Target, Targets};

/// Opens targets of one pipeline.
#[derive(Clone, Debug)]
pub struct TargetsOf {
    /// Where relative names of the configuration start from.
    pub folder: PathBuf,
    /// The places no area may lie in: the git directory and the work trees.
    pub repository: Vec<PathBuf>,
}

impl Targets for TargetsOf {
    fn open(&self, area: &Area) -> Box<dyn Target> {
        match &area.target {
            TargetSpec::Dir(dir) => Box::new(DirTarget::new(self.folder.join(dir), self.repository.clone())),
            TargetSpec::Command { program, timeout_s } => {
                let timeout = Duration::from_secs(*timeout_s);
                Box::new(Journaled::new(Program::new(program.clone(), self.folder.clone(), timeout)))
            }
        }
    }
}
