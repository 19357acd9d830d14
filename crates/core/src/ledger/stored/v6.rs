//! Format 6: the body of an entry, and its facts. Changes are named by key. It adds to formats 3 to 5 and takes nothing
//! away, so one set of forms reads them all: what is new is absent there. Where another field may be absent, formats 1
//! and 2 had entries without it.

pub(super) mod areas;
pub(super) mod changes;
pub(super) mod moves;
pub(super) mod people;
pub(super) mod settled;
pub(super) mod validated;

use crate::ledger::entry;
use crate::ledger::rights;
use crate::ledger::stored::form::{Form, forms};
use crate::records::configuration;
use crate::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, Seq, StageName, Time, UserName, VersionNo};
use crate::words::object::{CommitId, RepoPath, TreeId};
use crate::words::remedy::Remedy;
use crate::words::warning;
use areas::{Deployment, DeploymentStatus, EarlierVersion, Version};
use changes::{Attestation, Facts, Item, Revision, TakenOff, Voice};
use moves::{Demoted, DemotionAsked, Promotion, RunFailure};
use people::{Grant, Privilege, Scope};
use serde::{Deserialize, Serialize};
use settled::{Leaf, Redecided, Remembered, ResolutionId};

/// What an entry says beside who and when.
#[derive(Serialize, Deserialize)]
pub(super) struct Body {
    format: u32,
    operation: Option<OperationId>,
    reason: Option<String>,
    /// Absent where somebody acted themselves, as everybody did before there were tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    through: Option<String>,
    asked: serde_json::Value,
    says: String,
    plan: String,
    privileges: Vec<Used>,
    warnings: Vec<Warning>,
    events: Vec<Event>,
}

impl Form for Body {
    type Of = entry::Body;
    fn write(of: &Self::Of) -> Self {
        let entry::Body { format: _, operation, reason, through, asked, says, plan, privileges, warnings, events } = of;
        Self {
            // Whatever it was read from, this is how it is written.
            format: entry::FORMAT,
            operation: *operation,
            reason: reason.clone(),
            through: through.clone(),
            asked: asked.clone(),
            says: says.clone(),
            plan: plan.clone(),
            privileges: Form::write(privileges),
            warnings: Form::write(warnings),
            events: Form::write(events),
        }
    }
    fn read(self) -> Self::Of {
        entry::Body {
            format: self.format,
            operation: self.operation,
            reason: self.reason,
            through: self.through,
            asked: self.asked,
            says: self.says,
            plan: self.plan,
            privileges: self.privileges.read(),
            warnings: self.warnings.read(),
            events: self.events.read(),
        }
    }
}

forms! {
    struct Used = rights::Used { privilege: Privilege, scope: Scope, implicit: Option<String>, }

    struct Proposed = configuration::Proposed { text: String, hash: String, schedules: Vec<String>, }

    struct Warning = warning::Warning {
        code: String,
        message: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        remedy: Option<Remedy>,
    }

    enum Event = entry::Event {
        Initialized { administrator: UserName, },
        Rebuilt { last: Vec<OperationId>, areas: Vec<EarlierVersion>, },
        Configured(proposed: Box<Proposed>),
        StageRenamed { from: StageName, to: StageName, },
        AreaRenamed { from: AreaName, to: AreaName, head: Option<CommitId>, },
        NumbersTaken { last: Vec<OperationId>, },
        StageAdopted {
            stage: StageName,
            base: CommitId,
            base_tree: TreeId,
            head: CommitId,
            tree: TreeId,
            items: Vec<Item>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            keeps: Option<CommitId>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            was: Option<CommitId>,
        },
        TakenOutBefore {
            stage: StageName,
            change: ChangeKey,
            revision: RevisionNo,
            commit: CommitId,
            by: UserName,
            at: Time,
        },
        CommitsAdopted {
            stage: StageName,
            head: CommitId,
            tree: TreeId,
            items: Vec<Item>,
            #[serde(default, skip_serializing_if = "Option::is_none")]
            keeps: Option<CommitId>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            removed: Vec<TakenOff>,
        },
        Recorded {
            change: ChangeKey,
            facts: Facts,
            revision: Box<Revision>,
            origin: Option<StageName>,
            #[serde(default, skip_serializing_if = "Voice::is_others")]
            voice: Voice,
        },
        Edited { change: ChangeKey, facts: Facts, },
        Attested {
            change: ChangeKey,
            revision: RevisionNo,
            kind: Attestation,
            #[serde(default, skip_serializing_if = "Voice::is_others")]
            voice: Voice,
        },
        Withdrawn { change: ChangeKey, revision: RevisionNo, kind: Attestation, },
        Excluded { change: ChangeKey, reason: String, },
        Included { change: ChangeKey, },
        Ignored { change: ChangeKey, stage: StageName, reason: String, },
        Noticed { change: ChangeKey, stage: StageName, },
        TaskAdded { change: ChangeKey, text: String, area: Option<AreaName>, },
        TaskDone { change: ChangeKey, number: u32, area: AreaName, revision: RevisionNo, },
        Applied { stage: StageName, item: Item, tree: TreeId, },
        Removed {
            stage: StageName,
            change: ChangeKey,
            commit: CommitId,
            tree: TreeId,
            #[serde(default)]
            decided: Vec<Redecided>,
        },
        Promotion(promotion: Box<Promotion>),
        DemotionBegun { demotion: OperationId, asked: Box<DemotionAsked>, first: Vec<OperationId>, },
        DemotionStopped { demotion: OperationId, changes: Vec<ChangeKey>, code: String, message: String, },
        Demoted {
            demotion: OperationId,
            target: StageName,
            demoted: Vec<Demoted>,
            rollbacks: Vec<OperationId>,
            deployments: Vec<OperationId>,
        },
        DeploymentAsked(deployment: Box<Deployment>),
        DeploymentEnded { deployment: OperationId, status: DeploymentStatus, },
        DeploymentRetried { deployment: OperationId, },
        VersionMade { area: AreaName, version: Box<Version>, },
        EditsSetAside { area: AreaName, deployment: OperationId, files: Vec<(RepoPath, Leaf)>, commit: CommitId, },
        VersionDiscarded { area: AreaName, number: VersionNo, entry: Seq, },
        Granted(grant: Grant),
        Revoked(grant: Grant),
        ResolutionForgotten { resolution: ResolutionId, reason: String, },
        ResolutionsLearned { learned: Vec<Remembered>, forgotten: Vec<ResolutionId>, },
        ResolutionsKept { head: CommitId, },
        ScheduleRan {
            schedule: String,
            due: Time,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            promotions: Vec<OperationId>,
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            failures: Vec<RunFailure>,
        },
    }
}
