//! The ledger in one SQLite file: the embedded default, for one person's repository or one server.
//!
//! The file has a write-ahead log and is synced at every commit.

use super::chain::{hash_of, verify_ledger};
use super::fault::StoreFile;
use super::job_rows::{self, number, stored};
use super::lookout::Lookout;
use super::notice_rows;
use super::open;
use super::queue::{self, Ask, Queue};
use super::read::{self, Reading};
use super::snapshot_rows;
use super::spares::{self, Spares};
use super::transaction::{self, End};
use rusqlite::{Connection, OptionalExtension, params};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use switchback_core::ports::ledger::Append;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::ledger::NewEntry;
use switchback_core::ports::ledger::Renewal;
use switchback_core::ports::ledger::StoredEntry;
use switchback_core::records::job::{Held, Job, JobChange};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{OperationId, Seq, Time};
use tempfile::TempDir;

/// One pipeline's ledger in a SQLite file. Threads may share it: those that write take turns, and those that read wait for
/// nobody. Processes open the same file again.
#[derive(Debug)]
pub struct SqliteLedger {
    path: PathBuf,
    pipeline: String,
    connection: Mutex<Connection>,
    /// For who reads while the connection is in use; none where it is a copy, or in memory alone.
    spares: Spares,
    has_spares: AtomicBool,
    /// Opened by the first who asks whether anything was changed.
    lookout: OnceLock<Lookout>,
    /// Goes after the connection to it.
    _copy: Option<TempDir>,
}

impl SqliteLedger {
    /// Opens a pipeline's ledger for reading and writing; makes the file and its folder if need be.
    ///
    /// Faults: `ledger-newer` (a newer Switchback wrote it), `ledger-corrupt`, `ledger-unwritable`, `ledger-busy`,
    /// `disk-full`, `ledger-failed` for anything else the disk does.
    pub fn open(path: &Path, pipeline: &str) -> Result<Self, Fault> {
        Ok(Self::new(path, pipeline, open::writable(StoreFile::ledger(path))?))
    }

    /// The same where there may be none yet: then it is empty, and its file is made by the first who writes.
    pub fn open_or_begin(path: &Path, pipeline: &str) -> Result<Self, Fault> {
        open::is_file_or_nothing(StoreFile::ledger(path))?;
        match Self::exists(path) {
            true => Self::open(path, pipeline),
            false => Ok(Self::new(path, pipeline, open::passing(StoreFile::ledger(path))?)),
        }
    }

    /// Opens a pipeline's ledger for reading and leaves the file as it is, also on media that cannot be written and
    /// with an older schema. Then it may read a copy, which does not see what others append from now on. Writing is the
    /// fault `ledger-unwritable`.
    pub fn open_to_read(path: &Path, pipeline: &str) -> Result<Self, Fault> {
        let Reading { connection, copy } = read::to_read(path)?;
        Ok(Self { _copy: copy, has_spares: AtomicBool::new(false), ..Self::new(path, pipeline, connection) })
    }

    /// The names of all pipelines the file has entries of, in order.
    pub fn pipelines(&self) -> Result<Vec<String>, Fault> {
        self.read(|connection| {
            let mut query = connection.prepare("SELECT pipeline FROM entry WHERE seq = 1 ORDER BY pipeline")?;
            query.query_map([], |row| row.get(0))?.collect()
        })
    }

    /// The same file, for another of its pipelines.
    #[must_use]
    pub fn of(self, pipeline: &str) -> Self {
        Self { pipeline: pipeline.to_owned(), ..self }
    }

