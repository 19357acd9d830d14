//! The disk under a house: how much room there is, and whether it can be written. Writes nothing.

use crate::desk::Desk;
use std::io;
use std::path::Path;
use switchback_core::words::fault::Fault;
pub use switchback_machine::disk::Room;
use switchback_machine::disk::{self, disk_fault};

impl Desk<'_> {
    /// The room on the disk of the git directory.
    ///
    /// # Errors
    /// `repository-unreadable` where the disk cannot be asked.
    pub fn room(&self) -> Result<Room, Fault> {
        room_of(&self.house.git_dir)
    }

    /// Whether this user may write to the git directory.
    ///
    /// # Errors
    /// `repository-unwritable` where not; `repository-unreadable` where that cannot be told.
    pub fn writable(&self) -> Result<(), Fault> {
        let dir = &self.house.git_dir;
        disk::writable(dir).map_err(|error| disk_fault(&error).unwrap_or_else(|| unseen(dir, &error)))
    }
}

/// The room on the disk of a folder.
///
/// # Errors
/// `repository-unreadable` where the disk cannot be asked.
pub fn room_of(dir: &Path) -> Result<Room, Fault> {
    disk::room(dir).map_err(|error| unseen(dir, &error))
}

fn unseen(dir: &Path, error: &io::Error) -> Fault {
    let message = format!("{} cannot be looked at: {error}", dir.display());
    Fault::new("repository-unreadable", message, "see that this user may read the repository")
}
