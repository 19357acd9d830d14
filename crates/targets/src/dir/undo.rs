//! Takes a deployment back, however far it came. May itself be stopped at any step and run again.

use super::area::Held;
use super::cache::Cache;
use super::file;
use super::journal::{self, Journal, JournalRow, Order};
use super::paths::{split, waiting};
use super::remove::{remove_folders, remove_one};
use super::walk::{Entered, Walk};
use super::{faults, sync};
use rustix::fs::{AtFlags, mkdirat, renameat};
use rustix::io::Errno;
use std::os::fd::BorrowedFd;
use switchback_core::ports::repository::BlobReader;
use switchback_core::ports::repository::Blobs;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Leaf, Mode};
use switchback_machine::failpoint;

/// Where a file goes that somebody edited after the deployment that is taken back wrote it.
const KEPT: &str = "kept";

struct Undo<'a> {
    held: &'a Held,
    journal: &'a Journal,
    read: BlobReader<'a>,
    walk: Walk<'a>,
}

/// Reinstates what was there before the journal's deployment, then forgets it.
pub(super) fn take_back(held: &Held, cache: &Cache, journal: &Journal, blobs: &dyn Blobs) -> Result<(), Fault> {
    let mut undo = Undo { held, journal, read: blobs.reader(), walk: Walk::new(&held.area.root) };
    for (index, row) in journal.rows.iter().enumerate() {
        undo.withdraw(index, row)?;
        failpoint::hit("dir.undo.withdrawing");
    }
    remove_folders(held, &journal.folders.iter().map(Vec::as_slice).collect())?;
    failpoint::hit("dir.undo.withdrawn");
    undo.walk = Walk::new(&held.area.root);
    for (index, row) in journal.rows.iter().enumerate() {
        if let Some(before) = row.before {
            undo.restore(index, row, before)?;
            failpoint::hit("dir.undo.restoring");
        }
    }
    match sync::Way::of(&held.area, journal.rows.len()) {
        sync::Way::Whole => sync::everything(&held.area)?,
        sync::Way::Each => sync::folders_of(&held.area, journal)?,
    }
    failpoint::hit("dir.undo.restored");
    cache.cut(held, journal.manifest)?;
    journal::forget(held)?;
    failpoint::hit("dir.undo.forgotten");
    Ok(())
}

impl Undo<'_> {
    /// Removes the content that waits beside its place, and the file where nothing stood before.
    fn withdraw(&mut self, index: usize, row: &JournalRow) -> Result<(), Fault> {
        let Some(after) = row.after else { return Ok(()) };
        let path = row.path.as_bytes();
        if self.journal.order != Order::Populate {
            let name = waiting(self.journal.version.0, index);
            let waits = match row.waiting_folder() {
                b"" => name.into_bytes(),
                folder => [folder, b"/", name.as_bytes()].concat(),
            };
            remove_one(&mut self.walk, &waits, AtFlags::empty())
                .map_err(|error| faults::io("remove", &waits, error))?;
        }
        let flags = match (row.before, after.mode) {
            // A submodule's folder that was not there before is among the journal's folders.
            (None, Mode::Submodule) => return Ok(()),
            (Some(_), _) if !row.switches_folder() => return Ok(()),
            (_, Mode::Submodule) => AtFlags::REMOVEDIR,
            _ if self.is_ours(path, after)? => AtFlags::empty(),
            _ => return Ok(()),
        };
        remove_one(&mut self.walk, path, flags).map_err(|error| faults::io("remove", path, error))
    }

    /// Whether a file that was not there before is what this deployment wrote, whole or in part. Anything else
    /// came from somebody else meanwhile and stays.
    fn is_ours(&mut self, path: &[u8], after: Leaf) -> Result<bool, Fault> {
        let (folder, name) = split(path);
        let failed = |error: std::io::Error| faults::io("read", path, error);
        let Entered::Folder(handle) = self.walk.enter(folder).map_err(|error| failed(error.into()))? else {
            return Ok(false);
        };
        let standing = match file::look(handle, name, None).map_err(failed)?.leaf() {
            Some(standing) if standing.mode != Mode::Submodule => standing,
            _ => return Ok(false),
        };
        if standing.id == after.id {
            return Ok(true);
        }
        let mut wanted = Vec::new();
        (self.read)(after.id, &mut wanted)?;
        Ok(wanted.starts_with(&file::read(handle, name, standing.mode).map_err(failed)?))
    }

    /// Puts the content back that stood at a path.
    fn restore(&mut self, index: usize, row: &JournalRow, before: Leaf) -> Result<(), Fault> {
        let path = row.path.as_bytes();
        if before.mode == Mode::Submodule {
            return self.walk.make(path).map(|_| ()).map_err(|error| faults::io("create", path, error));
        }
        let mut bytes = Vec::new();
        (self.read)(before.id, &mut bytes)?;
        let (folder, name) = split(path);
        let handle = self.walk.make(folder).map_err(|error| match error {
            Errno::NOTDIR => faults::blocked(folder),
            _ => faults::io("create", folder, error),
        })?;
        let kept = format!("{}-{index}", self.journal.version.0);
        let back = || -> std::io::Result<()> {
            let standing = file::look(handle, name, None)?.leaf();
            if standing == Some(before) {
                return Ok(());
            }
            if standing.is_some() && standing != row.after {
                keep(self.held, (handle, name), &kept)?;
            }
            replace(handle, (name, &waiting(self.journal.version.0, index)), (before.mode, &bytes))
        };
        back().map_err(|error| faults::io("reinstate", path, error))
    }
}

/// Writes beside the place, syncs, renames over it.
fn replace(folder: BorrowedFd<'_>, (name, waits): (&[u8], &str), content: (Mode, &[u8])) -> std::io::Result<()> {
    match rustix::fs::unlinkat(folder, waits, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(error) => return Err(error.into()),
    }
    if let Some(file) = file::create(folder, waits.as_bytes(), content)? {
        file.sync_all()?;
    }
    Ok(renameat(folder, waits, folder, name)?)
}

/// Sets a file aside in `.switchback/kept`, so that nobody's work is lost.
fn keep(held: &Held, (folder, name): (BorrowedFd<'_>, &[u8]), kept: &str) -> std::io::Result<()> {
    match mkdirat(held.home(), KEPT, rustix::fs::Mode::from_raw_mode(0o700)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(renameat(folder, name, held.home(), format!("{KEPT}/{kept}"))?)
}
