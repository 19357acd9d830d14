//! Whether a delta would be taken, as far as can be told without writing: what [`put`](super::put) looks at first, the rights to
//! the folders that it writes in, and the room on the disk. No lock is taken, and no folder is made.

use super::area::Area;
use super::cache::Cache;
use super::journal::{self, JournalRow};
use super::manifest::Manifest;
use super::paths::{self, HOME, split};
use super::walk::{Entered, Walk};
use super::{faults, fence, survey};
use rustix::fs::{Access, AtFlags, accessat};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use switchback_core::ports::repository::Blobs;
use switchback_core::ports::target::Put;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Mode, PathChange};
use switchback_machine::disk;

/// What keeps a directory from taking a delta.
pub(super) fn check(root: &Path, cache: &Cache, put: Put<'_>, blobs: &dyn Blobs) -> Result<(), Fault> {
    match Area::find(root)? {
        Some(area) => as_it_stands(&area, cache, put.changes)?,
        // Nothing is in the way of what is made where nothing stands.
        None => put.changes.iter().try_for_each(|change| paths::check(&change.path))?,
    }
    has_room(root, put.changes, blobs)
}

fn as_it_stands(area: &Area, cache: &Cache, changes: &[PathChange]) -> Result<(), Fault> {
    if let Some(home) = area.home()
        && journal::read(home)?.is_some()
    {
        return Err(faults::underway());
    }
    let manifest = match cache.load(area) {
        // The next deployment is told what the last one left there.
        Err(fault) if fault.code == faults::MANIFEST_DAMAGED => None,
        loaded => loaded?,
    };
    let survey = survey::survey(area, manifest.as_deref().unwrap_or(&Manifest::default()), changes)?;
    can_be_written(area.root.as_fd(), b".")?;
    if let Some(home) = area.home() {
        can_be_written(home, HOME.as_bytes())?;
    }
    let written: BTreeSet<&[u8]> = survey.rows.iter().flat_map(written_in).collect();
    let mut walk = Walk::new(&area.root);
    for folder in written {
        if let Entered::Folder(handle) = walk.enter(folder).map_err(|error| faults::io("enter", folder, error))? {
            can_be_written(handle, folder)?;
        }
    }
    Ok(())
}

/// The folders that a row needs the right to write in: where its content waits, and where the old one is.
fn written_in(row: &JournalRow) -> impl Iterator<Item = &[u8]> {
    let stands = row.before.map(|_| split(row.path.as_bytes()).0);
    stands.into_iter().chain(row.after.map(|_| row.waiting_folder()))
}

fn can_be_written(folder: BorrowedFd<'_>, name: &[u8]) -> Result<(), Fault> {
    let rights = Access::WRITE_OK | Access::EXEC_OK;
    accessat(folder, ".", rights, AtFlags::EACCESS).map_err(|error| faults::io("write in", name, error))
}

/// New contents are written beside the old ones, so all of them need room at once. Each is read on the way, as it is when
/// it is put.
fn has_room(root: &Path, changes: &[PathChange], blobs: &dyn Blobs) -> Result<(), Fault> {
    let (mut read, mut bytes, mut sizes, mut needed) = (blobs.reader(), Vec::new(), BTreeMap::new(), 0u64);
    for after in changes.iter().filter_map(|change| change.after).filter(|after| after.mode != Mode::Submodule) {
        needed += match sizes.entry(after.id) {
            Entry::Occupied(size) => *size.get(),
            Entry::Vacant(unread) => {
                read(after.id, &mut bytes)?;
                *unread.insert(bytes.len() as u64)
            }
        };
    }
    let standing = fence::standing(root).map_err(|error| faults::place("find", root, error))?;
    match disk::room(&standing) {
        Ok(room) if room.free < needed => Err(faults::no_room(root, (needed, room.free))),
        // A file system that does not say has what it has.
        Ok(_) | Err(_) => Ok(()),
    }
}
