//! What people are told about what happened, or is about to (`SPEC H4`): plain data, without anybody's address.

use crate::words::names::{AreaName, ChangeKey, OperationId, StageName, Time, UserName};
use serde::{Deserialize, Serialize};

/// What a notice is about. The words are what subscriptions, webhooks and the outbox name it by.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// Changes arrived on a stage.
    Promotion,
    /// A promotion that was to run by itself did not.
    PromotionFailed,
    /// Changes left their stages.
    Demotion,
    /// An area has a new version.
    Deployment,
    /// A deployment came to nothing.
    DeploymentFailed,
    /// Something was taken back in an area.
    Rollback,
    /// It was not.
    RollbackFailed,
    /// A promotion stopped for a person to resolve conflicts.
    Conflict,
    /// Every deployment of a promotion has ended, and it asked to be told of that (`SPEC P4`).
    DeploymentComplete,
    /// A back-promotion comes to a stage soon.
    Arriving,
    /// A back-promotion came to a stage.
    Arrived,
    /// Somebody edited files on a target (`SPEC A7`, `A13`).
    Drifted,
}

impl NoticeKind {
    /// Every one.
    pub const ALL: [Self; 12] = [
        Self::Promotion,
        Self::PromotionFailed,
        Self::Demotion,
        Self::Deployment,
        Self::DeploymentFailed,
        Self::Rollback,
        Self::RollbackFailed,
        Self::Conflict,
        Self::DeploymentComplete,
        Self::Arriving,
        Self::Arrived,
        Self::Drifted,
    ];

    /// The word shown, and kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Promotion => "promotion",
            Self::PromotionFailed => "promotion-failed",
            Self::Demotion => "demotion",
            Self::Deployment => "deployment",
            Self::DeploymentFailed => "deployment-failed",
            Self::Rollback => "rollback",
            Self::RollbackFailed => "rollback-failed",
            Self::Conflict => "conflict",
            Self::DeploymentComplete => "deployment-complete",
            Self::Arriving => "arriving",
            Self::Arrived => "arrived",
            Self::Drifted => "drifted",
        }
    }

    /// The one that a word names.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// One thing to be told.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Notice {
    /// What it is about.
    pub kind: NoticeKind,
    /// One sentence.
    pub says: String,
    /// Who did it; `None` where nobody has yet.
    pub by: Option<UserName>,
    /// What it concerns.
    pub subject: Subject,
    /// Who is told whether or not they subscribed.
    pub owners: Vec<UserName>,
}

/// What a notice concerns.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Subject {
    /// The promotion, demotion or deployment.
    pub operation: Option<OperationId>,
    /// The stage: where something arrives, or the highest that it leaves.
    pub stage: Option<StageName>,
    /// Where it comes from.
    pub source: Option<StageName>,
    /// The area.
    pub area: Option<AreaName>,
    /// The changes.
    pub changes: Vec<ChangeKey>,
    /// When it is to happen, where it has not yet.
    pub due: Option<Time>,
}
