//! Opening the ledger's file: which schema it has, and bringing it to the newest.
//!
//! Opening reads one page when the schema is current: every `switchback where` pays for it.

use super::fault::{corrupt, fault, foreign, newer};
use rusqlite::{Connection, Error, ErrorCode, OpenFlags, TransactionBehavior};
use rusqlite_migration::{M, Migrations};
use std::io::ErrorKind;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};
use switchback_core::words::fault::Fault;

/// How long a writer waits for the others.
const PATIENCE: Duration = Duration::from_secs(10);
/// `SwBk`, in the header of every ledger.
const APPLICATION_ID: i64 = 1_400_324_715;
const STEPS: &[M<'_>] =
    &[M::up(include_str!("schema/1.sql")), M::up(include_str!("schema/2.sql")), M::up(include_str!("schema/3.sql"))];
const NEWEST: i64 = STEPS.len() as i64;

/// What the header of a file says.
enum Header {
    /// Nothing has been written yet.
    Empty,
    /// It is a ledger with this schema.
    Ledger(i64),
    /// It is a ledger with a schema that no Switchback writes.
    Unheard,
    /// It belongs to another program.
    Foreign,
}

/// Refuses what stands in a ledger's place and is no file: SQLite would call it unwritable, or wait for it.
pub(super) fn is_file_or_nothing(path: &Path) -> Result<(), Fault> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(found) if found.is_dir() => Err(foreign(path, "it is a folder")),
        Ok(_) => Err(foreign(path, "it is no file")),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            let folder = path.parent().unwrap_or(path).display().to_string();
            let message = format!("the ledger's folder {folder} cannot be made: a file stands in its place");
            Err(Fault::new("ledger-unwritable", message, format!("Move that file away: `mv {folder} {folder}.aside`.")))
        }
        Err(_) if path.is_symlink() => Err(foreign(path, "it is a link that leads nowhere")),
        Err(_) => Ok(()),
    }
}

/// Opens for reading and writing; makes the file and its folder when they are not there.
pub(super) fn writable(path: &Path) -> Result<Connection, Fault> {
    is_file_or_nothing(path)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| unwritable_folder(folder, &error))?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(path, flags, path)?;
    bring_up_to_date(&mut connection, path)?;
    // SQLite falls back to reading without a word when it may not write.
    if connection.is_readonly("main").map_err(|error| fault(path, &error))? {
        return Err(fault(path, &failure(rusqlite::ffi::SQLITE_READONLY)));
    }
    Ok(connection)
}

/// An empty ledger in memory, where there is no file yet.
pub(super) fn passing(path: &Path) -> Result<Connection, Fault> {
    let mut connection = Connection::open_in_memory().map_err(|error| fault(path, &error))?;
    bring_up_to_date(&mut connection, path)?;
    Ok(connection)
}

/// Whether a connection is to such a one.
pub(super) fn is_passing(connection: &Connection) -> bool {
    connection.path().is_none_or(str::is_empty)
}

/// Opens a file. Faults name `path`, which a copy or a URI stands for.
pub(super) fn connect(file: &Path, flags: OpenFlags, path: &Path) -> Result<Connection, Fault> {
    let open = || {
        let connection = Connection::open_with_flags(file, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
        Ok(connection)
    };
    open().map_err(|error| fault(path, &error))
}

/// Brings an older schema to the newest.
pub(super) fn bring_up_to_date(connection: &mut Connection, path: &Path) -> Result<(), Fault> {
    if is_current(connection, path)? { Ok(()) } else { migrate(connection, path) }
}

/// Whether the schema is the newest; an error when it is newer than that, or the file is no ledger.
pub(super) fn is_current(connection: &Connection, path: &Path) -> Result<bool, Fault> {
    Ok(schema(connection, path)? == NEWEST)
}

/// The schema of the file; 0 when it is empty.
fn schema(connection: &Connection, path: &Path) -> Result<i64, Fault> {
    match header(connection).map_err(|error| fault(path, &error))? {
        Header::Empty => Ok(0),
        Header::Ledger(found) if found > NEWEST => Err(newer(path, found, NEWEST)),
        Header::Ledger(found) => Ok(found),
        Header::Unheard => Err(corrupt(path, "its header names a schema that there never was")),
        Header::Foreign => Err(foreign(path, "it is the database of another program")),
    }
}

fn header(connection: &Connection) -> rusqlite::Result<Header> {
    let (version, owner) = connection.query_row(
        "SELECT user_version, application_id FROM pragma_user_version, pragma_application_id",
        [],
        |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)),
    )?;
    if owner == APPLICATION_ID && version > 0 {
        return Ok(Header::Ledger(version));
    }
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    Ok(match owner {
        0 if tables == 0 && version == 0 => Header::Empty,
        APPLICATION_ID => Header::Unheard,
        _ => Header::Foreign,
    })
}

/// Brings the schema up to date. Several processes may try at once; one does it, the others find it done.
fn migrate(connection: &mut Connection, path: &Path) -> Result<(), Fault> {
    write_ahead(connection).map_err(|error| fault(path, &error))?;
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    match Migrations::from_slice(STEPS).to_latest(connection) {
        Ok(()) => Ok(()),
        Err(_) if schema(connection, path)? == NEWEST => Ok(()),
        Err(rusqlite_migration::Error::RusqliteError { err, .. }) => Err(fault(path, &err)),
        Err(_) => Err(corrupt(path, "its tables cannot be brought to the newest schema")),
    }
}

/// Switches to a write-ahead log, which the file remembers. SQLite answers "busy" at once, without waiting, when
/// two processes switch together.
fn write_ahead(connection: &Connection) -> rusqlite::Result<()> {
    let start = Instant::now();
    loop {
        let switched = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get::<_, String>(0));
        match switched {
            Err(Error::SqliteFailure(cause, _))
                if cause.code == ErrorCode::DatabaseBusy && start.elapsed() < PATIENCE =>
            {
                sleep(Duration::from_millis(5));
            }
            other => return other.map(drop),
        }
    }
}

fn failure(code: i32) -> Error {
    Error::SqliteFailure(rusqlite::ffi::Error::new(code), None)
}

fn unwritable_folder(folder: &Path, error: &std::io::Error) -> Fault {
    Fault::new(
        "ledger-unwritable",
        format!("the ledger's folder {} cannot be made: {error}", folder.display()),
        "Give the user who runs this write access to the folder above it.",
    )
}