    /// Whether there is a ledger to open; an empty file is none.
    pub fn exists(path: &Path) -> bool {
        std::fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0)
    }

    /// The pipeline it belongs to.
    pub fn pipeline(&self) -> &str {
        &self.pipeline
    }

    /// What SQLite finds wrong with the file as such, page by page; nothing when it is sound.
    fn broken_pages(&self) -> Result<Vec<String>, Fault> {
        let found: Vec<String> = self.read(|connection| {
            connection.prepare("PRAGMA integrity_check")?.query_map([], |row| row.get(0))?.collect()
        })?;
        Ok(found.into_iter().filter(|line| line != "ok").collect())
    }

    fn new(path: &Path, pipeline: &str, connection: Connection) -> Self {
        let (path, pipeline) = (path.to_owned(), pipeline.to_owned());
        let has_spares = AtomicBool::new(!open::is_passing(&connection));
        let (connection, spares, lookout) = (Mutex::new(connection), Spares::default(), OnceLock::new());
        Self { path, pipeline, connection, spares, has_spares, lookout, _copy: None }
    }

    fn file(&self) -> StoreFile<'_> {
        StoreFile::ledger(&self.path)
    }

    /// A thread that panicked has rolled its transaction back, so the connection is sound.
    fn connection(&self) -> MutexGuard<'_, Connection> {
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn read<T>(&self, query: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Fault> {
        let mut connection = match self.connection.try_lock() {
            Ok(connection) => connection,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) if self.has_spares.load(Ordering::Acquire) => {
                return self.spares.read(self.file(), query);
            }
            Err(TryLockError::WouldBlock) => self.connection(),
        };
        // Somebody else may have begun it meanwhile.
        if open::is_passing(&connection) && Self::exists(&self.path) {
            *connection = open::writable(self.file())?;
            self.has_spares.store(true, Ordering::Release);
        }
        query(&connection).map_err(|error| self.file().fault(&error))
    }

    pub(super) fn write<T>(&self, change: impl FnOnce(&Connection) -> rusqlite::Result<End<T>>) -> Result<T, Fault> {
        let mut connection = self.connection();
        if open::is_passing(&connection) {
            *connection = open::writable(self.file())?;
            self.has_spares.store(true, Ordering::Release);
        }
        transaction::run(&mut connection, change).map_err(|error| self.file().fault(&error))
    }

    pub(super) fn head_of(&self, connection: &Connection) -> rusqlite::Result<(Seq, String)> {
        let mut query = connection.prepare_cached(HEAD)?;
        let newest = query.query_row([&self.pipeline], |row| Ok((Seq(number(row, 0)?), row.get(1)?))).optional()?;
        Ok(newest.unwrap_or_default())
    }

    fn insert(&self, connection: &Connection, row: &StoredEntry) -> rusqlite::Result<()> {
        connection.execute(
            "INSERT INTO entry (pipeline, seq, at, actor, kind, body, prev_hash, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            params![self.pipeline, stored(row.seq.0), row.at.0, row.actor, row.kind, row.body, row.prev_hash, row.hash],
        )?;
        Ok(())
    }

    /// Whether whoever appends still holds the job it appends for, if it is for one.
    fn is_held(&self, connection: &Connection, held: Option<Held>) -> rusqlite::Result<bool> {
        held.map_or(Ok(true), |held| Queue::of(connection, &self.pipeline).holds(held))
    }
}

/// The newest entry's position and hash. What it says stands between the two, and is not read.
const HEAD: &str = "SELECT seq, hash FROM entry INDEXED BY entry_by_hash WHERE pipeline = ?1 ORDER BY seq DESC LIMIT 1";

impl Ledger for SqliteLedger {
    fn version(&self) -> Result<Option<u64>, Fault> {
        if !self.has_spares.load(Ordering::Acquire) {
            return Ok(None);
        }
        let lookout = match self.lookout.get() {
            Some(lookout) => lookout,
            None => {
                let lookout = Lookout::by(spares::open(self.file())?, &self.path);
                self.lookout.get_or_init(|| lookout)
            }
        };
        lookout.version().map(Some).map_err(|error| self.file().fault(&error))
    }

    fn damage(&self) -> Result<Vec<String>, Fault> {
        let mut damage = self.broken_pages()?;
        damage.extend(verify_ledger(self, &self.pipeline)?.err().map(|broken| broken.to_string()));
        Ok(damage)
    }

    fn head(&self) -> Result<(Seq, String), Fault> {
        self.read(|connection| self.head_of(connection))
    }

    fn is_shared(&self) -> Result<bool, Fault> {
        let other = "SELECT EXISTS (SELECT 1 FROM entry WHERE pipeline <> ?1)";
        self.read(|connection| connection.query_row(other, [&self.pipeline], |row| row.get(0)))
    }

