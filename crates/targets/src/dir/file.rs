//! One file in an open folder: what stands there, and putting something there.

use rustix::fs::{
    AtFlags, FileType, Gid, Mode as Bits, OFlags, Stat, Uid, fchmod, fchown, fstat, openat, readlinkat, statat,
    symlinkat,
};
use rustix::io::Errno;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::BorrowedFd;
use switchback_core::words::object::{BlobId, Leaf, Mode, Oid};

/// What the file system says of a file without opening it. While it says the same, the file holds the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    pub(super) size: u64,
    /// Nanoseconds since 1970.
    pub(super) mtime: i64,
    pub(super) ctime: i64,
    pub(super) ino: u64,
}

impl Stamp {
    /// Equals no file's stamp.
    pub(super) const NEVER: Self = Self { size: u64::MAX, mtime: i64::MAX, ctime: i64::MAX, ino: 0 };

    /// Whether another stamp is of the same content, moved to where it is: that changes its ctime and nothing else.
    pub(super) fn is_moved(self, now: Self) -> bool {
        Self { ctime: now.ctime, ..self } == now
    }

    pub(super) fn of(stat: &Stat) -> Self {
        // The fields differ in width between platforms.
        let nanoseconds = |seconds: i128, rest: i128| (seconds * 1_000_000_000 + rest) as i64;
        Self {
            size: stat.st_size as u64,
            mtime: nanoseconds(stat.st_mtime.into(), stat.st_mtime_nsec.into()),
            ctime: nanoseconds(stat.st_ctime.into(), stat.st_ctime_nsec.into()),
            ino: stat.st_ino,
        }
    }
}

/// What was last known of a file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Known {
    pub(super) leaf: Leaf,
    pub(super) stamp: Stamp,
}

/// What stands at a path.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stands {
    Nothing,
    Folder,
    Leaf(Leaf),
    /// A pipe, a socket, a device: nothing a tree can hold.
    Odd,
}

impl Stands {
    /// As the contract tells it: a folder is no leaf, and what no tree can hold is a leaf no tree has.
    pub(super) fn leaf(self) -> Option<Leaf> {
        match self {
            Self::Nothing | Self::Folder => None,
            Self::Leaf(leaf) => Some(leaf),
            Self::Odd => Some(Leaf { mode: Mode::Submodule, id: BlobId(Oid([0; 20])) }),
        }
    }
}

/// What stands at a name. A file whose stamp is the known one is not opened.
pub(super) fn look(folder: BorrowedFd<'_>, name: &[u8], known: Option<Known>) -> io::Result<Stands> {
    match stat(folder, name)? {
        Some(stat) => look_at(folder, name, (&stat, known)),
        None => Ok(Stands::Nothing),
    }
}

fn look_at(folder: BorrowedFd<'_>, name: &[u8], (stat, known): (&Stat, Option<Known>)) -> io::Result<Stands> {
    let mode = match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile if stat.st_mode & 0o100 != 0 => Mode::Executable,
        FileType::RegularFile => Mode::File,
        FileType::Symlink => Mode::Symlink,
        FileType::Directory => return Ok(standing_folder(known)),
        _ => return Ok(Stands::Odd),
    };
    let id = match known {
        Some(known) if known.stamp == Stamp::of(stat) && is_link(known.leaf.mode) == is_link(mode) => known.leaf.id,
        _ => blob_id(&read(folder, name, mode)?)?,
    };
    Ok(Stands::Leaf(Leaf { mode, id }))
}

/// Whether a file that was moved here is still what was known of it before. Moving it changes its ctime and nothing else.
pub(super) fn is_still(folder: BorrowedFd<'_>, name: &[u8], expected: (Leaf, Option<Known>)) -> io::Result<bool> {
    let (leaf, known) = expected;
    let Some(stat) = stat(folder, name)? else { return Ok(false) };
    let moved = |known: Known| Known { stamp: Stamp { ctime: Stamp::of(&stat).ctime, ..known.stamp }, ..known };
    let known = known.filter(|known| known.leaf == leaf).map(moved);
    Ok(look_at(folder, name, (&stat, known))? == Stands::Leaf(leaf))
}

/// A submodule is deployed as git checks it out: an empty folder. Which commit it stands for, only the manifest knows.
fn standing_folder(known: Option<Known>) -> Stands {
    match known {
        Some(known) if known.leaf.mode == Mode::Submodule => Stands::Leaf(known.leaf),
        _ => Stands::Folder,
    }
}

fn is_link(mode: Mode) -> bool {
    mode == Mode::Symlink
}

/// What the file system says of a name; `None` when nothing stands there.
pub(super) fn stat(folder: BorrowedFd<'_>, name: &[u8]) -> io::Result<Option<Stat>> {
    match statat(folder, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => Ok(Some(stat)),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The bytes of a file, or the target of a link.
pub(super) fn read(folder: BorrowedFd<'_>, name: &[u8], mode: Mode) -> io::Result<Vec<u8>> {
    if is_link(mode) {
        return Ok(readlinkat(folder, name, Vec::new())?.into_bytes());
    }
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let mut bytes = Vec::new();
    File::from(openat(folder, name, flags, Bits::empty())?).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Creates a file or a link where nothing stands; never follows, never replaces. Gives the file, to be synced.
pub(super) fn create(folder: BorrowedFd<'_>, name: &[u8], content: (Mode, &[u8])) -> io::Result<Option<File>> {
    let (mode, bytes) = content;
    if is_link(mode) {
        symlinkat(bytes, folder, name)?;
        return Ok(None);
    }
    let bits = if mode == Mode::Executable { 0o777 } else { 0o666 };
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(openat(folder, name, flags, Bits::from_raw_mode(bits))?);
    file.write_all(bytes)?;
    Ok(Some(file))
}

/// Gives a new file what a person allowed for the one that it replaces: its permissions, but for the executable bits,
/// which are content, and its owner, where this process may. Lists of access rights and extended attributes are not
/// carried over.
pub(super) fn resemble(file: &File, old: &Stat, mode: Mode) -> io::Result<()> {
    if FileType::from_raw_mode(old.st_mode) != FileType::RegularFile {
        return Ok(());
    }
    let own = fstat(file)?;
    if (own.st_uid, own.st_gid) != (old.st_uid, old.st_gid) {
        // Whoever is not root keeps what is theirs.
        let _ = fchown(file, Some(Uid::from_raw(old.st_uid)), Some(Gid::from_raw(old.st_gid)));
    }
    let read = old.st_mode & 0o444;
    let run = if mode == Mode::Executable { read >> 2 } else { 0 };
    Ok(fchmod(file, Bits::from_raw_mode((old.st_mode & 0o666) | run))?)
}

fn blob_id(bytes: &[u8]) -> io::Result<BlobId> {
    let id = gix_object::compute_hash(gix_hash::Kind::Sha1, gix_object::Kind::Blob, bytes).map_err(io::Error::other)?;
    let name = <[u8; 20]>::try_from(id.as_slice()).map_err(io::Error::other)?;
    Ok(BlobId(Oid(name)))
}
