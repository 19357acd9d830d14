//! What to do about a refusal, a fault or a warning: the next step as data. Whoever shows it words it: the command line
//! as a command, a page as a button.

mod left_behind;
mod missing;
mod on_branch;
mod place;
mod which;

pub use left_behind::{Hindrance, LeftBehind};
pub use missing::{Missing, Unheld};
pub use on_branch::{OnBranch, Settling};
pub use place::{Edge, Place};
pub use which::{Addition, Course, Damage, Mended, Way};

use crate::scope::Scope;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The next step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "step", rename_all = "kebab-case")]
pub enum Remedy {
    /// Something that is done outside of Switchback, or not done at all: wait, mend, ask somebody.
    Advice {
        /// The sentence.
        text: String,
    },
    /// A name that was probably meant.
    DidYouMean {
        /// The known name.
        name: String,
    },
    /// A pipeline that was probably meant.
    DidYouMeanPipeline {
        /// Its name.
        name: String,
    },
    /// Say which pipeline is meant: none has the name that is left away.
    NamePipeline {
        /// Those that are here.
        names: Vec<String>,
    },
    /// Say which stage is meant as one end of a move.
    NameStage {
        /// `from` or `to`.
        end: String,
    },
    /// Say along which edge everything is meant to climb.
    NameEdge {
        /// Those that fit.
        edges: Vec<Edge>,
    },
    /// Name changes that only come along, where they are meant to move.
    NameChange {
        /// The first.
        change: String,
        /// The rest.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        others: Vec<String>,
    },
    /// Choose changes for a promotion that has none.
    AddChange {
        /// Which promotion.
        promotion: String,
    },
    /// Make a new record of one that is over.
    ClonePromotion {
        /// Which promotion.
        promotion: String,
    },
    /// Look there first.
    Look {
        /// Where.
        at: Place,
    },
    /// Ask the same again, with something more or less.
    AskAgain {
        /// What.
        with: Addition,
    },
    /// Begin the record of a pipeline in a repository that lacks a configuration or a stage.
    Initialize {
        /// The pipeline, if it has a name of its own.
        pipeline: Option<String>,
    },
    /// Begin the record of a configured pipeline.
    BeginRecord {
        /// Which.
        pipeline: String,
    },
    /// Work where the record of a pipeline is, bring it here, or build it anew.
    FindRecord {
        /// Which.
        pipeline: String,
        /// A repository that may have refs which building it anew needs, where they are not here.
        remote: Option<String>,
    },
    /// Add a stage to the configuration, or let `init` write one.
    AddStage,
    /// Put a configuration in force.
    Configure {
        /// Its file, where none is at hand.
        file: Option<String>,
    },
    /// Compare the configuration with what `init` writes.
    CompareConfiguration,
    /// Write a group without the sign that marks it in grants.
    BareGroup {
        /// The group without the sign.
        name: String,
    },
    /// See which stages and areas hold a change.
    ShowWhere {
        /// Which.
        change: String,
    },
    /// See what keeps changes from a stage.
    ShowBehind {
        /// The stage they would go to.
        destination: String,
        /// The stage that holds them.
        source: String,
    },
    /// See what keeps changes from climbing.
    ShowAhead {
        /// The stage that holds them.
        source: String,
        /// The stage they would go to.
        destination: String,
    },
    /// See what can be rolled back.
    ShowRollbackable {
        /// In this area only.
        area: Option<String>,
    },
    /// Try a job again before another that waits for it.
    RetryFirst {
        /// Which.
        job: u64,
    },
    /// Have a queued deployment carried out, or call it off.
    GoOnOrCallOff {
        /// Which.
        deployment: String,
    },
    /// See how a promotion stands.
    ShowPromotion {
        /// Which.
        promotion: String,
    },
    /// See which changes a promotion carries.
    ShowCarried {
        /// Which.
        promotion: String,
    },
    /// Run a promotion with what its changes need, so that it does not conflict over it.
    RunWithDependencies {
        /// Which promotion.
        promotion: String,
    },
    /// Call a promotion off.
    CancelPromotion {
        /// Which.
        promotion: String,
    },
    /// Wait for the promotion under way, or call it off.
    WaitOrCancelPromotion,
    /// Wait for the end of a freeze, or override it (`SPEC P13`).
    WaitOrOverrideFreeze,
    /// Say of a change that it is tested or approved.
    Attest {
        /// Which.
        change: String,
        /// `tested` or `approved`.
        kind: String,
    },
    /// Take an excluded change back in.
    Include {
        /// Which.
        change: String,
    },
    /// Stop ignoring a change.
    StopIgnoring {
        /// Which.
        change: String,
    },
    /// Promote a change before anything else.
    PromoteFirst {
        /// Which.
        change: String,
        /// Where to.
        to: String,
    },
    /// Bring changes to a stage before what was made on them goes there.
    BringFirst(Missing),
    /// Record again, where it is needed, what a change is stacked on and no stage holds.
    RecordFirst(Unheld),
    /// Settle on a change's own branch what conflicts at a stage.
    SettleOnBranch(Box<OnBranch>),
    /// Deploy a change to the areas of the stage it comes from.
    DeployAtSource {
        /// Which.
        change: String,
        /// That stage.
        stage: String,
    },
    /// Deploy several changes to an area at once.
    DeployTogether {
        /// The change asked for, then those it needs there.
        changes: Vec<String>,
        /// Where.
        area: String,
    },
    /// Deploy changes by name: they are on hold, and nothing else takes them there.
    DeployByName {
        /// Which.
        changes: Vec<String>,
        /// Where.
        area: String,
    },
    /// Deploy to an area: it has its baseline.
    DeployTo {
        /// Which.
        area: String,
    },
    /// Write an area's baseline.
    Populate {
        /// Which.
        area: String,
    },
    /// Do a manual task, then say that it is done.
    FinishTask {
        /// Whose.
        change: String,
        /// The task's number.
        task: u32,
        /// Where.
        area: String,
    },
    /// Roll a deployment back.
    RollBack {
        /// In which area.
        area: String,
        /// The version it made.
        version: u32,
    },
    /// Roll a deployment back although demoted content comes back with it.
    RollBackAnyway {
        /// In which area.
        area: String,
        /// The version it made.
        version: u32,
    },
    /// Roll several deployments of an area back, in this order.
    RollBackFirst {
        /// In which area.
        area: String,
        /// The versions they made, newest first.
        versions: Vec<u32>,
    },
    /// Take along what builds on the changes.
    TakeAlong {
        /// What does.
        dependents: Vec<String>,
    },
    /// Take along what builds on the changes, or rewrite it without them.
    TakeAlongOrRewrite {
        /// What does.
        dependents: Vec<String>,
    },
    /// Take a change out though its content stays, or what brings that as well along with it.
    LeaveContent {
        /// The changes that bring it; none where the branch held it before.
        brought_by: Vec<String>,
    },
    /// Demote from the highest stage that holds the change.
    DemoteFromTop {
        /// Which.
        change: String,
        /// That stage.
        from: String,
    },
    /// Let an administrator grant a privilege.
    Grant {
        /// To whom.
        user: String,
        /// Which.
        privilege: String,
        /// Where.
        scope: Scope,
    },
    /// Let an administrator take a denial back, which wins over every grant.
    LiftDenial {
        /// Of whom: a user, or `@group`.
        who: String,
        /// Which.
        privilege: String,
        /// Where.
        scope: Scope,
    },
    /// Record a change by the commits that are its own, or the other changes of its branch first.
    RecordApart {
        /// Which.
        change: String,
        /// The others.
        others: Vec<String>,
        /// Its own commits, oldest first.
        commits: Vec<String>,
    },
    /// Look at the drift of an area and reinstate it, or choose another policy.
    SettleDrift {
        /// Which area.
        area: String,
    },
    /// Settle whose place it is that an area deploys to, in one of several ways (`SPEC A15`).
    SettlePlace {
        /// Which area.
        area: String,
        /// The ways, the likeliest first.
        ways: Vec<Way>,
    },
    /// See what somebody had edited in an area, and what is kept of it.
    ShowKept {
        /// Which area.
        area: String,
    },
    /// Let Switchback put an area right again.
    RepairArea {
        /// Which; `None` where what fails knows only its place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        area: Option<String>,
        /// What happened to it.
        after: Damage,
    },
    /// Move away what stands in an area where a file shall go, or take it over.
    MakeWay {
        /// Which area.
        area: String,
    },
    /// Queue the job again.
    RetryJob {
        /// Whether something must be mended before.
        after: Mended,
        /// Whose job; absent where what failed did not know for whom it worked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deployment: Option<String>,
    },
    /// Do something else first, then queue the job again.
    RetryAfter {
        /// What.
        first: Box<Self>,
        /// Whose job.
        deployment: String,
    },
    /// Put a branch back where its stage is.
    RestoreBranch {
        /// Which.
        branch: String,
        /// Where it belongs.
        commit: String,
    },
    /// Put a branch back where its stage is, or take it as it is.
    RestoreOrAdopt {
        /// Which.
        branch: String,
        /// Where it belongs.
        commit: String,
        /// The stage that would be taken in anew.
        stage: String,
    },
    /// Bring a work tree along that could not follow its branch.
    BringAlong(LeftBehind),
    /// Put a newer copy of the ledger back, or take in what a branch says.
    NewerLedger {
        /// The branch of this stage.
        stage: String,
    },
    /// Let the next operation bring a branch level that a crash kept from moving.
    BringLevel,
    /// Let the next operation take in what others pushed, or see before what it is.
    TakeIn {
        /// To the branch of this stage.
        stage: String,
    },
    /// Report a defect of the record, with its entries.
    ReportEntries,
    /// Mend what an older program left in the ledger.
    MendLedger,
    /// Put a copy of the ledger back, and verify.
    RestoreLedger {
        /// The damaged file, where the whole file is damaged.
        file: Option<String>,
    },
    /// Try again; if that does not help, verify.
    RetryThenVerify,
}
