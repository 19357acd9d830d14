//! Walks through an area's folders by handle, one name at a time and never through a symbolic link, so
//! nothing outside the area can be reached. Neighbouring paths share the open handles.

use super::paths::within;
use rustix::fs::{Mode, OFlags, mkdirat, openat};
#[cfg(target_os = "linux")]
use rustix::fs::{ResolveFlags, openat2};
use rustix::io::{Errno, Result};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// Where a walk ended.
pub(super) enum Entered<'w> {
    /// In the folder.
    Folder(BorrowedFd<'w>),
    /// The folder of this length of the path does not exist.
    Missing(usize),
    /// Something that is no folder stands at this length of the path.
    Blocked(usize),
}

enum Stop {
    Arrived,
    Missing(usize),
    Blocked(usize),
}

/// The folders open along one path.
pub(super) struct Walk<'r> {
    root: BorrowedFd<'r>,
    folder: Vec<u8>,
    open: Vec<(usize, OwnedFd)>,
    missing: Option<Vec<u8>>,
}

impl<'r> Walk<'r> {
    pub(super) fn new(root: &'r OwnedFd) -> Self {
        Self { root: root.as_fd(), folder: Vec::new(), open: Vec::new(), missing: None }
    }

    /// Goes to a folder; creates nothing.
    pub(super) fn enter(&mut self, folder: &[u8]) -> Result<Entered<'_>> {
        if let Some(missing) = self.missing.as_ref().filter(|missing| within(missing, folder)) {
            return Ok(Entered::Missing(missing.len()));
        }
        Ok(match self.descend(folder)? {
            Stop::Arrived => Entered::Folder(self.innermost()),
            Stop::Blocked(length) => Entered::Blocked(length),
            Stop::Missing(length) => {
                self.missing = Some(folder[..length].to_vec());
                Entered::Missing(length)
            }
        })
    }

    /// Goes to a folder and creates what is missing on the way.
    pub(super) fn make(&mut self, folder: &[u8]) -> Result<BorrowedFd<'_>> {
        self.missing = None;
        loop {
            match self.descend(folder)? {
                Stop::Arrived => return Ok(self.innermost()),
                Stop::Blocked(_) => return Err(Errno::NOTDIR),
                Stop::Missing(length) => {
                    let start = self.folder.len() + usize::from(!self.folder.is_empty());
                    match mkdirat(self.innermost(), &folder[start..length], Mode::from_raw_mode(0o777)) {
                        // Another thread was there first.
                        Ok(()) | Err(Errno::EXIST) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        }
    }

    fn descend(&mut self, folder: &[u8]) -> Result<Stop> {
        while !within(&self.folder, folder) {
            self.open.pop();
            let end = self.open.last().map_or(0, |(end, _)| *end);
            self.folder.truncate(end);
        }
        if self.leap(folder) {
            return Ok(Stop::Arrived);
        }
        while self.folder.len() < folder.len() {
            let start = self.folder.len() + usize::from(!self.folder.is_empty());
            let end = folder[start..].iter().position(|&byte| byte == b'/').map_or(folder.len(), |at| start + at);
            match openat(self.innermost(), &folder[start..end], folder_flags(), Mode::empty()) {
                Ok(handle) => self.open.push((end, handle)),
                Err(Errno::NOENT) => return Ok(Stop::Missing(end)),
                Err(Errno::NOTDIR | Errno::LOOP) => return Ok(Stop::Blocked(end)),
                Err(error) => return Err(error),
            }
            self.folder.extend_from_slice(&folder[self.folder.len()..end]);
        }
        Ok(Stop::Arrived)
    }

    /// Several folders down at once, where the system can promise that no link is on the way. Says whether it came there;
    /// what keeps it from there is found out name by name.
    #[cfg(target_os = "linux")]
    fn leap(&mut self, folder: &[u8]) -> bool {
        let start = self.folder.len() + usize::from(!self.folder.is_empty());
        if folder.len() <= start || !folder[start..].contains(&b'/') {
            return false;
        }
        let way = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS;
        let Ok(handle) = openat2(self.innermost(), &folder[start..], folder_flags(), Mode::empty(), way) else {
            return false;
        };
        self.open.push((folder.len(), handle));
        self.folder.extend_from_slice(&folder[self.folder.len()..]);
        true
    }

    #[cfg(not(target_os = "linux"))]
    fn leap(&mut self, _: &[u8]) -> bool {
        false
    }

    fn innermost(&self) -> BorrowedFd<'_> {
        self.open.last().map_or(self.root, |(_, handle)| handle.as_fd())
    }
}

/// Opens a folder, never through a link.
pub(super) fn folder_flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC
}
