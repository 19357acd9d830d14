//! Opening a file: whether it is one of ours, which schema it has, and bringing it to the newest.
//!
//! Opening reads one page when the schema is current: every `switchback where` pays for it.

use super::fault::{Store, StoreFile};
use rusqlite::{Connection, Error, ErrorCode, OpenFlags, TransactionBehavior};
use rusqlite_migration::{M, Migrations};
use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};
use switchback_core::words::fault::Fault;

/// How long a writer waits for the others.
const PATIENCE: Duration = Duration::from_secs(10);
/// Only whoever runs the server reads who may come in.
const PRIVATE: u32 = 0o600;

/// How the files of one store are told from others, and the steps to the schema that is written today.
struct Schemas {
    /// Stands in the header of every file.
    application_id: i64,
    steps: &'static [M<'static>],
}

/// `SwBk`.
const LEDGER: Schemas = Schemas {
    application_id: 1_400_324_715,
    steps: &[
        M::up(include_str!("schema/1.sql")),
        M::up(include_str!("schema/2.sql")),
        M::up(include_str!("schema/3.sql")),
        M::up(include_str!("schema/4.sql")),
    ],
};
/// `SwPe`.
const PEOPLE: Schemas = Schemas {
    application_id: 1_400_328_293,
    steps: &[
        M::up(include_str!("people/schema/1.sql")),
        M::up(include_str!("people/schema/2.sql")),
        M::up(include_str!("people/schema/3.sql")),
    ],
};

impl Schemas {
    const fn of(store: Store) -> Self {
        match store {
            Store::Ledger => LEDGER,
            Store::People => PEOPLE,
        }
    }

    const fn newest(&self) -> i64 {
        self.steps.len() as i64
    }
}

/// What the header of a file says.
enum Header {
    /// Nothing has been written yet.
    Empty,
    /// It is what it should be, with this schema.
    Ours(i64),
    /// It is what it should be, with a schema that no Switchback writes.
    Unheard,
    /// It belongs to another program.
    Foreign,
}

/// Refuses what stands in a file's place and is none: SQLite would call it unwritable, or wait for it.
pub(super) fn is_file_or_nothing(file: StoreFile<'_>) -> Result<(), Fault> {
    let path = file.path;
    match fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(()),
        Ok(found) if found.is_dir() => Err(file.foreign("it is a folder")),
        Ok(_) => Err(file.foreign("it is no file")),
        Err(error) if error.kind() == ErrorKind::NotADirectory => {
            let (noun, folder) = (file.store.noun(), path.parent().unwrap_or(path).display().to_string());
            let message = format!("the {noun}'s folder {folder} cannot be made: a file stands in its place");
            Err(file.unwritable(message, format!("Move that file away: `mv {folder} {folder}.aside`.")))
        }
        Err(_) if path.is_symlink() => Err(file.foreign("it is a link that leads nowhere")),
        Err(_) => Ok(()),
    }
}

/// Opens for reading and writing; makes the file and its folder when they are not there.
pub(super) fn writable(file: StoreFile<'_>) -> Result<Connection, Fault> {
    is_file_or_nothing(file)?;
    if let Some(folder) = file.path.parent() {
        fs::create_dir_all(folder).map_err(|error| unwritable_folder(file, folder, &error))?;
    }
    if file.store == Store::People {
        make_private(file)?;
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = connect(file.path, flags, file)?;
    bring_up_to_date(&mut connection, file)?;
    // SQLite falls back to reading without a word when it may not write.
    if connection.is_readonly("main").map_err(|error| file.fault(&error))? {
        return Err(file.fault(&failure(rusqlite::ffi::SQLITE_READONLY)));
    }
    Ok(connection)
}

/// Makes the file for its owner alone, before anything is in it. SQLite gives its log and its shared memory the same
/// rights. A file that is there keeps those that somebody gave it.
fn make_private(file: StoreFile<'_>) -> Result<(), Fault> {
    let made = fs::OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(file.path);
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => {
            let (noun, path) = (file.store.noun(), file.path.display());
            let message = format!("the {noun} {path} cannot be made: {error}");
            Err(file.unwritable(message, "Give the user who runs this write access to the folder it is in."))
        }
        _ => Ok(()),
    }
}

