//! What the ledger records. Append-only; old formats load forever (golden files pin every stored form).

use crate::pipeline::stage::Attestation;
use crate::records::change::{Facts, Revision};
use crate::records::demotion::Demoted;
use crate::records::deployment::{Deployment, DeploymentStatus};
use crate::records::grant::Grant;
use crate::records::line::Item;
use crate::records::promotion::Promotion;
use crate::records::resolution::Redecided;
use crate::records::resolution::{Remembered, ResolutionId};
use crate::records::version::Version;
use crate::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, Seq, StageName, Time, UserName};
use crate::words::object::{CommitId, TreeId};
use serde::{Deserialize, Serialize};

/// The format this program writes. It reads every format up to this one.
pub const FORMAT: u32 = 2;

/// One operation, as the ledger keeps it (`SPEC H1`).
#[derive(Clone, PartialEq, Debug)]
pub struct Entry {
    /// Its position.
    pub seq: Seq,
    /// When.
    pub at: Time,
    /// Who.
    pub actor: UserName,
    /// What it is: `demotion`, `version`.
    pub kind: String,
    /// The rest.
    pub body: Body,
}

/// What an entry says beside who and when.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Body {
    /// The format it was written in.
    pub format: u32,
    /// The operation it belongs to.
    pub operation: Option<OperationId>,
    /// Why somebody did it.
    pub reason: Option<String>,
    /// What was asked, as the request stood.
    pub asked: serde_json::Value,
    /// What was decided, in one sentence.
    pub says: String,
    /// The hash of the plan that was carried out.
    pub plan: String,
    /// Privileges it used, each with whether it was implicit (`SPEC S2`).
    pub privileges: Vec<crate::ledger::rights::Used>,
    /// What somebody should know about it.
    pub warnings: Vec<crate::words::warning::Warning>,
    /// The facts.
    pub events: Vec<Event>,
}

/// One fact. Folding the facts in order gives the state.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Event {
    /// The pipeline began.
    Initialized {
        /// Who administers it (`SPEC S4`).
        administrator: UserName,
    },
    /// A stage's branch was taken in, at the start or after somebody rewrote it (`SPEC L8`, `L10`).
    StageAdopted {
        /// Which stage.
        stage: StageName,
        /// Where its line starts.
        base: CommitId,
        /// The tree there.
        base_tree: TreeId,
        /// Where its branch stands.
        head: CommitId,
        /// The tree there.
        tree: TreeId,
        /// What lies between.
        items: Vec<Imported>,
    },
    /// Commits somebody else pushed were taken in (`SPEC L8`).
    CommitsAdopted {
        /// Which stage.
        stage: StageName,
        /// Where its branch stands.
        head: CommitId,
        /// The tree there.
        tree: TreeId,
        /// What they brought.
        items: Vec<Imported>,
    },
    /// A change was recorded, or a revision added to one.
    Recorded {
        /// Which.
        change: ChangeKey,
        /// What is known about it.
        facts: Facts,
        /// The revision.
        revision: Box<Revision>,
        /// Where it originated.
        origin: Option<StageName>,
    },
    /// What is known about a change was edited.
    Edited {
        /// Which.
        change: ChangeKey,
        /// What is known now.
        facts: Facts,
    },
    /// Somebody attested something (`SPEC C4`).
    Attested {
        /// About which change.
        change: ChangeKey,
        /// Which revision.
        revision: RevisionNo,
        /// What.
        kind: Attestation,
    },
    /// A change is never counted and never offered (`SPEC C5`).
    Excluded {
        /// Which.
        change: ChangeKey,
        /// Why.
        reason: String,
    },
    /// It is again.
    Included {
        /// Which.
        change: ChangeKey,
    },
    /// A change is not offered to a stage (`SPEC C5`).
    Ignored {
        /// Which.
        change: ChangeKey,
        /// Where.
        stage: StageName,
        /// Why.
        reason: String,
    },
    /// It is again.
    Noticed {
        /// Which.
        change: ChangeKey,
        /// Where.
        stage: StageName,
    },
    /// A manual task was added to a change (`SPEC A12`).
    TaskAdded {
        /// Which change.
        change: ChangeKey,
        /// What to do.
        text: String,
        /// For which area; every area where `None`.
        area: Option<AreaName>,
    },
    /// A manual task was done.
    TaskDone {
        /// Of which change.
        change: ChangeKey,
        /// Which task.
        number: u32,
        /// For which area.
        area: AreaName,
        /// For which revision.
        revision: RevisionNo,
    },
    /// A difference was carried onto a stage's line: apply, update or receipt.
    Applied {
        /// Which stage.
        stage: StageName,
        /// Whose difference.
        item: Imported,
        /// The tree afterwards.
        tree: TreeId,
    },
    /// Changes were taken off a stage's line (`SPEC L3`).
    Removed {
        /// Which stage.
        stage: StageName,
        /// Which.
        change: ChangeKey,
        /// The commit that did it.
        commit: CommitId,
        /// The tree afterwards.
        tree: TreeId,
        /// What was decided about changes that stay (`SPEC L3`).
        #[serde(default)]
        decided: Vec<Redecided>,
    },
    /// A promotion record was made or has changed; this is all of it.
    Promotion(Box<Promotion>),
    /// A change was demoted.
    Demoted {
        /// By which demotion.
        demotion: OperationId,
        /// Down to which stage.
        target: StageName,
        /// What left.
        demoted: Vec<Demoted>,
        /// Rollbacks it queued or ran.
        rollbacks: Vec<OperationId>,
        /// Deployments it queued.
        deployments: Vec<OperationId>,
    },
    /// A deployment or rollback was asked for.
    DeploymentAsked(Box<Deployment>),
    /// It ended without a version.
    DeploymentEnded {
        /// Which.
        deployment: OperationId,
        /// How.
        status: DeploymentStatus,
    },
    /// It made a version, which ends it unless it was the baseline before the real one.
    VersionMade {
        /// In which area.
        area: AreaName,
        /// The version.
        version: Box<Version>,
    },
    /// Somebody was granted or denied a privilege.
    Granted(Grant),
    /// A grant was taken back.
    Revoked(Grant),
    /// A resolution settles nothing any more (`SPEC X5`).
    ResolutionForgotten {
        /// Which.
        resolution: ResolutionId,
        /// Why.
        reason: String,
    },
    /// Resolutions came with the repository: somebody fetched `refs/switchback/resolutions` (`SPEC X5`).
    ResolutionsLearned {
        /// New ones, and those decided otherwise since.
        learned: Vec<Remembered>,
        /// Those that were forgotten there.
        forgotten: Vec<ResolutionId>,
    },
    /// What is remembered stands in this commit, for `refs/switchback/resolutions`.
    ResolutionsKept {
        /// The commit.
        head: CommitId,
    },
    /// A scheduled run happened, so that it does not happen twice (`SPEC P12`).
    ScheduleRan {
        /// Its cron line and source, which name it.
        schedule: String,
        /// The moment it was due.
        due: Time,
    },
}

/// An [`Item`] whose change is named by key: numbers are the state's own.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Imported {
    /// Whose difference.
    pub change: ChangeKey,
    /// The item; its change number is not read.
    pub item: Item,
}
