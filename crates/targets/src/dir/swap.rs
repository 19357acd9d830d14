//! Puts one content in the place of another without losing what somebody writes there in that moment: the two are
//! exchanged, then what came out is looked at. A look before a rename would leave a gap between the two.

use super::faults;
use super::file::{self, Known};
use super::journal::JournalRow;
use super::paths::split;
use super::walk::{Entered, Walk};
use rustix::fs::{AtFlags, RenameFlags, renameat, renameat_with, unlinkat};
use rustix::io::Errno;
use std::io;
use std::os::fd::BorrowedFd;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Leaf, RepoPath};
use switchback_machine::failpoint;

/// Why a content did not come to its place.
pub(super) enum Failed {
    /// What stood there was not what had been seen: it stands there again, or was never touched.
    Changed,
    /// The system refused.
    Io(io::Error),
}

impl From<Errno> for Failed {
    fn from(error: Errno) -> Self {
        Self::Io(error.into())
    }
}

impl From<io::Error> for Failed {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The fault about a path.
pub(super) fn told(path: &[u8], failed: Failed) -> Fault {
    match failed {
        Failed::Changed => faults::changed(&RepoPath::new(path)),
        Failed::Io(error) => faults::io("rename", path, error),
    }
}

/// Moves the content that waits for a row to its place.
pub(super) fn move_in(
    from: &mut Walk<'_>,
    to: &mut Walk<'_>,
    (row, waits): (&JournalRow, &str),
    known: Option<Known>,
) -> Result<(), Failed> {
    let (folder, name) = split(row.path.as_bytes());
    let (source, place) = (from.make(row.waiting_folder())?, to.make(folder)?);
    match row.before {
        // What changes its kind was taken out before.
        Some(before) if !row.switches_folder() => exchange((source, waits.as_bytes()), (place, name), (before, known)),
        // Nothing stood there when it was looked at. What somebody put there since is not ours to replace.
        _ => match renameat_with(source, waits, place, name, RenameFlags::NOREPLACE) {
            Err(Errno::EXIST) => Err(Failed::Changed),
            Err(Errno::INVAL | Errno::NOSYS) => Ok(renameat(source, waits, place, name)?),
            result => Ok(result?),
        },
    }
}

type Place<'a> = (BorrowedFd<'a>, &'a [u8]);

fn exchange(new: Place<'_>, place: Place<'_>, expected: (Leaf, Option<Known>)) -> Result<(), Failed> {
    let ((source, waits), (folder, name)) = (new, place);
    match renameat_with(source, waits, folder, name, RenameFlags::EXCHANGE) {
        Ok(()) => {}
        Err(Errno::NOENT) => return Err(Failed::Changed),
        // A file system without exchange: the smallest gap there can be.
        Err(Errno::INVAL | Errno::NOSYS) if file::is_still(folder, name, expected)? => {
            return Ok(renameat(source, waits, folder, name)?);
        }
        Err(Errno::INVAL | Errno::NOSYS) => return Err(Failed::Changed),
        Err(error) => return Err(error.into()),
    }
    failpoint::hit("dir.put.exchanged");
    if file::is_still(source, waits, expected)? {
        return Ok(unlinkat(source, waits, AtFlags::empty())?);
    }
    renameat_with(source, waits, folder, name, RenameFlags::EXCHANGE)?;
    Err(Failed::Changed)
}

/// Removes what stands at a path, if it is still what had been seen there; nothing is as good.
pub(super) fn take_out(
    walk: &mut Walk<'_>,
    (path, waits): (&[u8], &str),
    expected: (Leaf, Option<Known>),
) -> Result<(), Failed> {
    let (folder, name) = split(path);
    let Entered::Folder(handle) = walk.enter(folder)? else { return Ok(()) };
    match move_away(handle, (name, waits)) {
        Ok(()) => {}
        Err(Errno::NOENT) => return Ok(()),
        Err(error) => return Err(error.into()),
    }
    failpoint::hit("dir.put.taken");
    if file::is_still(handle, waits.as_bytes(), expected)? {
        return Ok(unlinkat(handle, waits, AtFlags::empty())?);
    }
    // Where somebody put something else there meanwhile, what was moved away is set aside when this is taken back.
    let _ = renameat_with(handle, waits, handle, name, RenameFlags::NOREPLACE);
    Err(Failed::Changed)
}

fn move_away(folder: BorrowedFd<'_>, (name, waits): (&[u8], &str)) -> rustix::io::Result<()> {
    match renameat_with(folder, name, folder, waits, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS) => renameat(folder, name, folder, waits),
        result => result,
    }
}
