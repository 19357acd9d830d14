//! Removes files and folders that have to go; what holds anything else stays.

use super::area::Held;
use super::faults;
use super::paths::split;
use super::walk::{Entered, Walk};
use rustix::fs::{AtFlags, unlinkat};
use rustix::io::Errno;
use std::collections::BTreeSet;
use switchback_core::words::fault::Fault;

/// Removes folders, innermost first, as far as they are empty.
pub(super) fn remove_folders(held: &Held, emptied: &BTreeSet<&[u8]>) -> Result<(), Fault> {
    let mut walk = Walk::new(&held.area.root);
    for folder in emptied.iter().rev() {
        remove_one(&mut walk, folder, AtFlags::REMOVEDIR).map_err(|error| faults::io("remove", folder, error))?;
    }
    Ok(())
}

/// Removes a file, or an empty folder. A folder that holds anything else stays, without complaint.
pub(super) fn remove_one(walk: &mut Walk<'_>, path: &[u8], flags: AtFlags) -> rustix::io::Result<()> {
    let (folder, name) = split(path);
    let Entered::Folder(handle) = walk.enter(folder)? else { return Ok(()) };
    match unlinkat(handle, name, flags) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(Errno::NOTEMPTY | Errno::EXIST | Errno::NOTDIR) if flags.contains(AtFlags::REMOVEDIR) => Ok(()),
        Err(error) => Err(error),
    }
}
