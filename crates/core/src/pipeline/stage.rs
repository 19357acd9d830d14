//! A stage: a place in the pipeline with a branch, and the gates that guard what comes in.

use crate::words::names::{StageName, Time};
use serde::{Deserialize, Serialize};

/// One stage, as the configuration describes it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stage {
    /// Its name.
    pub name: StageName,
    /// The short name of its git branch.
    pub branch: String,
    /// The stages directly above it.
    pub next: Vec<StageName>,
    /// What guards changes that climb into this stage.
    pub promote: Gate,
    /// What guards changes that are carried back down into this stage.
    pub back_promote: Gate,
    /// When nothing may move into or out of this stage (`SPEC P13`).
    pub freeze: Vec<Freeze>,
    /// What becomes of areas already deployed when a sibling of a lower sequence number fails (`SPEC A8`).
    pub on_failure: OnFailure,
    /// When its branch takes what a promotion brings (`SPEC P14`).
    pub takes: Takes,
}

/// When a stage's branch takes what a promotion brings (`SPEC P14`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Takes {
    /// First; what is deployed is deployed afterwards.
    #[default]
    First,
    /// Once the stage's default areas hold it.
    AfterDeploy,
    /// When people merge it, through a pull request: Switchback makes it ready on a branch of its own.
    PullRequest,
}

/// A statement somebody makes about one revision (`SPEC C4`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attestation {
    /// It was tested.
    Tested,
    /// It was approved.
    Approved,
}

impl Attestation {
    /// The word people type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tested => "tested",
            Self::Approved => "approved",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Tested, Self::Approved].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// What a change needs before it may enter a stage in one direction (`SPEC P3`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Gate {
    /// Attestations the moving revision must carry.
    pub require: Vec<Attestation>,
    /// Whether the source's default areas must hold the revision first.
    pub require_deployed_at_source: bool,
    /// What to do when the destination has unpromoted work on the same files.
    pub unpromoted_work: UnpromotedWork,
    /// By whom changes are moved through it (`SPEC P14`).
    pub mode: Mode,
    /// The neighbours that the mode is for; all of them when empty. From others people move them.
    pub mode_from: Vec<StageName>,
}

impl Gate {
    /// By whom changes from a neighbour are moved through it.
    pub(super) fn mode_from(&self, source: &StageName) -> Mode {
        match self.mode_from.is_empty() || self.mode_from.contains(source) {
            true => self.mode,
            false => Mode::Manual,
        }
    }

    /// The default on the way up: nothing is required.
    pub fn forward() -> Self {
        Self {
            require: Vec::new(),
            require_deployed_at_source: false,
            unpromoted_work: UnpromotedWork::Allow,
            mode: Mode::Manual,
            mode_from: Vec::new(),
        }
    }

    /// The default on the way down: tested, approved, and a warning about unpromoted work.
    pub fn back() -> Self {
        Self {
            require: vec![Attestation::Tested, Attestation::Approved],
            require_deployed_at_source: false,
            unpromoted_work: UnpromotedWork::Warn,
            mode: Mode::Manual,
            mode_from: Vec::new(),
        }
    }
}

/// By whom changes are moved along a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// By people.
    #[default]
    Manual,
    /// By a schedule.
    Scheduled,
    /// By itself, as soon as something is eligible.
    Automatic,
}

impl Mode {
    /// The word written in a configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Scheduled => "scheduled",
            Self::Automatic => "automatic",
        }
    }
}

/// What to do when the destination has changes on the same files that it has not yet promoted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnpromotedWork {
    /// Say nothing.
    Allow,
    /// Let the change go, and say so.
    Warn,
    /// Keep the change back.
    Block,
}

/// A window in which a stage is frozen; both ends belong to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Freeze {
    /// The first moment.
    pub from: Time,
    /// The last moment.
    pub to: Time,
    /// Why, as people will read it.
    pub reason: String,
}

/// What becomes of siblings when a deployment fails (`SPEC A8`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OnFailure {
    /// Later sequence numbers do not start.
    Stop,
    /// What the same operation already deployed on this stage is rolled back as well.
    UndoAll,
}

impl Stage {
    /// The freeze window that holds at a moment.
    pub fn frozen_at(&self, now: Time) -> Option<&Freeze> {
        self.freeze.iter().find(|window| window.from <= now && now <= window.to)
    }
}