    fn entries(&self, after: Seq, limit: usize) -> Result<Vec<StoredEntry>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT seq, at, actor, kind, body, prev_hash, hash FROM entry
                     WHERE pipeline = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
                )?
                .query_map(params![self.pipeline, stored(after.0), stored(limit as u64)], entry)?
                .collect()
        })
    }

    fn append(&self, expected: Seq, row: NewEntry, jobs: &[JobChange], held: Option<Held>) -> Result<Append, Fault> {
        self.write(|connection| {
            let (head, prev_hash) = self.head_of(connection)?;
            if head != expected {
                return Ok(End::Undo(Append::Lost(head)));
            }
            let NewEntry { at, actor, kind, body, notices } = row;
            let mut row = StoredEntry { seq: head.next(), at, actor, kind, body, prev_hash, hash: String::new() };
            row.hash = hash_of(&self.pipeline, &row);
            self.insert(connection, &row)?;
            notice_rows::keep(connection, (&self.pipeline, row.seq, row.at), &notices)?;
            if !self.is_held(connection, held)? || !Queue::of(connection, &self.pipeline).change(jobs)? {
                return Ok(End::Undo(Append::Fenced));
            }
            Ok(End::Commit(Append::Done(row)))
        })
    }

    fn change_jobs(&self, jobs: &[JobChange]) -> Result<bool, Fault> {
        self.write(|connection| {
            let current = Queue::of(connection, &self.pipeline).change(jobs)?;
            Ok(if current { End::Commit(true) } else { End::Undo(false) })
        })
    }

    fn snapshot(&self, format: u32, up_to: Seq) -> Result<Option<(Seq, Vec<u8>)>, Fault> {
        self.read(|connection| snapshot_rows::newest(connection, (&self.pipeline, format), up_to))
    }

    fn keep_snapshot(&self, format: u32, at: Seq, bytes: &[u8]) -> Result<(), Fault> {
        self.write(|connection| snapshot_rows::keep(connection, (&self.pipeline, format), (at, bytes)).map(End::Commit))
    }

    fn lease(&self, worker: &str, now: Time, until: Time, only: Option<&[u64]>) -> Result<Option<Job>, Fault> {
        let ask = Ask { worker, now, until, only };
        self.write(|connection| {
            let job = queue::lease(connection, &self.pipeline, &ask)?;
            Ok(if job.is_some() { End::Commit(job) } else { End::Undo(job) })
        })
    }

    fn renew(&self, held: Held, until: Time) -> Result<Renewal, Fault> {
        self.write(|connection| Ok(End::Commit(queue::renew(connection, &self.pipeline, held, until)?)))
    }

    fn release_dead(&self, is_dead: &dyn Fn(&str) -> bool) -> Result<Vec<u64>, Fault> {
        // Asked outside the transaction: looking for a process must not hold up every writer.
        let workers = self.read(|connection| queue::workers(connection, &self.pipeline))?;
        let dead: Vec<String> = workers.into_iter().filter(|worker| worker.is_empty() || is_dead(worker)).collect();
        if dead.is_empty() {
            return Ok(Vec::new());
        }
        self.write(|connection| {
            let mut left = Vec::new();
            for worker in &dead {
                left.extend(queue::left(connection, &self.pipeline, worker)?);
                queue::release(connection, &self.pipeline, worker)?;
            }
            left.sort_unstable();
            Ok(End::Commit(left))
        })
    }

    fn open_jobs(&self) -> Result<Vec<Job>, Fault> {
        self.read(|connection| job_rows::open(connection, &self.pipeline))
    }

    fn jobs_of(&self, operation: OperationId) -> Result<Vec<Job>, Fault> {
        self.read(|connection| job_rows::of(connection, &self.pipeline, operation))
    }

    fn jobs(&self, limit: usize) -> Result<Vec<Job>, Fault> {
        self.read(|connection| job_rows::newest(connection, &self.pipeline, limit))
    }

    fn job(&self, id: u64) -> Result<Option<Job>, Fault> {
        self.read(|connection| job_rows::one(connection, &self.pipeline, id))
    }
}

fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<StoredEntry> {
    Ok(StoredEntry {
        seq: Seq(number(row, 0)?),
        at: Time(row.get(1)?),
        actor: row.get(2)?,
        kind: row.get(3)?,
        body: row.get(4)?,
        prev_hash: row.get(5)?,
        hash: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::time::Duration;

    fn ledger() -> (tempfile::TempDir, SqliteLedger) {
        let folder = tempfile::TempDir::new().unwrap();
        let ledger = SqliteLedger::open(&folder.path().join("ledger.db"), "acme").unwrap();
        (folder, ledger)
    }

    fn record(body: String) -> NewEntry {
        NewEntry { at: Time(1), actor: "ann".into(), kind: "demotion".into(), body, notices: Vec::new() }
    }

    #[test]
    fn threads_may_share_a_ledger() {
        fn may_be_shared<T: Send + Sync>() {}
        may_be_shared::<SqliteLedger>();
    }

    #[test]
    fn who_reads_waits_for_no_writer() {
        let (_folder, ledger) = ledger();
        ledger.append(Seq(0), record("{}".to_owned()), &[], None).unwrap();
        let writing = ledger.connection();
        // This would wait for ever.
        assert_eq!(ledger.head().unwrap().0, Seq(1));
        drop(writing);
    }

    #[test]
    fn the_head_is_known_without_reading_the_entry() {
        let (_folder, ledger) = ledger();
        let connection = ledger.connection();
        let plan = connection.query_row(&format!("EXPLAIN QUERY PLAN {HEAD}"), ["acme"], |row| row.get::<_, String>(3));
        assert_eq!(plan.unwrap(), "SEARCH entry USING COVERING INDEX entry_by_hash (pipeline=?)");
    }

    #[test]
    fn a_full_disk_writes_nothing_and_passes() {
        let (_folder, ledger) = ledger();
        let pages: i64 = ledger.connection().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
        let limit = |pages: i64| {
            let set: i64 = ledger
                .connection()
                .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |row| row.get(0))
                .unwrap();
            assert_eq!(set, pages);
        };
        limit(pages + 2);
        let full = ledger.append(Seq(0), record("x".repeat(100_000)), &[], None).unwrap_err();
        assert_eq!(full.code, "disk-full");
        assert_eq!(ledger.head().unwrap().0, Seq(0));
        limit(pages + 1000);
        assert!(matches!(ledger.append(Seq(0), record("x".repeat(100_000)), &[], None), Ok(Append::Done(_))));
    }

    #[test]
    fn a_lock_held_too_long_is_a_fault_and_readers_do_not_mind() {
        let (_folder, ledger) = ledger();
        ledger.connection().busy_timeout(Duration::ZERO).unwrap();
        let other = Connection::open(&ledger.path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        assert_eq!(ledger.append(Seq(0), record("{}".into()), &[], None).unwrap_err().code, "ledger-busy");
        assert_eq!(ledger.head().unwrap().0, Seq(0));
        other.execute_batch("ROLLBACK").unwrap();
        assert!(matches!(ledger.append(Seq(0), record("{}".into()), &[], None), Ok(Append::Done(_))));
    }

    #[test]
    fn every_commit_is_synced_to_a_write_ahead_log() {
        let (_folder, ledger) = ledger();
        let connection = ledger.connection();
        let pragma = |name| connection.query_row(name, [], |row| row.get::<_, rusqlite::types::Value>(0)).unwrap();
        assert_eq!(pragma("PRAGMA journal_mode"), "wal".to_owned().into());
        assert_eq!(pragma("PRAGMA synchronous"), 2.into());
        assert_eq!(pragma("PRAGMA foreign_keys"), 1.into());
    }

    #[test]
    fn a_panic_in_a_transaction_leaves_the_ledger_usable() {
        let (_folder, ledger) = ledger();
        let state = switchback_core::records::job::JobState::Queued;
        let wrong = JobChange::Finish { id: 1, token: 1, state, outcome: String::new() };
        let append = AssertUnwindSafe(|| ledger.append(Seq(0), record("{}".into()), &[wrong], None));
        assert!(catch_unwind(append).is_err(), "a job does not end as queued");
        assert_eq!(ledger.head().unwrap().0, Seq(0), "nothing was written");
        assert!(matches!(ledger.append(Seq(0), record("{}".into()), &[], None), Ok(Append::Done(_))));
    }
}
