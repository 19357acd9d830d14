//! Work for areas: queued, leased, ended (`SPEC A8`, `A9`).

use crate::words::names::{AreaName, OperationId, Time};

/// A job that waits for a person's task is not looked at before this moment.
pub const PAUSED: Time = Time(i64::MAX);

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
    /// There was nothing to do any more when its turn came: the stage holds the change again (`SPEC D7`).
    Void,
}

impl JobState {
    /// Every state there is.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::Running, Self::Succeeded, Self::Failed, Self::Cancelled, Self::Void];

    /// Whether a job in this state is still to be done; the others wait in the archive.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Queued | Self::Running)
    }

    /// The word that is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Void => "void",
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
    /// Who holds the lease; of a queued job, who means to run it, alive or not. Empty when nobody does.
    pub worker: String,
    /// When the lease ends unless renewed.
    pub lease_until: Time,
    /// What came out, as JSON; empty while unfinished.
    pub outcome: String,
    /// Why somebody called it off while it ran, as JSON; empty when nobody did. Whoever holds it, or takes it over, is
    /// to take back what was done and to end it as cancelled.
    pub called_off: String,
}

impl Job {
    /// The lease it was given out under.
    pub fn held(&self) -> Held {
        Held { id: self.id, token: self.token }
    }
}

/// The lease under which something is done; only its holder may do it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Held {
    /// The job.
    pub id: u64,
    /// The job's token when it was leased.
    pub token: u64,
}

/// A change to the queue, in the same transaction as an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum JobChange {
    /// Adds a job.
    Enqueue(Box<Job>),
    /// Ends a running job; fenced (refused, with everything beside it) when the token is not the current one, and when it
    /// ends well though somebody called it off. When it failed or was cancelled, what waits for it in its group is
    /// cancelled with it.
    Finish {
        /// Which.
        id: u64,
        /// The token of the lease that ran it.
        token: u64,
        /// `Succeeded`, `Failed`, `Cancelled` or `Void`.
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
    /// Cancels one queued job, and with it what waits for it in its group; fenced when it is not queued any more.
    Cancel {
        /// Which.
        id: u64,
        /// Why, as JSON.
        outcome: String,
    },
    /// Asks whoever runs a job to take it back: the worker learns it when it next prolongs its lease. Fenced when the
    /// job does not run any more.
    CallOff {
        /// Which.
        id: u64,
        /// Why, as JSON.
        outcome: String,
    },
    /// Puts a running job back into the queue until somebody has done something (`SPEC A12`). Fenced when the token is
    /// not the current one, and when the job was called off meanwhile: it is to end instead.
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
    /// Has jobs that wait for somebody looked at again (`SPEC A12`).
    Wake {
        /// Not before this moment.
        run_at: Time,
    },
    /// Queues a failed or cancelled job again, or wakes a queued one. Nothing happens while a lower sequence number of
    /// its group has failed or is cancelled: that one comes first.
    Retry {
        /// Which.
        id: u64,
        /// Not before this moment.
        run_at: Time,
    },
    /// An area has another name from here on (`SPEC A15`): its jobs go along, ended ones too.
    Rename {
        /// The old name.
        from: AreaName,
        /// The new one.
        to: AreaName,
    },
}
