//! Puts a delta: journal, contents beside their places, renames, deletions, sync, manifest, in this order.
//! Every step leaves what [`undo`](super::undo) can take back.

use super::area::Held;
use super::cache::Cache;
use super::file::{self, Known, Stamp};
use super::journal::{self, Journal, JournalRow, Order};
use super::manifest::{self, Made, Manifest};
use super::paths::{HOME, folders, split, waiting};
use super::remove::{remove_folders, remove_one};
use super::share::{Shares, share};
use super::walk::{Entered, Walk};
use super::{faults, survey, swap, sync, undo};
use rustix::fs::{AtFlags, Stat, fstat, unlinkat};
use rustix::io::Errno;
use std::collections::HashMap;
use std::fs::File;
use std::os::fd::{AsFd, BorrowedFd};
use switchback_core::ports::repository::Blobs;
use switchback_core::ports::target::Put;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Leaf, Mode, RepoPath};
use switchback_machine::failpoint;

/// Puts a delta, or leaves the area as it was.
pub(super) fn put(held: &Held, cache: &Cache, put: Put<'_>, blobs: &dyn Blobs) -> Result<(), Fault> {
    let manifest = cache.load(&held.area)?;
    let this = Made { version: put.version.0, commit: Some(put.commit) };
    let made = manifest.as_ref().and_then(|manifest| manifest.made()) == Some(this);
    match journal::read(held.home())? {
        Some(journal) if made && journal.version == put.version && journal.deployment == put.deployment => {
            return Ok(());
        }
        Some(_) => return Err(faults::underway()),
        None if made => return Ok(()),
        None => {}
    }
    if manifest.is_none() && put.version.0 > 1 && holds_files(held)? {
        return Err(faults::manifest_lost());
    }
    let journal = prepare(held, manifest.as_deref().unwrap_or(&Manifest::default()), put)?;
    failpoint::hit("dir.put.surveyed");
    journal::write(held, &journal)?;
    failpoint::hit("dir.put.journalled");
    let way = sync::Way::of(&held.area, journal.rows.len());
    let known = manifest.as_deref();
    let work = Work { held, cache, known, journal: &journal, this, standing: put.standing, way };
    work.carry_out(blobs).map_err(|cause| match undo::take_back(held, cache, &journal, blobs) {
        Ok(()) => cause,
        Err(second) => faults::undo_failed(&cause, &second),
    })
}

/// Whether an area without a manifest holds anything, so that a later version cannot be its first.
fn holds_files(held: &Held) -> Result<bool, Fault> {
    let names = survey::names(held.area.root.as_fd()).map_err(|error| faults::io("list", b".", error))?;
    Ok(names.iter().any(|name| name != HOME.as_bytes()))
}

fn prepare(held: &Held, manifest: &Manifest, put: Put<'_>) -> Result<Journal, Fault> {
    let survey = survey::survey(&held.area, manifest, put.changes)?;
    Ok(Journal {
        version: put.version,
        deployment: put.deployment,
        manifest: manifest.length() as u64,
        order: survey.order,
        folders: survey.folders.into_iter().collect(),
        rows: survey.rows,
    })
}

struct Work<'a> {
    held: &'a Held,
    cache: &'a Cache,
    known: Option<&'a Manifest>,
    journal: &'a Journal,
    this: Made,
    standing: &'a [(RepoPath, Option<Leaf>)],
    way: sync::Way,
}

