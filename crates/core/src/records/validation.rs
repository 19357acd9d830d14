//! What came of trying a promotion without moving anything (`SPEC P15`).

use crate::records::conflict::MoveConflict;
use crate::words::names::{AreaName, ChangeKey, Seq, StageName, Time, UserName, VersionNo};
use crate::words::remedy::Remedy;
use serde::{Deserialize, Serialize};

/// A promotion was tried. It is kept with its record, and says nothing about the run, which plans anew.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Validation {
    /// Who tried it.
    pub by: UserName,
    /// When.
    pub at: Time,
    /// The position of the ledger that it was tried at.
    pub seq: Seq,
    /// What came of it.
    pub outcome: Outcome,
    /// What its deployments would come to, area by area.
    pub areas: Vec<AreaCheck>,
    /// What it depends on, as that stood then.
    pub grounds: Vec<Ground>,
}

/// What came of trying a promotion.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every change merges, and nothing keeps it from going.
    Goes {
        /// The hash of the plan of the run: what `--plan` would name.
        plan: String,
    },
    /// It would stop for a person.
    Conflicts {
        /// The hash of the plan of the run, which keeps the conflicts.
        plan: String,
        /// Where.
        conflicts: Vec<MoveConflict>,
    },
    /// It would be refused.
    Refused {
        /// The refusal's code.
        code: String,
        /// Every reason, in a sentence.
        message: String,
        /// The next step.
        #[serde(with = "crate::words::remedy::stored")]
        remedy: Remedy,
    },
}

/// What a deployment of the promotion would come to in one area.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AreaCheck {
    /// Which area.
    pub area: AreaName,
    /// What it said.
    pub said: AreaSaid,
    /// What people have to do by hand before (`SPEC A12`): the deployment waits for it. The area is asked as if it were done.
    pub tasks: Vec<TaskAhead>,
}

/// A manual task that a deployment would wait for.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TaskAhead {
    /// Of which change.
    pub change: ChangeKey,
    /// Its number within the change.
    pub number: u32,
    /// What to do.
    pub text: String,
}

/// What an area says about content that may come.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AreaSaid {
    /// Nothing keeps this version from being made.
    Takes {
        /// Its number.
        version: VersionNo,
        /// What its target said to a check-only deployment (`SPEC A11`).
        target: TargetSaid,
        /// What nobody looked at, in a few words; empty where there is nothing.
        unchecked: String,
    },
    /// It holds all of it already.
    Unchanged,
    /// It would fail.
    Fails {
        /// The code of the refusal or the fault.
        code: String,
        /// The sentence.
        message: String,
        /// The next step.
        #[serde(with = "crate::words::remedy::stored")]
        remedy: Remedy,
        /// The exit code of the target's program, where that said so.
        exit: Option<i32>,
        /// The last lines that the program printed.
        said: Vec<String>,
    },
}

/// What a target said to a check-only deployment.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TargetSaid {
    /// It would take what comes.
    Passed {
        /// The last lines that its program printed.
        said: Vec<String>,
    },
    /// It was not asked.
    Unasked {
        /// Why, in a few words.
        why: String,
    },
}

/// Something that a validation depends on, as it stood.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ground {
    /// What.
    pub about: About,
    /// How it stood, to be compared and not to be read.
    pub stood: String,
}

/// What a validation can depend on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum About {
    /// The configuration in force: gates, areas, freeze windows.
    Configuration,
    /// What a stage holds, and whether it is frozen.
    Stage(StageName),
    /// A change: its revisions, what was attested, where it is held, what is known about it.
    Change(ChangeKey),
    /// What an area holds.
    Area(AreaName),
    /// What other promotions have under way.
    OtherPromotions,
    /// How conflicts were settled.
    Resolutions,
}

impl Validation {
    /// Whether the promotion would go, and every area would take what it brings.
    pub fn goes(&self) -> bool {
        let fails = |check: &AreaCheck| matches!(check.said, AreaSaid::Fails { .. });
        matches!(self.outcome, Outcome::Goes { .. }) && !self.areas.iter().any(fails)
    }
}

impl Outcome {
    /// The word shown.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Goes { .. } => "goes",
            Self::Conflicts { .. } => "conflicts",
            Self::Refused { .. } => "refused",
        }
    }
}
