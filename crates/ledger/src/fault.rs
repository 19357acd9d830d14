//! What SQLite says, as a fault that names the file and the next step.

use rusqlite::{Error, ErrorCode};
use std::path::Path;
use switchback_core::words::fault::Fault;
use switchback_core::words::remedy::Remedy;

/// The fault an error of SQLite means for the ledger at `path`.
pub(super) fn fault(path: &Path, error: &Error) -> Fault {
    match error {
        Error::SqliteFailure(cause, _) => from_code(path, cause.code, error),
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..) => corrupt(path, error),
        _ => failed(path, error),
    }
}

fn from_code(path: &Path, code: ErrorCode, error: &Error) -> Fault {
    let file = path.display();
    match code {
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => corrupt(path, error),
        ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen => Fault::new(
            "ledger-unwritable",
            format!("the ledger {file} cannot be opened for writing: {error}"),
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
        _ => failed(path, error),
    }
}

/// The file is damaged, or is no ledger at all.
pub(super) fn corrupt(path: &Path, why: impl std::fmt::Display) -> Fault {
    let file = path.display();
    Fault::new(
        "ledger-corrupt",
        format!("the ledger {file} is damaged: {why}"),
        Remedy::RestoreLedger { file: Some(file.to_string()) },
    )
}

/// The file was written by a newer Switchback.
pub(super) fn newer(path: &Path, found: i64, known: i64) -> Fault {
    Fault::new(
        "ledger-newer",
        format!("the ledger {} has schema {found}, and this Switchback knows schemas up to {known}", path.display()),
        "Use the newer Switchback that wrote it.",
    )
}

fn failed(path: &Path, error: &Error) -> Fault {
    Fault::new(
        "ledger-failed",
        format!("the ledger {} could not be used: {error}", path.display()),
        Remedy::RetryThenVerify,
    )
}