impl Work<'_> {
    fn carry_out(&self, blobs: &dyn Blobs) -> Result<(), Fault> {
        let (held, journal) = (self.held, self.journal);
        let staged: HashMap<usize, Stamp> =
            share(journal.rows.len(), |shares| self.stage(shares, blobs))?.into_iter().flatten().collect();
        // What was written where it belongs is synced with its folders, below.
        if self.way == sync::Way::Whole && journal.order != Order::Populate {
            sync::everything(&held.area)?;
        }
        failpoint::hit("dir.put.staged");
        match journal.order {
            Order::Populate => self.make_submodules()?,
            Order::PublishFirst => {
                self.publish()?;
                self.remove()?;
            }
            Order::RemoveFirst => {
                self.remove()?;
                self.publish()?;
            }
        }
        match self.way {
            sync::Way::Whole => sync::everything(&held.area)?,
            sync::Way::Each => sync::folders_of(&held.area, journal)?,
        }
        failpoint::hit("dir.put.synced");
        self.record(&staged)?;
        failpoint::hit("dir.put.recorded");
        Ok(())
    }

    /// Writes contents: beside their places, or into an empty area right where they belong. Gives their stamps.
    fn stage(&self, shares: &Shares, blobs: &dyn Blobs) -> Result<Vec<(usize, Stamp)>, Fault> {
        let (mut walk, mut read, mut bytes) = (Walk::new(&self.held.area.root), blobs.reader(), Vec::new());
        let (mut written, mut staged) = (Vec::new(), Vec::new());
        while let Some(range) = shares.take() {
            for index in range {
                let row = &self.journal.rows[index];
                let Some(after) = row.after.filter(|after| after.mode != Mode::Submodule) else { continue };
                read(after.id, &mut bytes)?;
                let file = write(&mut walk, (self.journal, index), (after.mode, &bytes));
                let (file, stamp) = file.map_err(|error| faults::io("write", row.path.as_bytes(), error))?;
                staged.extend(stamp.map(|stamp| (index, stamp)));
                failpoint::hit("dir.put.staging");
                if self.way == sync::Way::Each {
                    written.extend(file);
                }
            }
        }
        // All are written before the first is synced, so the disk sees them together.
        sync::files(&written).map_err(|error| faults::io("sync", b".", error))?;
        Ok(staged)
    }

    fn make_submodules(&self) -> Result<(), Fault> {
        let mut walk = Walk::new(&self.held.area.root);
        for row in self.journal.rows.iter().filter(|row| row.after.is_some_and(|after| after.mode == Mode::Submodule)) {
            let path = row.path.as_bytes();
            walk.make(path).map_err(|error| faults::io("create", path, error))?;
        }
        Ok(())
    }

    /// Renames contents to their places and makes the folders they need.
    fn publish(&self) -> Result<(), Fault> {
        let (mut from, mut to) = (Walk::new(&self.held.area.root), Walk::new(&self.held.area.root));
        for (index, row) in self.journal.rows.iter().enumerate() {
            let path = row.path.as_bytes();
            match row.after.map(|after| after.mode) {
                None => continue,
                Some(Mode::Submodule) => to.make(path).map(|_| ()).map_err(Into::into),
                Some(_) => {
                    let waits = waiting(self.journal.version.0, index);
                    swap::move_in(&mut from, &mut to, (row, &waits), self.known_of(path))
                }
            }
            .map_err(|error| swap::told(path, error))?;
            failpoint::hit("dir.put.publishing");
        }
        failpoint::hit("dir.put.published");
        Ok(())
    }

    /// Removes the deleted files, then the folders that are empty without them.
    fn remove(&self) -> Result<(), Fault> {
        let leaves = |row: &JournalRow| row.after.is_none() || row.switches_folder();
        let mut walk = Walk::new(&self.held.area.root);
        for (index, row) in self.journal.rows.iter().enumerate().filter(|(_, row)| leaves(row)) {
            let path = row.path.as_bytes();
            match row.before {
                Some(Leaf { mode: Mode::Submodule, .. }) => remove_one(&mut walk, path, AtFlags::REMOVEDIR)
                    .map_err(|error| faults::io("remove", path, error))?,
                Some(before) => {
                    let waits = waiting(self.journal.version.0, index);
                    swap::take_out(&mut walk, (path, &waits), (before, self.known_of(path)))
                        .map_err(|error| swap::told(path, error))?;
                }
                None => {}
            }
            failpoint::hit("dir.put.removing");
        }
        let leaving = self.journal.rows.iter().filter(|row| leaves(row));
        remove_folders(self.held, &leaving.flat_map(|row| folders(row.path.as_bytes())).collect())?;
        failpoint::hit("dir.put.removed");
        Ok(())
    }

    fn known_of(&self, path: &[u8]) -> Option<Known> {
        self.known?.get(path)
    }

    /// Appends what was done to the manifest. This makes the deployment a finished one.
    fn record(&self, staged: &HashMap<usize, Stamp>) -> Result<(), Fault> {
        let rows = &self.journal.rows;
        let now = clock(self.held)?;
        let mut known = share(rows.len(), |shares| stamps(self.held, rows, shares, now))?.concat();
        known.sort_unstable_by_key(|(index, _)| *index);
        for (index, known) in &mut known {
            // Somebody may have written there since: then the stamp is of another content, and nothing is known.
            let ours = |known: &Known| staged.get(index).is_none_or(|staged| staged.is_moved(known.stamp));
            *known = known.map(|known| if ours(&known) { known } else { Known { stamp: Stamp::NEVER, ..known } });
        }
        let mut rows: Vec<manifest::ManifestRow<'_>> =
            known.iter().map(|(index, known)| (rows[*index].path.as_bytes(), *known)).collect();
        let mut walk = Walk::new(&self.held.area.root);
        for (path, leaf) in self.standing {
            let known = leaf.map(|leaf| as_it_stands(&mut walk, (path, leaf), now)).transpose()?;
            rows.push((path.as_bytes(), known));
        }
        rows.sort_unstable_by_key(|(path, _)| *path);
        self.cache.append(self.held, &manifest::segment(self.this, &rows))
    }
}

