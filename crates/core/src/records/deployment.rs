//! The record of a deployment or rollback: asked for, then settled by a version or a failure.

use crate::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, Time, UserName, VersionNo};
use crate::words::remedy::Remedy;
use serde::{Deserialize, Serialize};

/// What a deployment does to its area.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentKind {
    /// Writes the baseline only (`area populate`).
    Populate,
    /// Brings changes in.
    Deploy,
    /// Takes one whole deployment back (`SPEC R1`).
    Rollback {
        /// The version to take back.
        version: VersionNo,
    },
    /// Takes demoted changes out (`SPEC D7`, `R6`).
    Remove,
    /// Reinstates the current version (`SPEC A13`).
    Repair,
    /// Takes demoted changes out, and brings those that were rewritten without them to the stage's revision
    /// (`SPEC D4`, `D7`).
    Rewrite,
    /// Takes what stands at the place as a new version (`SPEC A15`).
    Adopt,
    /// Follows a place that was moved (`SPEC A15`).
    Move,
}

impl DeploymentKind {
    /// Whether it takes one whole deployment back.
    pub fn takes_whole_back(&self) -> bool {
        matches!(self, Self::Rollback { .. })
    }

    /// The word shown.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Populate => "populate",
            Self::Deploy => "deploy",
            Self::Rollback { .. } | Self::Remove => "rollback",
            Self::Repair => "repair",
            Self::Rewrite => "rewrite",
            Self::Adopt => "adopt",
            Self::Move => "move",
        }
    }
}

/// Where a deployment stands.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeploymentStatus {
    /// Its job has not ended.
    Queued,
    /// It made this version.
    Succeeded {
        /// Which.
        version: VersionNo,
    },
    /// There was nothing to do: the area already is as asked.
    Unchanged,
    /// It could not be done; the area is as it was before.
    Failed {
        /// The refusal's or fault's code.
        code: String,
        /// The sentence.
        message: String,
        /// The next step.
        #[serde(with = "crate::words::remedy::stored")]
        remedy: Remedy,
        /// The last lines a hook printed; empty where none had a part in it.
        output: Vec<String>,
    },
    /// It will not be done.
    Cancelled {
        /// Why.
        message: String,
    },
    /// A rollback for a demoted change did nothing: the stage holds the change again (`SPEC D7`).
    Void {
        /// The sentence.
        message: String,
    },
}

impl DeploymentStatus {
    /// The word shown.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Succeeded { .. } => "succeeded",
            Self::Unchanged => "unchanged",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
            Self::Void { .. } => "void",
        }
    }
}

/// Who may be asked about a deployment's privilege (`SPEC S2`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Occasion {
    /// Part of an allowed move: default areas need no privilege.
    Automatic,
    /// Asked for by hand.
    Explicit,
}

/// A deployment or rollback in one area: `D-4`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Deployment {
    /// `D-4`.
    pub id: OperationId,
    /// Where.
    pub area: AreaName,
    /// What.
    pub kind: DeploymentKind,
    /// The changes, at the revision the stage held when it was asked for.
    pub changes: Vec<(ChangeKey, RevisionNo)>,
    /// The move it is part of; itself when asked for by hand.
    pub operation: OperationId,
    /// By hand or automatic.
    pub occasion: Occasion,
    /// The sequence number it runs under (`SPEC A8`).
    pub sequence: u32,
    /// Who asked.
    pub by: UserName,
    /// When.
    pub at: Time,
    /// Why.
    pub reason: Option<String>,
    /// Where it stands.
    pub status: DeploymentStatus,
}

impl Deployment {
    /// Whether its job has ended, however.
    pub fn has_ended(&self) -> bool {
        self.status != DeploymentStatus::Queued
    }

    /// Whether its area is as asked.
    pub fn went_well(&self) -> bool {
        matches!(self.status, DeploymentStatus::Succeeded { .. } | DeploymentStatus::Unchanged)
    }

    /// Why it did not go well.
    pub fn why_not(&self) -> &str {
        match &self.status {
            DeploymentStatus::Failed { message, .. } | DeploymentStatus::Cancelled { message } => message,
            _ => "it did not end",
        }
    }

    /// The rollback of the version that it made, asked for by nobody; `None` where it made none.
    pub fn undone(&self, id: OperationId, at: Time, reason: &str) -> Option<Self> {
        let DeploymentStatus::Succeeded { version } = self.status else { return None };
        Some(Self {
            id,
            kind: DeploymentKind::Rollback { version },
            occasion: Occasion::Automatic,
            sequence: 0,
            at,
            reason: Some(reason.to_owned()),
            status: DeploymentStatus::Queued,
            ..self.clone()
        })
    }
}
