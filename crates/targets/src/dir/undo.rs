//! Takes a deployment back, however far it came. May itself be stopped at any step and run again.

use super::area::Held;
use super::aside::Shelf;
use super::cache::Cache;
use super::file::{self, Stands};
use super::journal::{self, Journal, JournalRow, Order};
use super::paths::{split, waiting};
use super::remove::{remove_folders, remove_one};
use super::walk::{Entered, Walk};
use super::{faults, sync};
use rustix::fs::{AtFlags, RenameFlags, renameat, renameat_with, unlinkat};
use rustix::io::Errno;
use std::collections::HashSet;
use std::fs::File;
use std::os::fd::{BorrowedFd, OwnedFd};
use switchback_core::ports::repository::BlobReader;
use switchback_core::ports::repository::Blobs;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Leaf, Mode};
use switchback_machine::failpoint;

struct Undo<'a> {
    journal: &'a Journal,
    read: BlobReader<'a>,
    walk: Walk<'a>,
    root: &'a OwnedFd,
    /// Where a file goes that somebody edited meanwhile.
    shelf: Shelf<'a>,
    /// Rows whose place this deployment never touched: what stands there stays.
    untouched: HashSet<usize>,
    /// Rows whose earlier content waits beside their place, durably.
    laid_out: HashSet<usize>,
}

