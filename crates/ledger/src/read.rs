//! Opening the ledger's file to read it, as it is: also on a medium that cannot be written, with a log that nobody
//! took into the file yet, and with an older schema. The file itself is never touched.

use super::fault::{StoreFile, log_of};
use super::open::{bring_up_to_date, connect, is_current, is_file_or_nothing};
use rusqlite::{Connection, OpenFlags};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use switchback_core::ports::people::groups::ADMINISTRATORS;
use switchback_core::words::fault::Fault;
use tempfile::TempDir;

const READING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
const COPYING: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
/// How often a copy is begun again because somebody wrote meanwhile.
const TRIES: usize = 5;

/// A connection that only reads.
pub(super) struct Reading {
    pub connection: Connection,
    /// Where the copy is that it reads, if it is one.
    pub copy: Option<TempDir>,
}

/// Opens for reading only.
pub(super) fn to_read(path: &Path) -> Result<Reading, Fault> {
    let ledger = StoreFile::ledger(path);
    is_file_or_nothing(ledger)?;
    let open = |file: &Path, flags| {
        let connection = connect(file, flags, ledger)?;
        let current = is_current(&connection, ledger)?;
        Ok((connection, current))
    };
    let opened = match open(path, READING) {
        // Reading needs the log's shared memory beside the file, which read-only media refuse. With nothing in the
        // log, the file alone is the whole truth and nobody can change it.
        Err(refused) if is_unwritable(&refused) && log_is_empty(path) => {
            open(&immutable(path), READING | OpenFlags::SQLITE_OPEN_URI)
        }
        Err(refused) if is_unwritable(&refused) => {
            let copy = scratch(path)?;
            copy_files(path, &copy_in(&copy)).map_err(|error| unreadable(path, &error))?;
            return read_copy(path, copy);
        }
        other => other,
    };
    match opened? {
        (connection, true) => Ok(Reading { connection, copy: None }),
        (connection, false) => {
            let copy = scratch(path)?;
            let target = copy_in(&copy);
            connection.execute("VACUUM INTO ?1", [target.to_string_lossy()]).map_err(|error| ledger.fault(&error))?;
            read_copy(path, copy)
        }
    }
}

/// What a look at the people of a server tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PeopleSeen {
    /// How many people administer it.
    pub administrators: i64,
    /// What is wrong with the file, where something is.
    pub damage: Option<String>,
}

/// Looks at the people of a server, whether one runs or not: nothing is written, and no writer waits.
///
/// # Errors
/// `people-newer`, `people-corrupt` and the like.
pub fn look_at_people(path: &Path) -> Result<PeopleSeen, Fault> {
    let people = StoreFile::people(path);
    is_file_or_nothing(people)?;
    let connection = match connect(path, READING, people) {
        Err(refused) if refused.code == "people-unwritable" && log_is_empty(path) => {
            connect(&immutable(path), READING | OpenFlags::SQLITE_OPEN_URI, people)?
        }
        other => other?,
    };
    is_current(&connection, people)?;
    let asked = || {
        let check: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        let count = "SELECT count(DISTINCT person) FROM membership WHERE member_of = ?1";
        let administrators = connection.query_row(count, [ADMINISTRATORS], |row| row.get(0))?;
        Ok(PeopleSeen { administrators, damage: (check != "ok").then_some(check) })
    };
    asked().map_err(|error| people.fault(&error))
}

/// Reads a copy, with the newest schema, and lets nobody write to it: it would be lost.
fn read_copy(path: &Path, copy: TempDir) -> Result<Reading, Fault> {
    let ledger = StoreFile::ledger(path);
    let mut connection = connect(&copy_in(&copy), COPYING, ledger)?;
    bring_up_to_date(&mut connection, ledger)?;
    connection.pragma_update(None, "query_only", true).map_err(|error| ledger.fault(&error))?;
    Ok(Reading { connection, copy: Some(copy) })
}

fn scratch(path: &Path) -> Result<TempDir, Fault> {
    TempDir::new().map_err(|error| unreadable(path, &error))
}

fn copy_in(folder: &TempDir) -> PathBuf {
    folder.path().join("ledger.sqlite")
}

/// Copies the file and its log. Nobody can write to a read-only medium from here, but who knows from elsewhere: a copy
/// during which one of them changed is made again.
fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    for _ in 0..TRIES {
        let before = looks(from);
        for (from, to) in [(from.to_owned(), to.to_owned()), (log_of(from), log_of(to))] {
            // Not with the rights of the original: a copy is written to once.
            io::copy(&mut File::open(from)?, &mut File::create(to)?)?;
        }
        if looks(from) == before {
            return Ok(());
        }
    }
    Err(io::Error::other("somebody keeps writing to it"))
}

/// What changes with every write.
fn looks(path: &Path) -> [Option<(u64, Option<SystemTime>)>; 2] {
    [path.to_owned(), log_of(path)]
        .map(|file| fs::metadata(file).ok().map(|found| (found.len(), found.modified().ok())))
}

fn is_unwritable(fault: &Fault) -> bool {
    fault.code == "ledger-unwritable"
}

fn log_is_empty(path: &Path) -> bool {
    fs::metadata(log_of(path)).map_or(true, |found| found.len() == 0)
}

/// The path as a URI that promises SQLite that nobody writes.
fn immutable(path: &Path) -> PathBuf {
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{escaped}?immutable=1").into()
}

fn unreadable(path: &Path, error: &io::Error) -> Fault {
    Fault::new(
        "ledger-failed",
        format!("the ledger {} cannot be copied to be read: {error}", path.display()),
        "See that there is room for temporary files (`TMPDIR` says where), and run the command again.",
    )
}

#[cfg(test)]
mod tests {
    use super::super::open::writable;
    use super::*;

    #[test]
    fn a_file_nobody_writes_is_read_without_its_shared_memory() {
        let folder = TempDir::new().unwrap();
        for name in ["plain.db", "100% sure?.db", "#1 &x=y.db", "grüße.db"] {
            let path = folder.path().join(name);
            let ledger = StoreFile::ledger(&path);
            drop(writable(ledger).unwrap());
            let connection = connect(&immutable(&path), READING | OpenFlags::SQLITE_OPEN_URI, ledger).unwrap();
            assert_eq!(is_current(&connection, ledger), Ok(true), "{name}");
            assert!(log_is_empty(&path));
        }
        let busy = writable(StoreFile::ledger(&folder.path().join("busy.db"))).unwrap();
        busy.execute("INSERT INTO meta VALUES ('key', 'value')", []).unwrap();
        assert!(!log_is_empty(&folder.path().join("busy.db")), "what is in the log only must not be overlooked");
    }
}