type Written = (Option<File>, Option<Stamp>);

fn write(walk: &mut Walk<'_>, place: (&Journal, usize), content: (Mode, &[u8])) -> std::io::Result<Written> {
    let (journal, index) = place;
    let row = &journal.rows[index];
    if journal.order == Order::Populate {
        let (folder, name) = split(row.path.as_bytes());
        return create(walk.make(folder)?, name, content, None);
    }
    let old = match row.before {
        Some(_) => replaced(walk, row.path.as_bytes())?,
        None => None,
    };
    let name = waiting(journal.version.0, index);
    create(walk.make(row.waiting_folder())?, name.as_bytes(), content, old)
}

/// What stands at the place of a file that is about to be replaced.
fn replaced(walk: &mut Walk<'_>, path: &[u8]) -> std::io::Result<Option<Stat>> {
    let (folder, name) = split(path);
    match walk.enter(folder)? {
        Entered::Folder(handle) => file::stat(handle, name),
        _ => Ok(None),
    }
}

fn create(folder: BorrowedFd<'_>, name: &[u8], content: (Mode, &[u8]), old: Option<Stat>) -> std::io::Result<Written> {
    let file = file::create(folder, name, content)?;
    if let (Some(file), Some(old)) = (&file, &old) {
        file::resemble(file, old, content.0)?;
    }
    let stat = match &file {
        Some(file) => Some(fstat(file)?),
        None => file::stat(folder, name)?,
    };
    Ok((file, stat.map(|stat| Stamp::of(&stat))))
}

type Stamped = Vec<(usize, Option<Known>)>;

fn stamps(held: &Held, rows: &[JournalRow], shares: &Shares, now: i64) -> Result<Stamped, Fault> {
    let mut walk = Walk::new(&held.area.root);
    let mut stamped = Vec::new();
    while let Some(range) = shares.take() {
        for index in range {
            let path = rows[index].path.as_bytes();
            let known = match rows[index].after {
                None => None,
                Some(leaf) => Some(Known { leaf, stamp: stamp(&mut walk, path, now)? }),
            };
            stamped.push((index, known));
        }
    }
    Ok(stamped)
}

/// What is to be known of a file that is managed from now on as this leaf, though nothing was written: its stamp where
/// the leaf is what stands there.
pub(super) fn as_it_stands(walk: &mut Walk<'_>, file: (&RepoPath, Leaf), now: i64) -> Result<Known, Fault> {
    let (path, leaf) = file;
    // The stamp comes before the look, so it cannot belong to a later content.
    let stamp = stamp(walk, path.as_bytes(), now)?;
    let same = super::look(walk, path, None)?.leaf() == Some(leaf);
    Ok(Known { leaf, stamp: if same { stamp } else { Stamp::NEVER } })
}

/// The stamp of a file, taken at `now` or later. A file that changed at `now` could change again without the clock
/// moving on, so its stamp is not to be trusted.
pub(super) fn stamp(walk: &mut Walk<'_>, path: &[u8], now: i64) -> Result<Stamp, Fault> {
    let (folder, name) = split(path);
    let stat = match walk.enter(folder).map_err(|error| faults::io("enter", folder, error))? {
        Entered::Folder(handle) => file::stat(handle, name).map_err(|error| faults::io("look at", path, error))?,
        Entered::Missing(_) | Entered::Blocked(_) => None,
    };
    Ok(stat.map(|stat| Stamp::of(&stat)).filter(|stamp| stamp.mtime < now).unwrap_or(Stamp::NEVER))
}

/// The time as the area's file system tells it, in nanoseconds.
pub(super) fn clock(held: &Held) -> Result<i64, Fault> {
    let name: &[u8] = b"clock";
    let read = || -> std::io::Result<i64> {
        match unlinkat(held.home(), name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
        file::create(held.home(), name, (Mode::File, b""))?;
        let stat = file::stat(held.home(), name)?.ok_or(Errno::NOENT)?;
        unlinkat(held.home(), name, AtFlags::empty())?;
        Ok(Stamp::of(&stat).mtime)
    };
    read().map_err(|error| faults::io("read the clock at", b".switchback/clock", error))
}
