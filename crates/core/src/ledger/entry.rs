//! What the ledger records. Append-only; how it is [stored](crate::ledger::stored) is another matter.

use crate::pipeline::stage::Attestation;
use crate::records::area_line::EarlierVersion;
use crate::records::change::{Facts, Revision, Voice};
use crate::records::configuration::Proposed;
use crate::records::demotion::{Demoted, DemotionAsked};
use crate::records::deployment::{Deployment, DeploymentStatus};
use crate::records::grant::Grant;
use crate::records::line::{Item, TakenOff};
use crate::records::promotion::Promotion;
use crate::records::resolution::Redecided;
use crate::records::resolution::{Remembered, ResolutionId};
use crate::records::schedule::RunFailure;
use crate::records::version::VersionFact;
use crate::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, Seq, StageName, Time, UserName, VersionNo};
use crate::words::object::{CommitId, Leaf, RepoPath, TreeId};

/// The format this program writes. It reads every format up to this one.
pub const FORMAT: u32 = 6;

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
#[derive(Clone, PartialEq, Debug)]
pub struct Body {
    /// The format it was written in.
    pub format: u32,
    /// The operation it belongs to.
    pub operation: Option<OperationId>,
    /// Why somebody did it.
    pub reason: Option<String>,
    /// The token that a program acted with in their name (`SPEC W3`).
    pub through: Option<String>,
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
#[derive(Clone, PartialEq, Debug)]
pub enum Event {
    /// The pipeline began.
    Initialized {
        /// Who administers it (`SPEC S4`).
        administrator: UserName,
    },
    /// The record of the pipeline was lost, or is elsewhere, and this one begins with what branches and refs still tell:
    /// numbers go on after it (`SPEC L11`).
    Rebuilt {
        /// The highest operation of each kind that something names.
        last: Vec<OperationId>,
        /// The newest version of each area whose versions are still there.
        areas: Vec<EarlierVersion>,
    },
    /// A configuration was put in force (`SPEC K1`).
    Configured(Box<Proposed>),
    /// A stage has another name from here on (`SPEC A15`).
    StageRenamed {
        /// What it was called.
        from: StageName,
        /// What it is called.
        to: StageName,
    },
    /// An area has another name from here on (`SPEC A15`).
    AreaRenamed {
        /// What it was called.
        from: AreaName,
        /// What it is called.
        to: AreaName,
        /// The commit of its newest version, which the ref of its new name keeps.
        head: Option<CommitId>,
    },
    /// Commits that were taken in are of operations which another record of the pipeline made, and this one never knew:
    /// their numbers are taken.
    NumbersTaken {
        /// The highest of each kind.
        last: Vec<OperationId>,
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
        /// Keeps trees that belong to no commit of the branch from being pruned.
        keeps: Option<CommitId>,
        /// Where the line ended before, whose past is kept from being pruned too.
        was: Option<CommitId>,
    },
    /// A change was taken out of a stage before that was taken in: its branch says so (`SPEC L10`, `L11`).
    TakenOutBefore {
        /// The stage.
        stage: StageName,
        /// Which change.
        change: ChangeKey,
        /// The revision that was held, as far as it is known; else the newest.
        revision: RevisionNo,
        /// The commit that took it out.
        commit: CommitId,
        /// Who made that.
        by: UserName,
        /// When.
        at: Time,
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
        /// Keeps trees that belong to no commit of the branch from being pruned.
        keeps: Option<CommitId>,
        /// What they took out of what the line held before.
        removed: Vec<TakenOff>,
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
        /// Whether who recorded it owned the change until then.
        voice: Voice,
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
        /// Whether it is the word of who owned the revision.
        voice: Voice,
    },
    /// An attestation was taken back (`SPEC C4`).
    Withdrawn {
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
        decided: Vec<Redecided>,
    },
    /// A promotion record was made or has changed; this is all of it.
    Promotion(Box<Promotion>),
    /// Development areas are rolled back first; the demotion goes on when they are (`SPEC D5`).
    DemotionBegun {
        /// Which demotion.
        demotion: OperationId,
        /// What goes on afterwards.
        asked: Box<DemotionAsked>,
        /// The rollbacks it waits for.
        first: Vec<OperationId>,
    },
    /// Changes were not demoted after all, nor those after them (`SPEC D5`, `D9`).
    DemotionStopped {
        /// Which demotion.
        demotion: OperationId,
        /// Which changes.
        changes: Vec<ChangeKey>,
        /// The refusal's or fault's code.
        code: String,
        /// The sentence.
        message: String,
    },
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
    /// One that failed or was cancelled is queued again (`SPEC A9`).
    DeploymentRetried {
        /// Which.
        deployment: OperationId,
    },
    /// It made a version, which ends it unless it was the baseline before the real one.
    VersionMade {
        /// In which area.
        area: AreaName,
        /// The version.
        version: Box<VersionFact>,
    },
    /// Files that somebody edited in the middle of a deployment were set aside when it was taken back (`SPEC A7`).
    EditsSetAside {
        /// In which area.
        area: AreaName,
        /// Which deployment.
        deployment: OperationId,
        /// Which files, with what somebody had written.
        files: Vec<(RepoPath, Leaf)>,
        /// The commit that holds what they wrote.
        commit: CommitId,
    },
    /// Of two versions with one number, the second counts no more; nothing is renumbered.
    VersionDiscarded {
        /// In which area.
        area: AreaName,
        /// The number both have.
        number: VersionNo,
        /// The entry that tells of the second.
        entry: Seq,
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
        /// The promotions it made.
        promotions: Vec<OperationId>,
        /// What it did not do though it was asked to.
        failures: Vec<RunFailure>,
    },
}

/// An [`Item`] whose change is named by key: numbers are the state's own.
pub type Imported = Item<ChangeKey>;
