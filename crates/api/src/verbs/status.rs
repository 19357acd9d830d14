//! `status`: the whole pipeline at a glance, now or at any past moment (`SPEC H2`).

use crate::reason::Problem;
use crate::verb::{View, verb};
use crate::verbs::fetch::RemoteStatus;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which moment.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct StatusRequest {
    /// A time (RFC 3339, or local in the pipeline's time zone) or a ledger position, `#12`; now if not said.
    pub as_of: Option<String>,
}

verb!(GET "/status" StatusRequest => Status: "The whole pipeline at a glance, now or at a past moment");

/// A pipeline.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Status {
    /// Its name.
    pub pipeline: String,
    /// The ledger position this is true at.
    pub seq: u64,
    /// When the entry there was appended; `null` while the ledger is empty.
    pub at: Option<String>,
    /// The words people use (`[words]`).
    pub words: Words,
    /// Its stages, lowest first.
    pub stages: Vec<StageStatus>,
    /// Promotions that have not come to their end, oldest first.
    pub promotions: Vec<OpenPromotion>,
    /// What runs again and again (`SPEC P12`); absent where nothing does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<ScheduleStatus>,
    /// Jobs that have not come to their end, and failed ones that nobody settled.
    pub jobs: JobCounts,
    /// How it stands with the remote that the branches are on (`SPEC W4`); absent where they are in the repository itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<RemoteStatus>,
}

impl View for Status {}

/// What people call things; the defaults are our own words with a capital letter.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Words {
    /// A change.
    pub change: String,
    /// A stage.
    pub stage: String,
    /// An area.
    pub area: String,
    /// A promotion.
    pub promotion: String,
    /// A demotion.
    pub demotion: String,
    /// A deployment.
    pub deployment: String,
    /// A rollback.
    pub rollback: String,
}

impl Default for Words {
    fn default() -> Self {
        let [change, stage, area, promotion, demotion, deployment, rollback] =
            ["Change", "Stage", "Area", "Promotion", "Demotion", "Deployment", "Rollback"].map(str::to_owned);
        Self { change, stage, area, promotion, demotion, deployment, rollback }
    }
}

/// One stage.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct StageStatus {
    /// Its name.
    pub name: String,
    /// Its branch.
    pub branch: String,
    /// The stages directly above it.
    pub next: Vec<String>,
    /// The commit its line ends with.
    pub head: String,
    /// The tree there.
    pub tree: String,
    /// How many changes it holds, excluded ones aside.
    pub changes: u64,
    /// For each next stage, how many changes it holds that the next stage lacks or holds older (`SPEC P1`).
    pub ahead: Vec<Count>,
    /// For each next stage, how many changes that one holds that this lacks or holds older.
    pub behind: Vec<Count>,
    /// How its branch relates to it; `null` at a past moment.
    pub standing: Option<Standing>,
    /// Why nothing may move now (`SPEC P13`).
    pub frozen: Option<Frozen>,
    /// What was deployed to or rolled back from one of its areas last, with what came of it; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastDeployment>,
    /// Its areas, by sequence number.
    pub areas: Vec<AreaStatus>,
}

/// How a stage's branch relates to what the ledger says of the stage (`SPEC L8`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "branch", rename_all = "kebab-case")]
pub enum Standing {
    /// It is where the stage is.
    InStep,
    /// Others pushed commits that are not taken in yet.
    Ahead {
        /// How many.
        commits: u64,
    },
    /// It carries operations that the ledger, an older copy, does not know; nothing moves through the stage.
    Newer,
    /// Somebody rewrote it; nothing moves through the stage until it is put back or adopted.
    Rewritten,
    /// Somebody removed it.
    Gone,
}

/// A number of changes, against one other stage.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Count {
    /// The other stage.
    pub stage: String,
    /// How many.
    pub count: u64,
}

/// A freeze window that holds.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Frozen {
    /// Its last moment.
    pub until: String,
    /// Why.
    pub reason: String,
}

