//! The promotion record (`SPEC P4`): chosen changes on their way from a source to a destination.

use crate::content::filetype::Excluded;
use crate::pipeline::Pipeline;
use crate::pipeline::order_by::OrderBy;
use crate::records::conflict::MoveConflict;
use crate::records::resolution::{Resolution, Settler};
use crate::records::under_way::UnderWay;
use crate::records::validation::Validation;
use crate::words::names::{ChangeKey, OperationId, RevisionNo, StageName, Time, UserName};
use crate::words::object::RepoPath;
use serde::{Deserialize, Serialize};

/// Up or down.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Climbing: the destination is higher.
    Forward,
    /// Back promotion: the destination is lower.
    Back,
}

impl Direction {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Forward => "forward",
            Self::Back => "back",
        }
    }
}

/// Where a promotion stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PromotionStatus {
    /// Made for review; nothing has moved.
    Draft,
    /// Will run at its time.
    Scheduled,
    /// Merged, and not on its stages yet: something has to come true first (`SPEC P14`).
    Merging,
    /// Stopped for a person to resolve conflicts.
    Conflicted,
    /// Moved; deployments have not started.
    Merged,
    /// Moved; deployments are under way.
    Deploying,
    /// Moved, and every deployment asked for succeeded.
    Completed,
    /// Moved, but a deployment failed.
    CompletedWithErrors,
    /// Could not run when its time came.
    Failed,
    /// Somebody called it off.
    Cancelled,
}

impl PromotionStatus {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Scheduled => "scheduled",
            Self::Merging => "merging",
            Self::Conflicted => "conflicted",
            Self::Merged => "merged",
            Self::Deploying => "deploying",
            Self::Completed => "completed",
            Self::CompletedWithErrors => "completed-with-errors",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether it still waits to move content: it may be edited, run or cancelled.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Scheduled | Self::Conflicted)
    }

    /// Whether its content was merged onto its destination, or was tried to be.
    pub fn has_merged(self) -> bool {
        use PromotionStatus::{Completed, CompletedWithErrors, Conflicted, Deploying, Merged, Merging};
        matches!(self, Merging | Conflicted | Merged | Deploying | Completed | CompletedWithErrors)
    }

    /// Whether its content stands on its destination.
    pub fn has_moved(self) -> bool {
        matches!(self, Self::Merged | Self::Deploying | Self::Completed | Self::CompletedWithErrors)
    }

    /// Whether something of it is still to come: it waits to move content, or its deployments have not ended.
    pub fn is_under_way(self) -> bool {
        self.is_open() || matches!(self, Self::Merging | Self::Deploying)
    }
}

/// What a person chose about how a promotion runs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct PromotionOptions {
    /// The order; the pipeline's where `None`.
    pub order_by: Option<OrderBy>,
    /// File types that must stop for a person; the pipeline's list where `None` (`SPEC X3`).
    pub exclude_from_auto_resolve: Option<Vec<String>>,
    /// Whether full profiles are a step of the deployment.
    pub full_profiles: bool,
    /// Whether full permission sets are a step of the deployment.
    pub full_permission_sets: bool,
    /// Whether the owner is mailed when the deployment is complete.
    pub email_on_complete: bool,
    /// Take along what the chosen changes need (`SPEC P11`).
    pub with_dependencies: bool,
    /// Leave conflicting changes behind instead of stopping (`SPEC P8`).
    pub skip_conflicted: bool,
    /// Take children along (`SPEC C6`).
    pub recursive: bool,
    /// What is deployed once the changes have moved.
    pub deploy: DeployWish,
    /// People merge it themselves: it moves no branch, and is made ready on one of its own.
    pub pull_request: bool,
}

impl PromotionOptions {
    /// The list of file types that must stop for a person, where the promotion has one of its own.
    pub fn excluded(&self) -> Option<Excluded> {
        self.exclude_from_auto_resolve.as_ref().map(|list| Excluded::new(list))
    }

    /// The order changes move in: the promotion's own, else the pipeline's (`SPEC P7`).
    pub fn order(&self, pipeline: &Pipeline) -> OrderBy {
        self.order_by.unwrap_or(pipeline.settings().order_by)
    }
}

/// What to deploy as part of a move.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeployWish {
    /// Nothing.
    #[default]
    Nothing,
    /// The default areas of the stage the changes arrive at.
    Defaults,
    /// These areas.
    Areas(Vec<crate::words::names::AreaName>),
}

/// One chosen change.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PromotedChange {
    /// Which.
    pub change: ChangeKey,
    /// At which revision.
    pub revision: RevisionNo,
    /// What became of it.
    pub status: MoveStatus,
}

