//! Watching folders: whether somebody changed anything in them, whoever it was, is answered without looking at any file.

use rustix::fs::inotify::{CreateFlags, ReadFlags, Reader, WatchFlags, add_watch, init};
use rustix::fs::{FsWord, statfs};
use rustix::io::Errno;
use std::fs;
use std::io;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

/// Folders that are watched, themselves and not what lies deeper in those that lie in them.
///
/// A change counts from the moment in which whoever made it is told that it is made. What is written through memory that
/// was mapped is not seen, nor that a folder further up was renamed.
#[derive(Debug)]
pub struct Watch {
    inotify: OwnedFd,
    folders: Vec<PathBuf>,
}

/// What was noticed since it was asked last.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Noticed {
    /// Nobody changed anything.
    Nothing,
    /// Somebody changed something.
    Something,
    /// Folders came or went: other ones are to be watched from now on.
    Folders,
}

impl Watch {
    /// Watches folders.
    ///
    /// # Errors
    /// One of them is not there, or lies where other machines may change it unnoticed; there are too many watches.
    pub fn begin(folders: &[PathBuf]) -> io::Result<Self> {
        // Looked at first: to begin and to give up takes longer.
        for folder in folders {
            if !LOCAL.contains(&statfs(folder)?.f_type) {
                return Err(io::ErrorKind::Unsupported.into());
            }
        }
        let inotify = init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        for folder in folders {
            add_watch(&inotify, folder, CHANGES)?;
        }
        Ok(Self { inotify, folders: folders.to_vec() })
    }

    /// The folders.
    pub fn folders(&self) -> &[PathBuf] {
        &self.folders
    }

    /// What was noticed until now.
    pub fn noticed(&self) -> Noticed {
        let mut room = [MaybeUninit::uninit(); ROOM];
        let mut heard = Reader::new(&self.inotify, &mut room);
        let mut noticed = Noticed::Nothing;
        loop {
            match heard.next() {
                Ok(event) if event.events().intersects(OF_FOLDERS) => noticed = Noticed::Folders,
                Ok(_) if noticed == Noticed::Nothing => noticed = Noticed::Something,
                Ok(_) | Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => return noticed,
                // Whatever it is, nobody can say that nothing was changed.
                Err(_) => return Noticed::Folders,
            }
        }
    }
}

/// A folder, and all that lie in it.
pub fn deep(folder: &Path) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    let mut next = 0;
    while let Some(folder) = all.get(next) {
        let inside = fs::read_dir(folder).into_iter().flatten().flatten();
        let folders: Vec<_> = inside.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())).collect();
        all.extend(folders.iter().map(fs::DirEntry::path));
        next += 1;
    }
    all
}

/// How much is heard at once, in bytes: some dozen changes.
const ROOM: usize = 4096;

const CHANGES: WatchFlags = WatchFlags::MODIFY
    .union(WatchFlags::ATTRIB)
    .union(WatchFlags::CREATE)
    .union(WatchFlags::DELETE)
    .union(WatchFlags::DELETE_SELF)
    .union(WatchFlags::MOVE)
    .union(WatchFlags::MOVE_SELF)
    .union(WatchFlags::ONLYDIR);

/// A folder in it came or went, it went itself, or more happened than could be kept.
const OF_FOLDERS: ReadFlags = ReadFlags::ISDIR
    .union(ReadFlags::DELETE_SELF)
    .union(ReadFlags::MOVE_SELF)
    .union(ReadFlags::IGNORED)
    .union(ReadFlags::UNMOUNT)
    .union(ReadFlags::QUEUE_OVERFLOW);

/// File systems that no other machine writes to: ext, XFS, Btrfs, tmpfs, overlayfs, ZFS, F2FS, bcachefs and ramfs, by the
/// numbers that `statfs(2)` gives them.
const LOCAL: [FsWord; 9] =
    [0xef53, 0x5846_5342, 0x9123_683e, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1, 0xf2f5_2010, 0xca45_1a4e, 0x8584_58f6];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_changed_in_a_folder_is_noticed_and_a_look_is_not() {
        let home = tempfile::tempdir().unwrap();
        let (folder, file) = (home.path().join("a"), home.path().join("a/file"));
        fs::create_dir(&folder).unwrap();
        let watch = Watch::begin(&deep(&folder)).unwrap();
        let noticed = |what: &dyn Fn() -> io::Result<()>| {
            what().unwrap();
            (watch.noticed(), watch.noticed())
        };
        let something = (Noticed::Something, Noticed::Nothing);
        assert_eq!(noticed(&|| fs::write(&file, "one")), something);
        assert_eq!(noticed(&|| fs::write(&file, "two")), something);
        assert_eq!(noticed(&|| fs::read(&file).and_then(|_| fs::read_dir(&folder)).map(drop)).0, Noticed::Nothing);
        assert_eq!(noticed(&|| fs::write(home.path().join("beside"), "one")).0, Noticed::Nothing);
        assert_eq!(noticed(&|| fs::rename(home.path().join("beside"), &file)), something);
        assert_eq!(noticed(&|| (0..1000).try_for_each(|_| fs::write(&file, "three"))), something);
        assert_eq!(noticed(&|| fs::remove_file(&file)), something);
        let folders = (Noticed::Folders, Noticed::Nothing);
        assert_eq!(noticed(&|| fs::create_dir(folder.join("b"))), folders);
        assert_eq!(noticed(&|| fs::remove_dir(folder.join("b"))), folders);
        assert_eq!(noticed(&|| fs::rename(&folder, home.path().join("c"))), folders);
    }

    #[test]
    fn folders_are_found_however_deep_and_one_that_is_not_there_is_not_watched() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir_all(home.path().join("a/b/c")).unwrap();
        fs::write(home.path().join("a/file"), "").unwrap();
        let found = deep(&home.path().join("a"));
        assert_eq!(found, ["a", "a/b", "a/b/c"].map(|name| home.path().join(name)));
        let watch = Watch::begin(&found).unwrap();
        fs::write(home.path().join("a/b/c/file"), "").unwrap();
        assert_eq!(watch.noticed(), Noticed::Something);
        assert_eq!(watch.folders(), found);
        assert!(Watch::begin(&[home.path().join("d")]).is_err());
        // Processes of the kernel's own are in no file system that is known to be this machine's alone.
        assert!(Watch::begin(&["/proc".into()]).is_err());
    }
}