/// An empty store in memory, where there is no file yet.
pub(super) fn passing(file: StoreFile<'_>) -> Result<Connection, Fault> {
    let mut connection = Connection::open_in_memory().map_err(|error| file.fault(&error))?;
    bring_up_to_date(&mut connection, file)?;
    Ok(connection)
}

/// Whether a connection is to such a one.
pub(super) fn is_passing(connection: &Connection) -> bool {
    connection.path().is_none_or(str::is_empty)
}

/// Opens what is at a path: the file itself, or a copy or a URI that stands for it. Faults name the file.
pub(super) fn connect(path: &Path, flags: OpenFlags, file: StoreFile<'_>) -> Result<Connection, Fault> {
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;")?;
        Ok(connection)
    };
    open().map_err(|error| file.fault(&error))
}

/// Brings an older schema to the newest.
pub(super) fn bring_up_to_date(connection: &mut Connection, file: StoreFile<'_>) -> Result<(), Fault> {
    if is_current(connection, file)? { Ok(()) } else { migrate(connection, file) }
}

/// Whether the schema is the newest; an error when it is newer than that, or the file is not what it should be.
pub(super) fn is_current(connection: &Connection, file: StoreFile<'_>) -> Result<bool, Fault> {
    Ok(schema(connection, file)? == Schemas::of(file.store).newest())
}

/// The schema of the file; 0 when it is empty.
fn schema(connection: &Connection, file: StoreFile<'_>) -> Result<i64, Fault> {
    let Schemas { application_id, .. } = Schemas::of(file.store);
    let newest = Schemas::of(file.store).newest();
    match header(connection, application_id).map_err(|error| file.fault(&error))? {
        Header::Empty => Ok(0),
        Header::Ours(found) if found > newest => Err(file.newer(found, newest)),
        Header::Ours(found) => Ok(found),
        Header::Unheard => Err(file.corrupt("its header names a schema that there never was")),
        Header::Foreign => Err(file.foreign("it is the database of another program")),
    }
}

fn header(connection: &Connection, application_id: i64) -> rusqlite::Result<Header> {
    let (version, owner) = versions(connection)?;
    if owner == application_id && version > 0 {
        return Ok(Header::Ours(version));
    }
    // Somebody may be making it: what it says and what it holds is looked at in one moment.
    let moment = connection.unchecked_transaction()?;
    let (version, owner) = versions(&moment)?;
    let tables: i64 = moment.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    moment.finish()?;
    Ok(match owner {
        0 if tables == 0 && version == 0 => Header::Empty,
        owner if owner != application_id => Header::Foreign,
        _ if version > 0 => Header::Ours(version),
        _ => Header::Unheard,
    })
}

fn versions(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let both = "SELECT user_version, application_id FROM pragma_user_version, pragma_application_id";
    connection.query_row(both, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Brings the schema up to date. Several processes may try at once; one does it, the others find it done.
fn migrate(connection: &mut Connection, file: StoreFile<'_>) -> Result<(), Fault> {
    write_ahead(connection).map_err(|error| file.fault(&error))?;
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
    match Migrations::from_slice(Schemas::of(file.store).steps).to_latest(connection) {
        Ok(()) => Ok(()),
        Err(_) if is_current(connection, file)? => Ok(()),
        Err(rusqlite_migration::Error::RusqliteError { err, .. }) => Err(file.fault(&err)),
        Err(_) => Err(file.corrupt("its tables cannot be brought to the newest schema")),
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

fn unwritable_folder(file: StoreFile<'_>, folder: &Path, error: &std::io::Error) -> Fault {
    let message = format!("the {}'s folder {} cannot be made: {error}", file.store.noun(), folder.display());
    file.unwritable(message, "Give the user who runs this write access to the folder above it.")
}
