//! An area: a place a stage deploys to, as the configuration describes it.

use crate::pipeline::filter::Filter;
use crate::words::names::{AreaName, StageName};

/// One area (`SPEC A1`).
#[derive(Clone, Debug)]
pub struct Area {
    /// Its name.
    pub name: AreaName,
    /// The stage it belongs to.
    pub stage: StageName,
    /// Deploy by Default: moves deploy here without a further privilege (`SPEC S2`).
    pub default: bool,
    /// What it is for.
    pub class: AreaClass,
    /// Where its files go.
    pub target: TargetSpec,
    /// Areas of one stage deploy in this order; equal numbers together (`SPEC A8`).
    pub sequence: u32,
    /// Which of the stage's files it gets, and under which names.
    pub filter: Filter,
    /// What to do about files somebody edited on the target (`SPEC A7`).
    pub on_drift: DriftPolicy,
    /// When a deployment may be rolled back (`SPEC R2`).
    pub rollback: RollbackPolicy,
    /// Whether an older revision may replace a newer one (`SPEC A10`).
    pub regression: Regression,
    /// How often a server compares the target with the version by itself, in milliseconds; `None` is never (`SPEC A13`).
    pub verify_every_ms: Option<i64>,
    /// An offline area takes no deployment until it is back.
    pub offline: bool,
    /// A retired area takes nothing any more: it keeps its history, and nothing is pending or owed there (`SPEC A15`).
    pub retired: bool,
    /// Commands around a deployment (`SPEC A12`).
    pub hooks: Hooks,
}

/// What an area is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AreaClass {
    /// A place a stage deploys to.
    Deployment,
    /// A developer's place; a demotion rolls it back first (`SPEC D5`).
    Development,
}

impl AreaClass {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Deployment => "deployment",
            Self::Development => "development",
        }
    }
}

/// Where an area's files go (`SPEC A11`).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum TargetSpec {
    /// A directory of this machine.
    Dir(String),
    /// A program that is given the delta.
    Command {
        /// The program and its first arguments.
        program: Vec<String>,
        /// How long one call may take, in seconds.
        timeout_s: u64,
        /// Whether it can be asked to check a delta without putting it. One that does not know the question might put it.
        check_put: bool,
    },
}

impl TargetSpec {
    /// Where it is, where that is a place of its own: a program's place is the program's business.
    pub fn location(&self) -> Option<&str> {
        match self {
            Self::Dir(dir) => Some(dir),
            Self::Command { .. } => None,
        }
    }
}

/// What to do about a managed file whose content is not what the last version wrote.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DriftPolicy {
    /// Do not deploy; list the files.
    Refuse,
    /// Replace it, keeping the old content in the version's record.
    Overwrite,
    /// Leave it alone and report it.
    Keep,
}

/// When a later version depends on an earlier one (`SPEC R2`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RollbackPolicy {
    /// When they touch a path in common.
    Files,
    /// When undoing the earlier one does not merge cleanly.
    Lines,
    /// Always.
    Strict,
}

/// Whether an older revision may be deployed over a newer one (`SPEC A10`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Regression {
    /// Yes.
    Allow,
    /// No.
    Refuse,
}

/// Commands run around a deployment (`SPEC A12`).
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Hooks {
    /// Before anything is written; a failure stops the deployment.
    pub before: Option<Hook>,
    /// After everything is written; a failure undoes the deployment.
    pub after: Option<Hook>,
    /// After a failure, for cleaning up; its own failure is only reported.
    pub on_failure: Option<Hook>,
}

/// One command.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hook {
    /// The program and its arguments.
    pub run: Vec<String>,
    /// How long it may take, in seconds; then it is killed.
    pub timeout_s: u64,
}
