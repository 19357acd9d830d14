//! `jobs list|show|wait|cancel|retry|run`: work queued for areas (`SPEC A9`).

use crate::answer::Answer;
use crate::exit::Exit;
use crate::operation::INTERRUPTED;
use crate::page::paged;
use crate::reason::{Problem, Warning};
use crate::verb::{View, verb};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which jobs to list.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ListRequest {
    /// Only in this state: `queued`, `running`, `succeeded`, `failed`, `cancelled`, `void`.
    pub state: Option<String>,
    /// Only in this area.
    pub area: Option<String>,
    /// At most so many, up to 1000 a page; all if neither this nor a cursor is given.
    pub limit: Option<u32>,
    /// After what an earlier page told: its `next`.
    pub cursor: Option<String>,
}

/// Jobs.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Listed {
    /// Newest first.
    pub jobs: Vec<Job>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

paged!(ListRequest => Listed: jobs);
verb!(GET "/jobs" ListRequest => Listed: "Jobs, the newest first");

/// Which job to show.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShowRequest {
    /// Its number, or its deployment.
    pub job: String,
}

/// One job, whole.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ShownJob")]
pub struct Shown {
    /// It.
    pub job: Job,
}

impl View for Shown {}
verb!(GET "/jobs/{job}" ShowRequest => Shown: "One job, with what its hooks said");

/// Jobs that would be cancelled or queued again.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Planned {
    /// What would be done, in one sentence.
    pub says: String,
    /// The jobs, as they stand now.
    pub jobs: Vec<Job>,
    /// What `--plan` names.
    pub hash: String,
}

impl View for Planned {}

/// Jobs somebody waited for, ran, cancelled or retried.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Touched {
    /// As they stand now, oldest first.
    pub jobs: Vec<Job>,
    /// What somebody should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
}

impl View for Touched {
    /// A person is needed where a job failed, was called off, or waits for somebody, or the work was interrupted.
    fn exit(&self) -> Exit {
        let waits = |job: &Job| job.state == "queued" && job.problem.is_some();
        let left = |job: &Job| ["failed", "cancelled"].contains(&job.state.as_str()) || waits(job);
        match self.jobs.iter().any(left) || self.warnings.iter().any(|warning| warning.code == INTERRUPTED) {
            true => Exit::Refused,
            false => Exit::Done,
        }
    }
}

/// Jobs somebody called off.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct CalledOff {
    /// They.
    #[serde(flatten)]
    pub touched: Touched,
}

impl View for CalledOff {
    /// A person is needed where one had come to another end before.
    fn exit(&self) -> Exit {
        let wanted = |job: &Job| ["cancelled", "running"].contains(&job.state.as_str());
        let interrupted = self.touched.warnings.iter().any(|warning| warning.code == INTERRUPTED);
        match self.touched.jobs.iter().all(wanted) && !interrupted {
            true => Exit::Done,
            false => Exit::Refused,
        }
    }
}

/// One job.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
pub struct Job {
    /// Its number.
    pub id: u64,
    /// Where it runs.
    pub area: String,
    /// The deployment it makes.
    pub deployment: String,
    /// The operation that asked for it.
    pub operation: String,
    /// `queued`, `running`, `succeeded`, `failed`, `cancelled`, `void`.
    pub state: String,
    /// Its sequence number within the operation.
    pub sequence: u32,
    /// How often a worker began it.
    pub attempts: u32,
    /// Not before this moment.
    pub run_at: String,
    /// Who works on it; `null` when nobody does.
    pub worker: Option<String>,
    /// The version it made.
    pub version: Option<u32>,
    /// Why it failed or was cancelled, or for whom it waits.
    pub problem: Option<Problem>,
    /// The last lines that its hooks printed.
    #[serde(default)]
    pub said: Vec<String>,
}

/// Which jobs to wait for; every open one when none is named. Each is a job's number or a deployment, `D-4`.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct WaitRequest {
    /// Their names.
    pub jobs: Vec<String>,
}

verb!(POST "/jobs/wait" WaitRequest => Touched: "Waits until jobs have ended");

/// Which jobs to run in this process; every one that may run now when none is named.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RunRequest {
    /// Their names.
    pub jobs: Vec<String>,
}

verb!(POST "/jobs/run" RunRequest => Touched: "Runs jobs that are queued");

/// Which jobs to call off, and with them what waits for them.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CancelRequest {
    /// Their names.
    pub jobs: Vec<String>,
}

verb!(POST "/jobs/cancel" CancelRequest => Answer<CalledOff, Planned>: "Calls jobs off; one that runs is recovered");

/// Which failed or cancelled jobs to queue again.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RetryRequest {
    /// Their names.
    pub jobs: Vec<String>,
}

verb!(POST "/jobs/retry" RetryRequest => Answer<Touched, Planned>: "Tries failed jobs again");