/// One area.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct AreaStatus {
    /// Its name.
    pub name: String,
    /// Deploy by Default.
    pub default: bool,
    /// `deployment` or `development`.
    pub class: String,
    /// Its sequence number.
    pub sequence: u32,
    /// Its newest version; `null` before the first.
    pub version: Option<u32>,
    /// How many changes are at the stage and not, or not at that revision, in the area (`SPEC R5`).
    pub pending: u64,
    /// How many changes the area still holds though the stage does not (`SPEC D7`).
    pub leftover: u64,
    /// How many changes automatic deployments skip (`SPEC R8`).
    pub on_hold: u64,
    /// How many managed files were not as the version has them when the target was compared with it last (`SPEC A13`);
    /// `null` where nobody has since the last deployment, or it could not be. Reading looks at no target.
    pub drifted: Option<u64>,
    /// When that was; absent where `drifted` is `null` because nobody looked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checked_at: Option<String>,
    /// The deployment or rollback of it that was asked for last, with what came of it; absent before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<LastDeployment>,
    /// How many files stand as somebody edited them, and are left alone (`SPEC A7`).
    #[serde(default)]
    pub kept: u64,
    /// It takes no deployment until it is back.
    pub offline: bool,
    /// How many of its jobs have not come to their end.
    pub jobs: u64,
    /// Deployments and rollbacks of it that failed, and that nobody has settled yet; absent where there are none
    /// (`SPEC D7`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<String>,
    /// What is wrong with its place: lost, moved, or ahead of the ledger (`SPEC A15`). A program is not asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
}

/// What was deployed or rolled back last.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct LastDeployment {
    /// `D-4`.
    pub deployment: String,
    /// In which area.
    pub area: String,
    /// `baseline`, `deploy`, `rollback`, `repair`.
    pub kind: String,
    /// `queued`, `succeeded`, `unchanged`, `failed`, `cancelled`, `void`.
    pub status: String,
    /// The version it made.
    pub version: Option<u32>,
    /// Who asked for it.
    pub by: String,
    /// When it was asked for.
    pub at: String,
}

/// A promotion that has not come to its end.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct OpenPromotion {
    /// `P-3`.
    pub id: String,
    /// `forward` or `back`.
    pub direction: String,
    /// Where from.
    pub source: String,
    /// Where to.
    pub destination: String,
    /// Where it stands.
    pub status: String,
    /// How many changes it carries.
    pub changes: u64,
    /// When it runs by itself.
    pub scheduled_at: Option<String>,
    /// What did not go well when it ran by itself, until somebody runs it again, drops what stayed, cancels or clones it;
    /// absent where there is nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A recurring run (`SPEC P12`), or a connection that moves by itself.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct ScheduleStatus {
    /// `promote` or `back-promote`.
    #[serde(rename = "move")]
    pub moves: String,
    /// Where from.
    pub from: String,
    /// Where to: those that are named, or all there are.
    pub to: Vec<String>,
    /// Its pattern, in the pipeline's time zone; `automatic` for a connection that moves by itself whatever is eligible
    /// (`SPEC P14`).
    pub cron: String,
    /// Whether the default areas of its destinations are deployed too.
    pub deploy: bool,
    /// When it runs next; `null` for a pattern that cannot be read any more, and for what waits for no moment.
    pub next_run: Option<String>,
    /// Whether that has passed already, and whoever runs `run-due` has yet to come by.
    pub is_due: bool,
    /// When it ran last; `null` before the first time.
    pub last_run: Option<String>,
    /// The promotions it made then, as they stand now.
    pub promotions: Vec<RunPromotion>,
    /// What it did not do then though it was asked to, until a later run, or until somebody moved something that way.
    pub failures: Vec<RunFailure>,
}

/// A promotion of a recurring run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunPromotion {
    /// `P-3`.
    pub promotion: String,
    /// Where to.
    pub destination: String,
    /// Where it stands.
    pub status: String,
}

/// Something that a recurring run did not do.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize, JsonSchema)]
pub struct RunFailure {
    /// To which stage; `null` where the run as a whole came to nothing.
    pub destination: Option<String>,
    /// The code of the refusal or fault.
    pub code: String,
    /// The sentence.
    pub message: String,
}

/// Jobs by state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct JobCounts {
    /// Waiting.
    pub queued: u64,
    /// Being worked on.
    pub running: u64,
    /// Gave up.
    pub failed: u64,
}
