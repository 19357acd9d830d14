//! Files that somebody edited in the middle of a deployment, in `.switchback/kept/<version>-<deployment>-<nth>/` under the
//! paths they had: one folder each time something is taken back, so that nothing is ever set aside over something else.

use super::area::{Area, Held};
use super::paths::split;
use super::walk::{Walk, folder_flags};
use super::{faults, file, survey};
use rustix::fs::{AtFlags, FileType, Mode as Bits, RenameFlags, fsync, mkdirat, openat, renameat_with, unlinkat};
use rustix::io::Errno;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use switchback_core::ports::target::Aside;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{OperationId, OperationKind};
use switchback_core::words::object::{Mode, RepoPath};

/// Where they are, in Switchback's own folder.
const KEPT: &str = "kept";

/// The folder of one deployment that is being taken back; made when the first file is set aside.
pub(super) struct Shelf<'a> {
    held: &'a Held,
    name: String,
    batch: Option<OwnedFd>,
}

impl<'a> Shelf<'a> {
    pub(super) fn new(held: &'a Held, version: u32, deployment: OperationId) -> Self {
        Self { held, name: format!("{version}-{}", deployment.number), batch: None }
    }

    /// Sets aside what stands at a name in a folder and belongs at `path`.
    pub(super) fn put(&mut self, (folder, name): (BorrowedFd<'_>, &[u8]), path: &[u8]) -> rustix::io::Result<()> {
        let mut walk = Walk::new(self.batch()?);
        let (parent, last) = split(path);
        let shelf = walk.make(parent)?;
        match renameat_with(folder, name, shelf, last, RenameFlags::NOREPLACE) {
            Ok(()) => fsync(shelf),
            // The same path once more, in the same run: it goes into a folder of its own.
            Err(Errno::EXIST) => {
                self.batch = None;
                let mut walk = Walk::new(self.batch()?);
                let shelf = walk.make(parent)?;
                renameat_with(folder, name, shelf, last, RenameFlags::NOREPLACE)?;
                fsync(shelf)
            }
            Err(error) => Err(error),
        }
    }

    fn batch(&mut self) -> rustix::io::Result<&OwnedFd> {
        let batch = match self.batch.take() {
            Some(batch) => batch,
            None => fresh(self.held.home(), &self.name)?,
        };
        Ok(self.batch.insert(batch))
    }
}

/// A folder that nothing was ever set aside in.
fn fresh(home: BorrowedFd<'_>, name: &str) -> rustix::io::Result<OwnedFd> {
    match mkdirat(home, KEPT, Bits::from_raw_mode(0o700)) {
        Ok(()) => fsync(home)?,
        Err(Errno::EXIST) => {}
        Err(error) => return Err(error),
    }
    let kept = openat(home, KEPT, folder_flags(), Bits::empty())?;
    let mut nth = 0_u32;
    loop {
        let batch = format!("{name}-{nth}");
        match mkdirat(&kept, &batch, Bits::from_raw_mode(0o700)) {
            Ok(()) => {
                fsync(&kept)?;
                return openat(&kept, &batch, folder_flags(), Bits::empty());
            }
            Err(Errno::EXIST) => nth += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Everything that is set aside.
pub(super) fn list(area: &Area) -> Result<Vec<Aside>, Fault> {
    let Some(home) = area.home() else { return Ok(Vec::new()) };
    let kept = match openat(home, KEPT, folder_flags(), Bits::empty()) {
        Ok(kept) => kept,
        Err(Errno::NOENT) => return Ok(Vec::new()),
        Err(error) => return Err(failed(error)),
    };
    let mut found = Vec::new();
    for batch in names(kept.as_fd())? {
        let mut inside = Inside { batch: String::from_utf8_lossy(&batch).into_owned(), found: &mut found };
        match openat(&kept, &*batch, folder_flags(), Bits::empty()) {
            Ok(folder) => inside.look(folder.as_fd(), b"")?,
            // Programs before this one set single files aside, and did not note where they had stood.
            Err(Errno::NOTDIR) => inside.take(kept.as_fd(), (&batch, &batch))?,
            Err(Errno::LOOP) => inside.take(kept.as_fd(), (&batch, &batch))?,
            Err(error) => return Err(failed(error)),
        }
    }
    Ok(found)
}

struct Inside<'a> {
    batch: String,
    found: &'a mut Vec<Aside>,
}

impl Inside<'_> {
    fn look(&mut self, folder: BorrowedFd<'_>, at: &[u8]) -> Result<(), Fault> {
        for name in names(folder)? {
            let path = if at.is_empty() { name.clone() } else { [at, b"/", &name].concat() };
            match openat(folder, &*name, folder_flags(), Bits::empty()) {
                Ok(inner) => self.look(inner.as_fd(), &path)?,
                Err(Errno::NOTDIR | Errno::LOOP) => self.take(folder, (&name, &path))?,
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(())
    }

    fn take(&mut self, folder: BorrowedFd<'_>, (name, path): (&[u8], &[u8])) -> Result<(), Fault> {
        let Some(stat) = file::stat(folder, name).map_err(failed)? else { return Ok(()) };
        let mode = match FileType::from_raw_mode(stat.st_mode) {
            FileType::Symlink => Mode::Symlink,
            FileType::RegularFile if stat.st_mode & 0o100 != 0 => Mode::Executable,
            FileType::RegularFile => Mode::File,
            // A pipe, a socket, a device: there is nothing in it to keep.
            _ => return Ok(()),
        };
        let bytes = file::read(folder, name, mode).map_err(failed)?;
        let (batch, deployment) = (self.batch.clone(), deployment(&self.batch));
        self.found.push(Aside { batch, deployment, path: RepoPath::new(path), mode, bytes });
        Ok(())
    }
}

/// Which deployment a batch is of: `3-7-0` is of `D-7`.
fn deployment(batch: &str) -> Option<OperationId> {
    let mut parts = batch.split('-').skip(1);
    let number = parts.next()?.parse().ok()?;
    parts.next().map(|_| OperationId { kind: OperationKind::Deployment, number })
}

/// Removes a batch that is kept elsewhere by now.
pub(super) fn let_go(held: &Held, batch: &str) -> Result<(), Fault> {
    let kept = openat(held.home(), KEPT, folder_flags(), Bits::empty()).map_err(failed)?;
    match openat(&kept, batch, folder_flags(), Bits::empty()) {
        Ok(folder) => {
            clear(folder.as_fd())?;
            unlinkat(&kept, batch, AtFlags::REMOVEDIR).map_err(failed)
        }
        Err(Errno::NOTDIR | Errno::LOOP) => unlinkat(&kept, batch, AtFlags::empty()).map_err(failed),
        Err(Errno::NOENT) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

fn clear(folder: BorrowedFd<'_>) -> Result<(), Fault> {
    for name in names(folder)? {
        match openat(folder, &*name, folder_flags(), Bits::empty()) {
            Ok(inner) => {
                clear(inner.as_fd())?;
                unlinkat(folder, &*name, AtFlags::REMOVEDIR).map_err(failed)?;
            }
            Err(_) => unlinkat(folder, &*name, AtFlags::empty()).map_err(failed)?,
        }
    }
    Ok(())
}

fn names(folder: BorrowedFd<'_>) -> Result<Vec<Vec<u8>>, Fault> {
    survey::names(folder).map_err(failed)
}

fn failed(error: impl Into<std::io::Error>) -> Fault {
    faults::io("keep what was set aside in", b".switchback/kept", error)
}