/// What became of one change of a promotion.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MoveStatus {
    /// Not moved yet.
    Chosen,
    /// On the destination.
    Moved,
    /// Stopped by a conflict.
    Conflicted,
    /// Left behind: it, or what it needs, conflicted, or may not go any more.
    Skipped,
}

impl MoveStatus {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Moved => "moved",
            Self::Conflicted => "conflicted",
            Self::Skipped => "skipped",
        }
    }
}

/// A conflict that was settled without asking anybody (`SPEC X2`, `X5`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Decision {
    /// On which stage it arose.
    pub stage: StageName,
    /// Whose difference it was.
    pub change: ChangeKey,
    /// Where.
    pub path: RepoPath,
    /// What settled it.
    pub by: Settler,
}

/// A resolution of one change's conflict on one stage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MoveResolution {
    /// Whose conflict.
    pub change: ChangeKey,
    /// What settles it.
    pub resolution: Resolution,
}

/// The record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Promotion {
    /// `P-7`.
    pub id: OperationId,
    /// Up or down.
    pub direction: Direction,
    /// Where from.
    pub source: StageName,
    /// Where to.
    pub destination: StageName,
    /// What, in the order it moves.
    pub changes: Vec<PromotedChange>,
    /// The project it was made for.
    pub project: Option<String>,
    /// The release it was made for.
    pub release: Option<String>,
    /// Who answers for it.
    pub owner: UserName,
    /// Where it stands.
    pub status: PromotionStatus,
    /// How it runs.
    pub options: PromotionOptions,
    /// When it runs by itself.
    pub scheduled_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
    /// What stops it, while `Conflicted`.
    pub conflicts: Vec<MoveConflict>,
    /// What people decided about its conflicts.
    pub resolutions: Vec<MoveResolution>,
    /// What was decided without them when it moved.
    pub decisions: Vec<Decision>,
    /// Why it failed or was cancelled.
    pub note: Option<String>,
    /// What it left behind when it ran by itself, because it did not hold any more (`SPEC P12`), until somebody runs it
    /// again, drops it, or clones the record.
    pub left_out: Vec<LeftOut>,
    /// The record that was cloned from it.
    pub cloned_as: Option<OperationId>,
    /// What it is about to put on its stages, while `Merging`.
    pub under_way: Option<Box<UnderWay>>,
    /// What came of trying it, since it was last edited (`SPEC P15`); whether that still holds is worked out by
    /// [`standing`](crate::moving::validated::standing).
    pub validation: Option<Box<Validation>>,
}

/// A change that a record left behind when it ran by itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LeftOut {
    /// Which.
    pub change: ChangeKey,
    /// The code of the first reason.
    pub code: String,
    /// Every reason, in a sentence.
    pub message: String,
}

impl Promotion {
    /// Whether what it says may be changed: it has not moved anything.
    pub fn is_editable(&self) -> bool {
        self.status.is_open() || self.status == PromotionStatus::Failed
    }

    /// Whether it is ready on a branch of its own, and waits for people to merge that.
    pub fn awaits_merge(&self) -> bool {
        self.under_way.as_ref().is_some_and(|under_way| under_way.ready.is_some())
    }

    /// Whether it may be called off: nothing of it has moved, and no deployment is under way for it.
    pub fn can_be_called_off(&self) -> bool {
        self.is_editable() || self.awaits_merge()
    }

    /// Whether something of it is left to run: it has not moved, or not all of it did what was asked.
    pub fn can_run(&self) -> bool {
        use PromotionStatus::{Cancelled, CompletedWithErrors};
        self.can_be_called_off() || matches!(self.status, Cancelled | CompletedWithErrors) || !self.left_out.is_empty()
    }

    /// Whether somebody has yet to look at what did not go well when it ran by itself: nobody ran it again, dropped what
    /// stayed, cancelled or cloned it since.
    pub fn awaits_a_look(&self) -> bool {
        (self.status == PromotionStatus::Failed || !self.left_out.is_empty()) && self.cloned_as.is_none()
    }

    /// The changes that are to move, or did; not those left behind.
    pub fn carried(&self) -> impl Iterator<Item = &PromotedChange> {
        self.changes.iter().filter(|chosen| chosen.status != MoveStatus::Skipped)
    }

    /// Whether its time has come (`SPEC P12`).
    pub fn is_due(&self, now: Time) -> bool {
        self.status == PromotionStatus::Scheduled && self.scheduled_at.is_some_and(|at| at <= now)
    }
}
