//! An area's root and its `.switchback` folder, open; and the lock that keeps writers apart.

use super::faults;
use super::file;
use super::paths::HOME;
use super::walk::folder_flags;
use rustix::fs::{AtFlags, Mode, OFlags, fsync, mkdirat, open, openat, renameat, unlinkat};
use rustix::io::Errno;
use std::fs::{File, TryLockError};
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::Mode as LeafMode;

/// How long to wait for somebody who works in the area.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long to wait before asking again.
const PAUSE: Duration = Duration::from_millis(20);

/// An area that is looked at.
pub(super) struct Area {
    pub(super) path: PathBuf,
    pub(super) root: OwnedFd,
    home: Option<OwnedFd>,
}

/// An area that is worked in: no other process is.
pub(super) struct Held {
    pub(super) area: Area,
    home: OwnedFd,
    lock: File,
}

impl Area {
    /// Opens an area; `None` when its root does not exist yet.
    pub(super) fn find(path: &Path) -> Result<Option<Self>, Fault> {
        let root = match open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty()) {
            Ok(root) => root,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(faults::place("open", path, error)),
        };
        let home = match openat(&root, HOME, folder_flags(), Mode::empty()) {
            Ok(home) => Some(home),
            Err(Errno::NOENT) => None,
            Err(Errno::NOTDIR | Errno::LOOP) => return Err(faults::blocked(HOME.as_bytes())),
            Err(error) => return Err(faults::io("open", HOME.as_bytes(), error)),
        };
        Ok(Some(Self { path: path.to_owned(), root, home }))
    }

    /// Switchback's own folder, if there is one yet.
    pub(super) fn home(&self) -> Option<BorrowedFd<'_>> {
        self.home.as_ref().map(AsFd::as_fd)
    }
}

impl Held {
    /// Opens an area to work in it; creates its root and its `.switchback` folder where they are missing.
    pub(super) fn take(path: &Path) -> Result<Self, Fault> {
        let area = match Area::find(path)? {
            Some(area) => area,
            None => create_root(path)?,
        };
        let home = match mkdirat(&area.root, HOME, Mode::from_raw_mode(0o700)) {
            Ok(()) | Err(Errno::EXIST) => openat(&area.root, HOME, folder_flags(), Mode::empty()),
            Err(error) => Err(error),
        }
        .map_err(|error| faults::io("create", HOME.as_bytes(), error))?;
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let lock = openat(&home, "lock", flags, Mode::from_raw_mode(0o600))
            .map_err(|error| faults::io("open", b".switchback/lock", error))?;
        let lock = File::from(lock);
        wait_for(&lock, path).map(|()| Self { area, home, lock })
    }

    /// Switchback's own folder.
    pub(super) fn home(&self) -> BorrowedFd<'_> {
        self.home.as_fd()
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Closing would not do: a child that another thread is just starting may share the handle for a moment.
        // A lock that cannot be given back ends with the process.
        let _ = self.lock.unlock();
    }
}

/// Takes the lock. Whoever has it may be about to let go: a version is in the ledger, and the next job may run, before the
/// target has heard of it.
fn wait_for(lock: &File, path: &Path) -> Result<(), Fault> {
    let since = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if since.elapsed() < PATIENCE => sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(faults::busy(path)),
            Err(TryLockError::Error(error)) => return Err(faults::io("lock", b".switchback/lock", error)),
        }
    }
}

fn create_root(path: &Path) -> Result<Area, Fault> {
    std::fs::create_dir_all(path).map_err(|error| faults::place("create", path, error))?;
    // The new name is in the parent, which a relative path need not show.
    let parent = std::path::absolute(path).map(|path| path.parent().map_or(path.clone(), Path::to_owned));
    parent.and_then(|parent| File::open(parent)?.sync_all()).map_err(|error| faults::place("create", path, error))?;
    Area::find(path)?.ok_or_else(|| faults::place("open", path, Errno::NOENT))
}

/// The bytes of one of Switchback's own files; `None` when it does not exist.
pub(super) fn load(home: BorrowedFd<'_>, name: &str) -> Result<Option<Vec<u8>>, Fault> {
    match file::read(home, name.as_bytes(), LeafMode::File) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(faults::io("read", format!("{HOME}/{name}").as_bytes(), error)),
    }
}

/// Writes one of Switchback's own files durably, at once or not at all.
pub(super) fn replace(home: BorrowedFd<'_>, name: &str, bytes: &[u8]) -> Result<(), Fault> {
    let fresh = format!("{name}.new");
    let write = || -> std::io::Result<()> {
        match unlinkat(home, &fresh, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(error.into()),
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let mut file = File::from(openat(home, &fresh, flags, Mode::from_raw_mode(0o600))?);
        file.write_all(bytes)?;
        file.sync_data()?;
        renameat(home, &fresh, home, name)?;
        Ok(fsync(home)?)
    };
    write().map_err(|error| faults::io("write", format!("{HOME}/{name}").as_bytes(), error))
}
