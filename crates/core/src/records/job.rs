//! Work for areas: queued, leased, ended (`SPEC A8`, `A9`).

use crate::words::names::{AreaName, OperationId, Time};

/// The state of a job (`SPEC A9`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum JobState {
    /// Waiting for its time, its area, or a lower sequence number.
    Queued,
    /// A worker holds the lease.
    Running,
    /// Done.
    Succeeded,
    /// Gave up; may be retried.
    Failed,
    /// Will not run: somebody cancelled it, or a lower sequence number failed.
    Cancelled,
}

impl JobState {
    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Work for one area.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Job {
    /// Its number, given by the ledger; 0 in a new one.
    pub id: u64,
    /// The area it runs in; one job at a time runs in an area.
    pub area: AreaName,
    /// The deployment it makes, `D-4`.
    pub deployment: OperationId,
    /// The operation that asked for it: `P-7`, `M-2`, or the deployment itself.
    pub operation: OperationId,
    /// Jobs of one group wait for each other by sequence number (`SPEC A8`).
    pub group: String,
    /// The sequence number within the group; a job starts when all with a smaller number succeeded.
    pub sequence: u32,
    /// What to do, as JSON the ledger does not read.
    pub body: String,
    /// Where it stands.
    pub state: JobState,
    /// Not before this moment.
    pub run_at: Time,
    /// How often a worker began it.
    pub attempts: u32,
    /// Fencing token: grows with every lease, and only its holder may finish the job.
    pub token: u64,
    /// Who holds the lease (`host:pid:start`); of a queued job, who means to run it. Empty when nobody does.
    pub worker: String,
    /// When the lease ends unless renewed.
    pub lease_until: Time,
    /// What came out, as JSON; empty while unfinished.
    pub outcome: String,
}

/// A change to the queue, in the same transaction as an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JobChange {
    /// Adds a job.
    Enqueue(Box<Job>),
    /// Ends a running job; refused as [`Append::Fenced`] when the token is not the current one.
    Finish {
        /// Which.
        id: u64,
        /// The token of the lease that ran it.
        token: u64,
        /// `Succeeded`, `Failed` or `Cancelled`.
        state: JobState,
        /// What came out, as JSON.
        outcome: String,
    },
    /// Cancels the queued jobs of a group above a sequence number (`SPEC A8`).
    CancelAbove {
        /// The group.
        group: String,
        /// Jobs with a larger number are cancelled.
        sequence: u32,
        /// Why, as JSON.
        outcome: String,
    },
    /// Cancels one queued job; nothing happens when it is not queued any more.
    Cancel {
        /// Which.
        id: u64,
        /// Why, as JSON.
        outcome: String,
    },
    /// Puts a running job back into the queue until somebody has done something (`SPEC A12`).
    Pause {
        /// Which.
        id: u64,
        /// The token of the lease that ran it.
        token: u64,
        /// Not before this moment.
        run_at: Time,
        /// What it waits for, as JSON.
        outcome: String,
    },
    /// Queues a failed or cancelled job again, or wakes a queued one.
    Retry {
        /// Which.
        id: u64,
        /// Not before this moment.
        run_at: Time,
    },
}
