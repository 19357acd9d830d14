//! What SQLite says, as a fault that names the file and the next step.

use rusqlite::{Error, ErrorCode};
use std::path::{Path, PathBuf};
use switchback_core::words::fault::Fault;
use switchback_core::words::remedy::Remedy;

/// What a file is to hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Store {
    /// Entries, jobs and snapshots.
    Ledger,
    /// Who may come in.
    People,
}

/// A file of ours: what it is to hold, and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct StoreFile<'a> {
    pub store: Store,
    pub path: &'a Path,
}

/// What can be wrong with a file.
#[derive(Clone, Copy)]
enum Trouble {
    Busy,
    Corrupt,
    Failed,
    Newer,
    Unwritable,
}

impl Store {
    /// What people call it.
    pub(super) fn noun(self) -> &'static str {
        match self {
            Self::Ledger => "ledger",
            Self::People => "people database",
        }
    }
}

fn code(store: Store, trouble: Trouble) -> &'static str {
    match (store, trouble) {
        (Store::Ledger, Trouble::Busy) => "ledger-busy",
        (Store::Ledger, Trouble::Corrupt) => "ledger-corrupt",
        (Store::Ledger, Trouble::Failed) => "ledger-failed",
        (Store::Ledger, Trouble::Newer) => "ledger-newer",
        (Store::Ledger, Trouble::Unwritable) => "ledger-unwritable",
        (Store::People, Trouble::Busy) => "people-busy",
        (Store::People, Trouble::Corrupt) => "people-corrupt",
        (Store::People, Trouble::Failed) => "people-failed",
        (Store::People, Trouble::Newer) => "people-newer",
        (Store::People, Trouble::Unwritable) => "people-unwritable",
    }
}

const OTHER_TABLES: &str = "its tables are not those that its header names";

impl<'a> StoreFile<'a> {
    /// The ledger at a path.
    pub(super) fn ledger(path: &'a Path) -> Self {
        Self { store: Store::Ledger, path }
    }

    /// The people database at a path.
    pub(super) fn people(path: &'a Path) -> Self {
        Self { store: Store::People, path }
    }

    /// The fault an error of SQLite means for it. What SQLite says of statements and tables is for whoever wrote them: a
    /// person is told what it means.
    pub(super) fn fault(self, error: &Error) -> Fault {
        match error {
            Error::SqliteFailure(cause, _) => self.meant_by(*cause),
            Error::SqlInputError { .. } => self.corrupt(OTHER_TABLES),
            Error::FromSqlConversionFailure(..)
            | Error::IntegralValueOutOfRange(..)
            | Error::InvalidColumnType(..)
            | Error::Utf8Error(..) => self.corrupt("a row of it holds what Switchback never writes there"),
            _ => self.failed("the database answers otherwise than it should"),
        }
    }

    fn meant_by(self, cause: rusqlite::ffi::Error) -> Fault {
        let (noun, file, said) =
            (self.store.noun(), self.path.display(), rusqlite::ffi::code_to_str(cause.extended_code));
        match cause.code {
            ErrorCode::DatabaseCorrupt => self.corrupt("its pages contradict each other, or some are missing"),
            ErrorCode::NotADatabase => self.foreign("it is no database, or its first page is overwritten"),
            ErrorCode::CannotOpen if log_of(self.path).is_dir() => {
                self.corrupt("a folder stands where its log belongs")
            }
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => self.unwritable(
                format!("the {noun} {file} cannot be opened for writing: {said}"),
                format!("Give the user who runs this write access to {file} and to the folder it is in."),
            ),
            ErrorCode::DiskFull => Fault::new(
                "disk-full",
                format!("the disk that holds the {noun} {file} is full; nothing was written"),
                "Free some space there and run the command again.",
            ),
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Fault::new(
                code(self.store, Trouble::Busy),
                format!("the {noun} {file} was locked by another process for too long; nothing was written"),
                "Run the command again; if it stays locked, see which process has the file open (`fuser` names it).",
            ),
            _ if cause.extended_code == rusqlite::ffi::SQLITE_ERROR => self.corrupt(OTHER_TABLES),
            _ => self.failed(said),
        }
    }

    /// The file is damaged.
    pub(super) fn corrupt(self, why: &str) -> Fault {
        let message = format!("the {} {} is damaged: {why}", self.store.noun(), self.path.display());
        Fault::new(code(self.store, Trouble::Corrupt), message, self.restored())
    }

    /// What stands there is something else.
    pub(super) fn foreign(self, why: &str) -> Fault {
        let message = format!("{} is not a {} of Switchback: {why}", self.path.display(), self.store.noun());
        Fault::new(code(self.store, Trouble::Corrupt), message, self.restored())
    }

    /// The file was written by a newer Switchback.
    pub(super) fn newer(self, found: i64, known: i64) -> Fault {
        let (noun, file) = (self.store.noun(), self.path.display());
        Fault::new(
            code(self.store, Trouble::Newer),
            format!("the {noun} {file} has schema {found}, and this Switchback knows schemas up to {known}"),
            "Use the newer Switchback that wrote it.",
        )
    }

    /// It, or its folder, cannot be made or written.
    pub(super) fn unwritable(self, message: String, remedy: impl Into<Remedy>) -> Fault {
        Fault::new(code(self.store, Trouble::Unwritable), message, remedy)
    }

    /// The disk or the database does something else than it should.
    fn failed(self, why: &str) -> Fault {
        let message = format!("the {} {} could not be used: {why}", self.store.noun(), self.path.display());
        let remedy = match self.store {
            Store::Ledger => Remedy::RetryThenVerify,
            Store::People => Remedy::advice("Try again; if it fails again, look at the disk."),
        };
        Fault::new(code(self.store, Trouble::Failed), message, remedy)
    }

    fn restored(self) -> Remedy {
        let file = self.path.display().to_string();
        match self.store {
            Store::Ledger => Remedy::RestoreLedger { file: Some(file) },
            Store::People => Remedy::advice(format!("Move {file} aside and put a copy of it back.")),
        }
    }
}

/// The write-ahead log of a file.
pub(super) fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}
