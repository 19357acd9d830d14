//! What a disk says when something cannot be written.

use std::io;
use switchback_core::words::fault::Fault;

/// The fault behind an error of the file system that has a name of its own.
pub fn disk_fault(error: &io::Error) -> Option<Fault> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(Fault::new(
            "disk-full",
            format!("there is no room left to write to the repository: {error}"),
            "free some space and try again",
        )),
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Some(Fault::new(
            "repository-unwritable",
            format!("the repository cannot be written to: {error}"),
            "see that this user may write to the repository",
        )),
        _ => None,
    }
}
