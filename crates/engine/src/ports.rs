//! The three ports: where facts are kept, where content lives, where a deployment goes.
//! A fourth needs a reason.

use std::path::PathBuf;
use switchback_core::content::Content;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{AreaName, OperationId, Seq, Time, VersionNo};
use switchback_core::words::object::{BlobId, CommitId, Leaf, PathChange, RepoPath, TreeId};

// ---------------------------------------------------------------- Ledger

/// One record as it is stored; the body is JSON the ledger does not read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Row {
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
pub struct NewRow {
    /// When.
    pub at: Time,
    /// Who.
    pub actor: String,
    /// What it is.
    pub kind: String,
    /// JSON.
    pub body: String,
}

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

/// What became of an append.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Append {
    /// It stands.
    Done(Row),
    /// Somebody else appended first; the ledger is now at this position.
    Lost(Seq),
    /// A job's lease was taken over; nothing was written.
    Fenced,
}

/// The append-only record of one pipeline, its snapshots and its queue (`SPEC L7`, `H1`).
pub trait Ledger: Send + Sync {
    /// The position and hash of the last entry; `(Seq(0), "")` when empty.
    fn head(&self) -> Result<(Seq, String), Fault>;
    /// The entries after a position, in order, at most `limit`.
    fn entries(&self, after: Seq, limit: usize) -> Result<Vec<Row>, Fault>;
    /// Appends one entry and its job changes if the ledger is still at `expected`, in one transaction.
    fn append(&self, expected: Seq, row: NewRow, jobs: &[JobChange]) -> Result<Append, Fault>;
    /// Changes the queue alone, where no fact needs recording. `false` when fenced.
    fn change_jobs(&self, jobs: &[JobChange]) -> Result<bool, Fault>;
    /// The newest snapshot of a format at or below a position.
    fn snapshot(&self, format: u32, up_to: Seq) -> Result<Option<(Seq, Vec<u8>)>, Fault>;
    /// Keeps a snapshot; older ones of the pipeline beyond the last few are dropped.
    fn keep_snapshot(&self, format: u32, at: Seq, bytes: &[u8]) -> Result<(), Fault>;
    /// Leases the next job that may run now, `None` when there is none. A running job whose lease has
    /// ended may be leased again (`SPEC A9`). `only` limits the choice to some jobs.
    fn lease(&self, worker: &str, now: Time, until: Time, only: Option<&[u64]>) -> Result<Option<Job>, Fault>;
    /// Prolongs a lease; `false` when it was taken over.
    fn renew(&self, id: u64, token: u64, until: Time) -> Result<bool, Fault>;
    /// Ends at once the leases of workers that are known to be dead. Gives what dead workers left, in order: what
    /// they held, and what they queued and never ran.
    fn release_dead(&self, is_dead: &dyn Fn(&str) -> bool) -> Result<Vec<u64>, Fault>;
    /// All jobs, newest first, at most `limit`.
    fn jobs(&self, limit: usize) -> Result<Vec<Job>, Fault>;
    /// One job.
    fn job(&self, id: u64) -> Result<Option<Job>, Fault>;
}

// ---------------------------------------------------------------- Repo

/// What a commit says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommitInfo {
    /// Its own id.
    pub id: CommitId,
    /// Its tree.
    pub tree: TreeId,
    /// Its parents, first parent first.
    pub parents: Vec<CommitId>,
    /// Who wrote it.
    pub author: switchback_core::content::Signature,
    /// The whole message, lossily decoded.
    pub message: String,
}

/// One ref to be moved. `from` is what it must hold now; `None` means it must not exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefMove {
    /// The full name, `refs/heads/qa`.
    pub name: String,
    /// What it must hold now.
    pub from: Option<CommitId>,
    /// What it shall hold; `None` deletes it.
    pub to: Option<CommitId>,
}

/// What became of a work tree that has a moved branch checked out (`SPEC L9`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WorkTree {
    /// It was clean and now shows the new commit.
    Forwarded(PathBuf),
    /// It has changes of its own and was left alone.
    LeftAlone(PathBuf),
}

