//! Copies of a store while others write to it: what it held at one moment, in a file of its own.

use super::fault::{Store, StoreFile};
use super::open;
use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};
use std::fs::{self, OpenOptions};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;
use switchback_core::words::fault::Fault;

/// A copy is its owner's alone: it tells what the original does.
const PRIVATE: u32 = 0o600;

/// How long to leave others alone between two parts of a copy.
const BREATH: Duration = Duration::from_millis(2);

/// How many pages are copied at once.
const PAGES: i32 = 4096;

/// A ledger to which nobody appends while this lasts; whoever wants to waits. It is meant for the moment that it takes to
/// look at what must agree with it.
#[derive(Debug)]
pub struct Standstill {
    moment: Moment,
    writing: Connection,
}

/// What a ledger held at one moment, however much is appended to it since.
#[derive(Debug)]
pub struct Moment {
    path: PathBuf,
    reading: Connection,
}

impl Standstill {
    /// Waits for its turn, and lets nobody append.
    ///
    /// # Errors
    /// Those of opening the ledger; `ledger-busy`.
    pub fn of(path: &Path) -> Result<Self, Fault> {
        let file = StoreFile::ledger(path);
        let (writing, reading) = (open::writable(file)?, open::writable(file)?);
        let held = || {
            writing.execute_batch("BEGIN IMMEDIATE")?;
            // A transaction sees from its first look on, and not from its beginning, how everything was.
            reading.execute_batch("BEGIN")?;
            reading.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))
        };
        held().map_err(|error| file.fault(&error))?;
        Ok(Self { moment: Moment { path: path.to_owned(), reading }, writing })
    }

    /// Lets the others go on.
    ///
    /// # Errors
    /// Those of the ledger.
    pub fn go_on(self) -> Result<Moment, Fault> {
        let Self { moment, writing } = self;
        writing.execute_batch("ROLLBACK").map_err(|error| StoreFile::ledger(&moment.path).fault(&error))?;
        Ok(moment)
    }
}

impl Moment {
    /// Writes it into a file that is not there yet.
    ///
    /// # Errors
    /// Those of the ledger; `backup-unwritable`, `disk-full` for the copy.
    pub fn copy(&self, to: &Path) -> Result<(), Fault> {
        copied(&self.reading, StoreFile::ledger(&self.path), to)
    }
}

/// Copies a people database, as it is at one moment, into a file that is not there yet.
///
/// # Errors
/// Those of the people database; `backup-unwritable`, `disk-full` for the copy.
pub fn copy_people(from: &Path, to: &Path) -> Result<(), Fault> {
    let file = StoreFile::people(from);
    copied(&open::writable(file)?, file, to)
}

fn copied(from: &Connection, file: StoreFile<'_>, to: &Path) -> Result<(), Fault> {
    let made = OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(to);
    drop(made.map_err(|error| unwritable(to, &error))?);
    let mut copy = Connection::open(to).map_err(|error| unwritable(to, &error))?;
    {
        let backup = Backup::new(from, &mut copy).map_err(|error| file.fault(&error))?;
        // Begun anew whenever somebody else writes to what it reads, unless it reads a moment that is held.
        while backup.step(PAGES).map_err(|error| told(file, to, &error))? != StepResult::Done {
            sleep(BREATH);
        }
    }
    copy.close().map_err(|(_, error)| told(file, to, &error))?;
    fs::File::open(to).and_then(|file| file.sync_all()).map_err(|error| unwritable(to, &error))
}

/// A disk that is full is that of the copy: nothing else is written to.
fn told(file: StoreFile<'_>, to: &Path, error: &rusqlite::Error) -> Fault {
    match file.fault(error) {
        full if full.code == "disk-full" => StoreFile { store: file.store, path: to }.fault(error),
        other => other,
    }
}

fn unwritable(to: &Path, error: &dyn std::fmt::Display) -> Fault {
    let message = format!("the copy {} cannot be written: {error}", to.display());
    Fault::new("backup-unwritable", message, "Name a folder that this account may write to, with room in it.")
}

/// Takes a copy of a store for the store itself: what it holds is looked at, and it is written to like any other from now
/// on.
///
/// # Errors
/// `ledger-newer`, `ledger-corrupt` and the like, or the same of people.
pub fn settle_ledger(path: &Path) -> Result<(), Fault> {
    settled(StoreFile { store: Store::Ledger, path })
}

/// The same of people.
///
/// # Errors
/// As of a ledger.
pub fn settle_people(path: &Path) -> Result<(), Fault> {
    settled(StoreFile { store: Store::People, path })
}

fn settled(file: StoreFile<'_>) -> Result<(), Fault> {
    let connection = open::writable(file)?;
    let found: String =
        connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0)).map_err(|error| file.fault(&error))?;
    match found.as_str() {
        "ok" => Ok(()),
        why => Err(file.corrupt(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::SqliteLedger;
    use super::*;
    use switchback_core::ports::ledger::{Append, Ledger as _, NewEntry};
    use switchback_core::words::names::{Seq, Time};
    use tempfile::TempDir;

    fn append(ledger: &SqliteLedger, at: u64) {
        let row = NewEntry { at: Time(1), actor: "a".into(), kind: "k".into(), body: "{}".into(), notices: Vec::new() };
        assert!(matches!(ledger.append(Seq(at), row, &[], None), Ok(Append::Done(_))));
    }

    #[test]
    fn a_moment_is_copied_whatever_comes_after_it() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("ledger.sqlite");
        let ledger = SqliteLedger::open(&path, "acme").unwrap();
        append(&ledger, 0);
        let standstill = Standstill::of(&path).unwrap();
        let waits = std::thread::scope(|scope| {
            let writer = scope.spawn(|| append(&ledger, 1));
            sleep(Duration::from_millis(50));
            let waits = !writer.is_finished();
            let moment = standstill.go_on().unwrap();
            writer.join().unwrap();
            append(&ledger, 2);
            moment.copy(&folder.path().join("copy.sqlite")).unwrap();
            waits
        });
        assert!(waits, "nobody appends during a standstill");
        let copy = folder.path().join("copy.sqlite");
        settle_ledger(&copy).unwrap();
        assert_eq!(SqliteLedger::open(&copy, "acme").unwrap().head().unwrap().0, Seq(1));
        assert_eq!(ledger.head().unwrap().0, Seq(3));
        assert!(!folder.path().join("copy.sqlite-wal").exists(), "a copy is one file");
    }
}
