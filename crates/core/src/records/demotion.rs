//! The record of a demotion: changes taken out of a stage and every bypassed stage (`SPEC 5`).

use crate::words::names::{ChangeKey, OperationId, RevisionNo, StageName, Time, UserName};
use serde::{Deserialize, Serialize};

/// One demotion, possibly of several changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Demotion {
    /// `M-2`.
    pub id: OperationId,
    /// Down to which stage.
    pub target: StageName,
    /// What left, in order.
    pub demoted: Vec<Demoted>,
    /// Rollbacks it queued (`SPEC D7`) and ran before (`SPEC D5`).
    pub rollbacks: Vec<OperationId>,
    /// Deployments it queued at the target (`SPEC D8`).
    pub deployments: Vec<OperationId>,
    /// Who.
    pub by: UserName,
    /// When it began.
    pub at: Time,
    /// Why.
    pub reason: Option<String>,
}

/// A change that left.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Demoted {
    /// Which.
    pub change: ChangeKey,
    /// The highest stage it left.
    pub from: StageName,
    /// Every stage it left with the revision held there, highest first.
    pub left: Vec<(StageName, RevisionNo)>,
    /// The change it had to leave with, when it was not asked for by itself (`SPEC D4`).
    pub because_of: Option<ChangeKey>,
}