/// A git repository: content, commits and refs. Objects made through [`Content`] stay in memory until
/// [`store`](Repo::store) writes them as one pack.
pub trait Repo: Content {
    /// The git directory shared by all work trees.
    fn git_dir(&self) -> PathBuf;
    /// The commit a name, id or expression means; `None` when there is none.
    fn resolve(&self, rev: &str) -> Result<Option<CommitId>, Fault>;
    /// What a commit says.
    fn commit_info(&self, commit: CommitId) -> Result<CommitInfo, Fault>;
    /// The best common ancestor of two commits.
    fn merge_base(&self, one: CommitId, two: CommitId) -> Result<Option<CommitId>, Fault>;
    /// The commits reachable from `tip` and not from `base`, parents before children.
    fn range(&self, base: CommitId, tip: CommitId) -> Result<Vec<CommitInfo>, Fault>;
    /// Whether `ancestor` is reachable from `tip` (a commit reaches itself).
    fn reaches(&self, tip: CommitId, ancestor: CommitId) -> Result<bool, Fault>;
    /// What a ref holds (full name), peeled to a commit.
    fn reference(&self, name: &str) -> Result<Option<CommitId>, Fault>;
    /// Refs whose full name begins with a prefix.
    fn references(&self, prefix: &str) -> Result<Vec<(String, CommitId)>, Fault>;
    /// Writes every object made since the last store as one pack, durably.
    fn store(&self) -> Result<(), Fault>;
    /// Moves refs together, or none of them; `false` when one did not hold what it should.
    fn move_refs(&self, moves: &[RefMove]) -> Result<bool, Fault>;
    /// Checked-out branches are brought along (`SPEC L9`): for each work tree on `branch` (short name) that was
    /// clean at `from`, checks out `to`. Called after the branch has moved.
    fn follow(&self, branch: &str, from: CommitId, to: CommitId) -> Result<Vec<WorkTree>, Fault>;
    /// The person git is configured for, if any: name and address.
    fn identity(&self) -> Option<(String, String)>;
    /// A source of blobs for several threads.
    fn blobs(&self) -> Box<dyn Blobs + '_>;
}

/// Reads a blob into a buffer; it replaces what the buffer held.
pub type BlobReader<'a> = Box<dyn FnMut(BlobId, &mut Vec<u8>) -> Result<(), Fault> + 'a>;

/// Reads blobs from any thread.
pub trait Blobs: Sync {
    /// A reader for one thread.
    fn reader(&self) -> BlobReader<'_>;
}

// ---------------------------------------------------------------- Target

/// A delta to be put on a target, whole or not at all (`SPEC A6`).
#[derive(Clone, Copy, Debug)]
pub struct Put<'a> {
    /// The version this makes.
    pub version: VersionNo,
    /// The deployment that asked for it.
    pub deployment: OperationId,
    /// The area's tree afterwards.
    pub tree: TreeId,
    /// What changes; `before` is what stands on the target now, and its blob is in the repository.
    pub changes: &'a [PathChange],
}

/// What a target says is under way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Underway {
    /// The version that was being made.
    pub version: VersionNo,
    /// The deployment that asked for it.
    pub deployment: OperationId,
}

/// A place that holds an area's files (`SPEC A11`). Every method may be called again after a crash.
pub trait Target: Send + Sync {
    /// Whether the target can be used at all; says what is wrong and how to mend it.
    fn check(&self) -> Result<(), Fault>;
    /// What stands at some paths, in the order asked.
    fn read(&self, paths: &[RepoPath]) -> Result<Vec<Option<Leaf>>, Fault>;
    /// The bytes at a path (a link's target for a link): kept before they are overwritten (`SPEC A7`).
    fn fetch(&self, path: &RepoPath) -> Result<Vec<u8>, Fault>;
    /// Every file Switchback manages here, with what stands there now. Other files are not listed.
    fn managed(&self) -> Result<Vec<(RepoPath, Leaf)>, Fault>;
    /// Makes these the managed files and writes none of them: for a target that lost its own list
    /// (`area-manifest-lost`, `area-manifest-damaged`). The engine knows the tree of the last version.
    fn adopt(&self, files: &[(RepoPath, Leaf)]) -> Result<(), Fault>;
    /// Puts a delta. On an error the target is as it was before. On success the journal stays until
    /// [`confirm`](Target::confirm), so that a version the ledger never heard of can be undone.
    fn put(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<(), Fault>;
    /// The ledger has the version: forget how to undo it.
    fn confirm(&self, version: VersionNo) -> Result<(), Fault>;
    /// What a dead worker left; `None` when nothing is under way.
    fn underway(&self) -> Result<Option<Underway>, Fault>;
    /// Takes back what is under way: the target is as it was before the [`put`](Target::put).
    fn undo(&self, blobs: &dyn Blobs) -> Result<(), Fault>;
}
