//! Where facts are kept (`SPEC L7`, `H1`, `A9`).

use crate::ports::outbox::{NewNotice, Outbox};
use crate::records::job::{Held, Job, JobChange};
use crate::words::fault::Fault;
use crate::words::names::{OperationId, Seq, Time};

/// One record as it is stored; the body is JSON the ledger does not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StoredEntry {
    /// Its position, from 1.
    pub seq: Seq,
    /// When it was appended.
    pub at: Time,
    /// Who did it.
    pub actor: String,
    /// What it is, `demotion`.
    pub kind: String,
    /// JSON.
    pub body: String,
    /// The hash of the record before it; empty for the first.
    pub prev_hash: String,
    /// SHA-256 over everything above, in hexadecimal.
    pub hash: String,
}

/// A record to be appended; position and hashes are the ledger's to give.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewEntry {
    /// When.
    pub at: Time,
    /// Who.
    pub actor: String,
    /// What it is.
    pub kind: String,
    /// JSON.
    pub body: String,
    /// What people are to be told of it, kept in the same transaction (`SPEC H4`). No part of the record.
    pub notices: Vec<NewNotice>,
}

/// What became of an append.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Append {
    /// It stands.
    Done(StoredEntry),
    /// Somebody else appended first; the ledger is now at this position.
    Lost(Seq),
    /// The queue is not as this append takes it to be: a lease was taken over, or a job that it cancels runs already.
    /// Nothing was written.
    Fenced,
}

/// What became of a lease that was to be prolonged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Renewal {
    /// It goes on.
    Held,
    /// It goes on, but somebody called the job off: whoever runs it is to take back what it did and end it as
    /// cancelled.
    CalledOff,
    /// It is over: another worker took the job, or it has ended.
    Lost,
}

/// The append-only record of one pipeline, its snapshots, its queue (`SPEC L7`, `H1`) and its outbox.
pub trait Ledger: Outbox + Send + Sync {
    /// The position and hash of the last entry; `(Seq(0), "")` when empty.
    fn head(&self) -> Result<(Seq, String), Fault>;
    /// A number that is another one after every change of what is kept, whoever made it, here or in another process; `None`
    /// where that cannot be told.
    fn version(&self) -> Result<Option<u64>, Fault>;
    /// Whether the same storage keeps the record of another pipeline.
    fn is_shared(&self) -> Result<bool, Fault>;
    /// The entries after a position, in order, at most `limit`.
    fn entries(&self, after: Seq, limit: usize) -> Result<Vec<StoredEntry>, Fault>;
    /// Appends one entry and its job changes if the ledger is still at `expected`, in one transaction. What a worker
    /// appends for its job names the lease, also where the job goes on: [`Append::Fenced`] when it is not current.
    fn append(&self, expected: Seq, row: NewEntry, jobs: &[JobChange], held: Option<Held>) -> Result<Append, Fault>;
    /// Changes the queue alone, where no fact needs recording. `false` when fenced; then nothing was written.
    fn change_jobs(&self, jobs: &[JobChange]) -> Result<bool, Fault>;
    /// What is wrong with the record as it is stored: its file, and its chain of hashes (`SPEC H1`). Reads all of it.
    fn damage(&self) -> Result<Vec<String>, Fault>;
    /// The newest snapshot of a format at or below a position.
    fn snapshot(&self, format: u32, up_to: Seq) -> Result<Option<(Seq, Vec<u8>)>, Fault>;
    /// Keeps a snapshot; older ones of the pipeline beyond the last few are dropped.
    fn keep_snapshot(&self, format: u32, at: Seq, bytes: &[u8]) -> Result<(), Fault>;
    /// Leases the next job that may run now, `None` when there is none. A running job whose lease has
    /// ended may be leased again (`SPEC A9`). `only` limits the choice to some jobs.
    fn lease(&self, worker: &str, now: Time, until: Time, only: Option<&[u64]>) -> Result<Option<Job>, Fault>;
    /// Prolongs a lease, and tells whether the job is still wanted.
    fn renew(&self, held: Held, until: Time) -> Result<Renewal, Fault>;
    /// Ends at once the leases of workers that are known to be dead. Gives what dead workers left, in order: what
    /// they held, and what they queued and never ran.
    fn release_dead(&self, is_dead: &dyn Fn(&str) -> bool) -> Result<Vec<u64>, Fault>;
    /// The jobs that are queued or running, oldest first.
    fn open_jobs(&self) -> Result<Vec<Job>, Fault>;
    /// The jobs of an operation, or of a deployment, oldest first; ended ones too.
    fn jobs_of(&self, operation: OperationId) -> Result<Vec<Job>, Fault>;
    /// All jobs, newest first, at most `limit`; ended ones too.
    fn jobs(&self, limit: usize) -> Result<Vec<Job>, Fault>;
    /// One job.
    fn job(&self, id: u64) -> Result<Option<Job>, Fault>;
}
