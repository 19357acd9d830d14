//! From what the configuration says to a target that can be used.

use super::command::Program;
use super::dir::DirTarget;
use super::journaled::Journaled;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use switchback_core::pipeline::area::{Area, TargetSpec};
use switchback_core::ports::target::{StopWish, Target, Targets};

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
        self.open_to_ask(area, Arc::new(|| false))
    }

    fn open_to_ask(&self, area: &Area, stop: StopWish) -> Box<dyn Target> {
        match &area.target {
            TargetSpec::Dir(dir) => Box::new(DirTarget::new(self.folder.join(dir), self.repository.clone())),
            TargetSpec::Command { program, timeout_s, check_put } => {
                let timeout = Duration::from_secs(*timeout_s);
                let program = Program::new(program.clone(), self.folder.clone(), timeout).until(stop);
                Box::new(Journaled::new(if *check_put { program.that_checks() } else { program }))
            }
        }
    }
}
