//! What a disk says when something cannot be written, and before that.

use rustix::fs::{Access, access, statvfs};
use std::io;
use std::path::Path;
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

/// Room on a disk, in bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
    /// What this user may still take of it.
    pub free: u64,
    /// All of it.
    pub total: u64,
}

/// The room on the disk of a folder.
///
/// # Errors
/// That of asking.
pub fn room(dir: &Path) -> io::Result<Room> {
    let seen = statvfs(dir)?;
    let bytes = |blocks: u64| blocks.saturating_mul(seen.f_frsize);
    Ok(Room { free: bytes(seen.f_bavail), total: bytes(seen.f_blocks) })
}

/// Whether this user may write to a folder, asked without writing.
///
/// # Errors
/// That of asking: `PermissionDenied` and `ReadOnlyFilesystem` say no.
pub fn writable(dir: &Path) -> io::Result<()> {
    Ok(access(dir, Access::WRITE_OK)?)
}
