//! What SQLite says, as a fault that names the file and the next step.

use rusqlite::{Error, ErrorCode};
use std::path::{Path, PathBuf};
use switchback_core::words::fault::Fault;
use switchback_core::words::remedy::Remedy;

/// The fault an error of SQLite means for the ledger at `path`. What SQLite says of statements and tables is for whoever
/// wrote them: a person is told what it means.
pub(super) fn fault(path: &Path, error: &Error) -> Fault {
    match error {
        Error::SqliteFailure(cause, _) => from_code(path, *cause),
        Error::SqlInputError { .. } => corrupt(path, OTHER_TABLES),
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..) => corrupt(path, "a row of it holds what Switchback never writes there"),
        _ => failed(path, "the database answers otherwise than it should"),
    }
}

const OTHER_TABLES: &str = "its tables are not those that its header names";

fn from_code(path: &Path, cause: rusqlite::ffi::Error) -> Fault {
    let (file, said) = (path.display(), rusqlite::ffi::code_to_str(cause.extended_code));
    match cause.code {
        ErrorCode::DatabaseCorrupt => corrupt(path, "its pages contradict each other, or some are missing"),
        ErrorCode::NotADatabase => foreign(path, "it is no database, or its first page is overwritten"),
        ErrorCode::CannotOpen if log_of(path).is_dir() => corrupt(path, "a folder stands where its log belongs"),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => Fault::new(
            "ledger-unwritable",
            format!("the ledger {file} cannot be opened for writing: {said}"),
            format!("Give the user who runs this write access to {file} and to the folder it is in."),
        ),
        ErrorCode::DiskFull => Fault::new(
            "disk-full",
            format!("the disk that holds the ledger {file} is full; nothing was written"),
            "Free some space there and run the command again.",
        ),
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Fault::new(
            "ledger-busy",
            format!("the ledger {file} was locked by another process for too long; nothing was written"),
            "Run the command again; if it stays locked, see which process has the file open (`fuser` names it).",
        ),
        _ if cause.extended_code == rusqlite::ffi::SQLITE_ERROR => corrupt(path, OTHER_TABLES),
        _ => failed(path, said),
    }
}

/// The write-ahead log of a ledger.
pub(super) fn log_of(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

/// The file is damaged.
pub(super) fn corrupt(path: &Path, why: &str) -> Fault {
    let file = path.display();
    let message = format!("the ledger {file} is damaged: {why}");
    Fault::new("ledger-corrupt", message, Remedy::RestoreLedger { file: Some(file.to_string()) })
}

/// What stands there is no ledger at all.
pub(super) fn foreign(path: &Path, why: &str) -> Fault {
    let file = path.display();
    let message = format!("{file} is not a ledger of Switchback: {why}");
    Fault::new("ledger-corrupt", message, Remedy::RestoreLedger { file: Some(file.to_string()) })
}

/// The file was written by a newer Switchback.
pub(super) fn newer(path: &Path, found: i64, known: i64) -> Fault {
    Fault::new(
        "ledger-newer",
        format!("the ledger {} has schema {found}, and this Switchback knows schemas up to {known}", path.display()),
        "Use the newer Switchback that wrote it.",
    )
}

fn failed(path: &Path, why: &str) -> Fault {
    Fault::new(
        "ledger-failed",
        format!("the ledger {} could not be used: {why}", path.display()),
        Remedy::RetryThenVerify,
    )
}
