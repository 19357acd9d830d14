//! Looks before anything is written: does every path hold what the delta says, and can its content be put there?

use super::area::Area;
use super::journal::{JournalRow, Order};
use super::manifest::Manifest;
use super::paths::{folders, split, within};
use super::walk::{Entered, Walk};
use super::{faults, file, file::Stands, paths};
use rustix::fs::Dir;
use std::collections::{BTreeSet, HashSet};
use std::os::fd::BorrowedFd;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Mode, PathChange};

/// Trees are read to this depth: no managed file lies below more folders.
const DEEPEST: usize = 256;

/// What a survey found.
pub(super) struct Survey {
    pub(super) order: Order,
    pub(super) folders: BTreeSet<Vec<u8>>,
    pub(super) rows: Vec<JournalRow>,
}

struct Surveyor<'a> {
    area: &'a Area,
    manifest: &'a Manifest,
    walk: Walk<'a>,
    /// Paths that are deleted, and so make room.
    leaving: HashSet<&'a [u8]>,
    order: Order,
    folders: BTreeSet<Vec<u8>>,
}

/// Surveys an area for a delta.
pub(super) fn survey(area: &Area, manifest: &Manifest, changes: &[PathChange]) -> Result<Survey, Fault> {
    let leaving = changes.iter().filter(|change| change.after.is_none());
    let mut surveyor = Surveyor {
        area,
        manifest,
        walk: Walk::new(&area.root),
        leaving: leaving.map(|change| change.path.as_bytes()).collect(),
        order: match manifest.is_empty() && changes.iter().all(|change| change.before.is_none()) {
            true => Order::Populate,
            false => Order::PublishFirst,
        },
        folders: BTreeSet::new(),
    };
    let mut rows = changes.iter().map(|change| surveyor.row(change)).collect::<Result<Vec<_>, _>>()?;
    rows.sort_by(|one, two| one.path.cmp(&two.path));
    Ok(Survey { order: surveyor.order, folders: surveyor.folders, rows })
}

impl Surveyor<'_> {
    fn row(&mut self, change: &PathChange) -> Result<JournalRow, Fault> {
        paths::check(&change.path)?;
        let waits_in = match change.after {
            None => {
                self.stands(change)?;
                0
            }
            Some(after) => {
                let stands = self.stands(change)?;
                self.make_room(change, stands, after.mode)?;
                self.waits_in(change)?
            }
        };
        Ok(JournalRow {
            path: change.path.clone(),
            before: change.before,
            after: change.after,
            waits_in: waits_in as u32,
        })
    }

    /// What stands at a path; it has to be what the delta starts from.
    fn stands(&mut self, change: &PathChange) -> Result<Stands, Fault> {
        let path = change.path.as_bytes();
        let (folder, name) = split(path);
        let stands = match self.walk.enter(folder).map_err(|error| faults::io("enter", folder, error))? {
            Entered::Folder(handle) => file::look(handle, name, self.manifest.get(path)),
            Entered::Missing(_) | Entered::Blocked(_) => Ok(Stands::Nothing),
        }
        .map_err(|error| faults::io("read", path, error))?;
        if stands == Stands::Odd {
            return Err(faults::blocked(path));
        }
        if stands.leaf() != change.before { Err(faults::changed(&change.path)) } else { Ok(stands) }
    }

    /// A folder where a file shall stand has to go with the files that are deleted from it.
    fn make_room(&mut self, change: &PathChange, stands: Stands, wanted: Mode) -> Result<(), Fault> {
        let path = change.path.as_bytes();
        let from_submodule = change.before.is_some_and(|before| before.mode == Mode::Submodule);
        match wanted {
            Mode::Submodule if stands == Stands::Nothing => {
                self.folders.insert(path.to_vec());
                Ok(())
            }
            // Its files may be on their way out, and it with them.
            Mode::Submodule if stands == Stands::Folder => {
                self.order = Order::RemoveFirst;
                Ok(())
            }
            Mode::Submodule if from_submodule => Ok(()),
            Mode::Submodule => {
                self.order = Order::RemoveFirst;
                Ok(())
            }
            _ if from_submodule => {
                self.order = Order::RemoveFirst;
                if self.names(path)?.is_empty() { Ok(()) } else { Err(faults::blocked(path)) }
            }
            _ if stands == Stands::Folder => {
                self.order = Order::RemoveFirst;
                self.empties(path)
            }
            _ => Ok(()),
        }
    }

    fn empties(&mut self, path: &[u8]) -> Result<(), Fault> {
        let names = self.names(path)?;
        // What lies below more folders than any version has is nobody's that is deleted here.
        if names.is_empty() || path.iter().filter(|byte| **byte == b'/').count() > DEEPEST {
            return Err(faults::blocked(path));
        }
        for name in names {
            let inside = [path, b"/", &name].concat();
            if self.leaving.contains(inside.as_slice()) {
                continue;
            }
            match self.walk.enter(&inside).map_err(|error| faults::io("enter", &inside, error))? {
                Entered::Folder(_) => self.empties(&inside)?,
                Entered::Missing(_) | Entered::Blocked(_) => return Err(faults::blocked(&inside)),
            }
        }
        Ok(())
    }

    fn names(&mut self, path: &[u8]) -> Result<Vec<Vec<u8>>, Fault> {
        match self.walk.enter(path).map_err(|error| faults::io("enter", path, error))? {
            Entered::Folder(handle) => names(handle).map_err(|error| faults::io("list", path, error)),
            Entered::Missing(_) | Entered::Blocked(_) => Ok(Vec::new()),
        }
    }

    /// How much of a path is a folder that stands already: there its content can wait. Notes the folders to be made.
    fn waits_in(&mut self, change: &PathChange) -> Result<usize, Fault> {
        let path = change.path.as_bytes();
        let (folder, _) = split(path);
        let stops = match self.walk.enter(folder).map_err(|error| faults::io("enter", folder, error))? {
            Entered::Folder(_) => return Ok(folder.len()),
            Entered::Missing(stops) => stops,
            Entered::Blocked(stops) => {
                let blocker = path[..stops].to_vec();
                if !self.leaving.contains(blocker.as_slice()) {
                    return Err(self.blocked(&blocker));
                }
                self.order = Order::RemoveFirst;
                stops
            }
        };
        let new = folders(path).filter(|new| new.len() >= stops && !self.folders.contains(*new)).map(<[u8]>::to_vec);
        let new: Vec<_> = new.collect();
        self.folders.extend(new);
        Ok(split(&path[..stops]).0.len())
    }

    /// A link that leads out of the area is a danger, anything else is only in the way.
    fn blocked(&self, path: &[u8]) -> Fault {
        use std::os::unix::ffi::OsStrExt;
        let standing = self.area.path.join(std::ffi::OsStr::from_bytes(path));
        if !standing.is_symlink() {
            return faults::blocked(path);
        }
        match (self.area.path.canonicalize(), standing.canonicalize()) {
            (Ok(root), Ok(target)) if within(root.as_os_str().as_bytes(), target.as_os_str().as_bytes()) => {
                faults::blocked(path)
            }
            _ => faults::escapes(path),
        }
    }
}

/// The names in a folder.
pub(super) fn names(folder: BorrowedFd<'_>) -> rustix::io::Result<Vec<Vec<u8>>> {
    let mut names = Vec::new();
    for entry in Dir::read_from(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_bytes();
        if name != b"." && name != b".." {
            names.push(name.to_vec());
        }
    }
    Ok(names)
}