/// Reinstates what was there before the journal's deployment, then forgets it.
pub(super) fn take_back(held: &Held, cache: &Cache, journal: &Journal, blobs: &dyn Blobs) -> Result<(), Fault> {
    let shelf = Shelf::new(held, journal.version.0, journal.deployment);
    let root = &held.area.root;
    let (walk, untouched, laid_out) = (Walk::new(root), HashSet::new(), HashSet::new());
    let way = sync::Way::of(&held.area, journal.rows.len());
    let mut undo = Undo { journal, read: blobs.reader(), walk, root, shelf, untouched, laid_out };
    for (index, row) in journal.rows.iter().enumerate() {
        undo.withdraw(index, row)?;
        failpoint::hit("dir.undo.withdrawing");
    }
    remove_folders(held, &journal.folders.iter().map(Vec::as_slice).collect())?;
    failpoint::hit("dir.undo.withdrawn");
    undo.walk = Walk::new(&held.area.root);
    if way == sync::Way::Whole {
        undo.lay_out_all()?;
        // One sync for all: no name leads to a content that a power cut could still take.
        sync::everything(&held.area)?;
        failpoint::hit("dir.undo.laid-out");
    }
    for (index, row) in journal.rows.iter().enumerate() {
        if let Some(before) = row.before.filter(|_| !undo.untouched.contains(&index)) {
            undo.restore(index, row, before)?;
            failpoint::hit("dir.undo.restoring");
        }
    }
    match way {
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
        let path = row.path.as_bytes();
        if self.journal.order != Order::Populate {
            let folder = if row.after.is_some() { row.waiting_folder() } else { split(path).0 };
            self.withdraw_waiting(folder, index, row)?;
            if row.after.is_some() && row.switches_folder() && folder != split(path).0 {
                self.withdraw_waiting(split(path).0, index, row)?;
            }
        }
        let Some(after) = row.after else { return Ok(()) };
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

    /// What waits beside a place is content that did not get there, or what was taken out of there. Content of ours that
    /// still waits tells that the place was never touched: whatever stands there is not of this deployment. Anything else
    /// somebody wrote in the moment when it was taken out, and gets its place back.
    fn withdraw_waiting(&mut self, folder: &[u8], index: usize, row: &JournalRow) -> Result<(), Fault> {
        let name = waiting(self.journal.version.0, index).into_bytes();
        let waits = if folder.is_empty() { name.clone() } else { [folder, b"/", &name].concat() };
        let ours = match row.after {
            Some(after) => self.is_ours(&waits, after)?,
            None => false,
        };
        let standing = self.stands(&waits)?;
        if ours && row.before.is_some() && !row.switches_folder() {
            // A part of a content may be one of either: then the place tells.
            let is_whole = standing.leaf().map(|leaf| leaf.id) == row.after.map(|leaf| leaf.id);
            if is_whole || self.stands(row.path.as_bytes())?.leaf() != row.after {
                self.untouched.insert(index);
            }
        }
        // An earlier undoing, stopped in the middle, may have left the earlier content, whole or in part.
        let earlier = match row.before {
            Some(before) if !ours && standing != Stands::Nothing => self.is_ours(&waits, before)?,
            _ => false,
        };
        if !ours && !earlier && standing != Stands::Nothing {
            return self.give_back(index, row, (folder, &name));
        }
        remove_one(&mut self.walk, &waits, AtFlags::empty()).map_err(|error| faults::io("remove", &waits, error))
    }

    /// What stands at a path.
    fn stands(&mut self, path: &[u8]) -> Result<Stands, Fault> {
        let (folder, name) = split(path);
        let failed = |error: std::io::Error| faults::io("look at", path, error);
        match self.walk.enter(folder).map_err(|error| failed(error.into()))? {
            Entered::Folder(handle) => file::look(handle, name, None).map_err(failed),
            Entered::Missing(_) | Entered::Blocked(_) => Ok(Stands::Nothing),
        }
    }

    /// Gives what somebody wrote its place back, or sets it aside where something else stands there by now.
    fn give_back(&mut self, index: usize, row: &JournalRow, what: (&[u8], &[u8])) -> Result<(), Fault> {
        let ((waits_in, waits), path) = (what, row.path.as_bytes());
        let (folder, name) = split(path);
        let failed = |error: Errno| faults::io("give back", path, error);
        let is_ours = match row.after {
            Some(after) => self.is_ours(path, after)?,
            None => false,
        };
        let (mut from, mut to) = (Walk::new(self.root), Walk::new(self.root));
        let (source, place) = (from.make(waits_in).map_err(failed)?, to.make(folder).map_err(failed)?);
        let how = if is_ours { RenameFlags::EXCHANGE } else { RenameFlags::NOREPLACE };
        match renameat_with(source, waits, place, name, how) {
            Ok(()) => {
                self.untouched.insert(index);
                if is_ours { unlinkat(source, waits, AtFlags::empty()).map_err(failed) } else { Ok(()) }
            }
            Err(Errno::EXIST | Errno::NOENT | Errno::INVAL | Errno::NOSYS) => {
                self.shelf.put((source, waits), path).map_err(failed)
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// Whether a file that was not there before is what this deployment wrote, whole or in part. Anything else
    /// came from somebody else meanwhile and stays.
    fn is_ours(&mut self, path: &[u8], after: Leaf) -> Result<bool, Fault> {
        let standing = match self.stands(path)?.leaf() {
            Some(standing) if standing.mode != Mode::Submodule => standing,
            _ => return Ok(false),
        };
        if standing.id == after.id {
            return Ok(true);
        }
        let mut wanted = Vec::new();
        (self.read)(after.id, &mut wanted)?;
        let (folder, name) = split(path);
        let failed = |error: std::io::Error| faults::io("read", path, error);
        let Entered::Folder(handle) = self.walk.enter(folder).map_err(|error| failed(error.into()))? else {
            return Ok(false);
        };
        Ok(wanted.starts_with(&file::read(handle, name, standing.mode).map_err(failed)?))
    }

    /// Has what is to be put back wait beside its place, wherever something else stands there.
    fn lay_out_all(&mut self) -> Result<(), Fault> {
        let journal = self.journal;
        for (index, row) in journal.rows.iter().enumerate() {
            match row.before {
                Some(before) if before.mode != Mode::Submodule && !self.untouched.contains(&index) => {
                    self.lay_out(index, row, before)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn lay_out(&mut self, index: usize, row: &JournalRow, before: Leaf) -> Result<(), Fault> {
        let (folder, name) = split(row.path.as_bytes());
        let failed = |error: std::io::Error| faults::io("reinstate", row.path.as_bytes(), error);
        let handle = self.walk.make(folder).map_err(|error| in_the_way(folder, error))?;
        let standing = file::look(handle, name, None).map_err(failed)?;
        if standing != Stands::Nothing && (standing.leaf().is_none() || standing.leaf() != row.after) {
            return Ok(());
        }
        let mut bytes = Vec::new();
        (self.read)(before.id, &mut bytes)?;
        let waits = waiting(self.journal.version.0, index);
        write(handle, (&waits, name), (before.mode, &bytes)).map_err(failed)?;
        self.laid_out.insert(index);
        Ok(())
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
        let handle = self.walk.make(folder).map_err(|error| in_the_way(folder, error))?;
        let waits = waiting(self.journal.version.0, index);
        let (written, shelf) = (row.after, &mut self.shelf);
        let mut is_laid_out = self.laid_out.remove(&index);
        let mut back = || -> std::io::Result<()> {
            loop {
                let stands = file::look(handle, name, None)?;
                if stands == Stands::Folder {
                    return Err(std::io::ErrorKind::IsADirectory.into());
                }
                match stands.leaf() {
                    // It is back; or it was to be deleted, and is not, or somebody has put something there since.
                    Some(standing) if standing == before || written.is_none() => {
                        return if is_laid_out { remove_waiting(handle, &waits) } else { Ok(()) };
                    }
                    Some(standing) if Some(standing) != written => shelf.put((handle, name), path)?,
                    None if stands == Stands::Odd => shelf.put((handle, name), path)?,
                    standing => {
                        if !std::mem::take(&mut is_laid_out)
                            && let Some(file) = write(handle, (&waits, name), (before.mode, &bytes))?
                        {
                            file.sync_all()?;
                        }
                        match swap(handle, (name, &waits), standing)? {
                            Swapped::Expected => return Ok(()),
                            Swapped::Other => shelf.put((handle, waits.as_bytes()), path)?,
                            Swapped::Taken => {}
                        }
                    }
                }
            }
        };
        back().map_err(|error| faults::io("reinstate", path, error))
    }
}

/// What came out of a place when something was put there.
enum Swapped {
    /// What was seen there, or nothing where nothing was: it is gone.
    Expected,
    /// Something else: it waits beside the place.
    Other,
    /// Nothing came out: by now something stands where nothing was, and it was left there.
    Taken,
}

/// Puts what waits into its place, where `standing` was seen.
fn swap(folder: BorrowedFd<'_>, (name, waits): (&[u8], &str), standing: Option<Leaf>) -> std::io::Result<Swapped> {
    let Some(standing) = standing else {
        return match renameat_with(folder, waits, folder, name, RenameFlags::NOREPLACE) {
            Err(Errno::EXIST) => Ok(Swapped::Taken),
            Err(Errno::INVAL | Errno::NOSYS) => Ok(renameat(folder, waits, folder, name).map(|()| Swapped::Expected)?),
            result => Ok(result.map(|()| Swapped::Expected)?),
        };
    };
    match renameat_with(folder, waits, folder, name, RenameFlags::EXCHANGE) {
        Err(Errno::NOENT) => return Ok(Swapped::Taken),
        Err(Errno::INVAL | Errno::NOSYS) => {
            return Ok(renameat(folder, waits, folder, name).map(|()| Swapped::Expected)?);
        }
        result => result?,
    }
    if !file::is_still(folder, waits.as_bytes(), (standing, None))? {
        return Ok(Swapped::Other);
    }
    Ok(unlinkat(folder, waits, AtFlags::empty()).map(|()| Swapped::Expected)?)
}

fn remove_waiting(folder: BorrowedFd<'_>, waits: &str) -> std::io::Result<()> {
    match unlinkat(folder, waits, AtFlags::empty()) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn in_the_way(folder: &[u8], error: Errno) -> Fault {
    match error {
        Errno::NOTDIR => faults::blocked(folder),
        _ => faults::io("create", folder, error),
    }
}

/// Writes beside the place. Gives the file, to be synced before it comes there.
fn write(folder: BorrowedFd<'_>, names: (&str, &[u8]), content: (Mode, &[u8])) -> std::io::Result<Option<File>> {
    let (waits, place) = names;
    remove_waiting(folder, waits)?;
    let file = file::create(folder, waits.as_bytes(), content)?;
    if let (Some(file), Some(old)) = (&file, file::stat(folder, place)?) {
        file::resemble(file, &old, content.0)?;
    }
    Ok(file)
}
