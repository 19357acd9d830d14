//! Notes that processes leave about what they are doing: one file each, kept under a lock for as long as its process
//! lives, so that what the dead left can be told from what the living do (`SPEC L7`). The kernel lets go of the lock
//! when a process ends, however it ends, and tells so across containers too, where numbers of processes mean nothing.
//! Knows nothing of what is written in them.

use crate::process;
use std::fs::{self, DirEntry, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A hidden note that is older belongs to a process that died before it could show it.
const HIDDEN_AT_MOST: Duration = Duration::from_secs(60);

/// A note of this process. Dropping it lets go of its lock: it stands on as that of a process that died.
#[derive(Debug)]
#[must_use]
pub struct Note {
    path: PathBuf,
    _lock: File,
}

/// A note that stands in a folder, whoever left it.
pub struct Left {
    path: PathBuf,
    file: File,
    /// What it says; empty where it could not be read.
    pub text: String,
}

impl Note {
    /// Leaves a note in a folder, which is made where there is none. Nobody ever sees it without its text or its lock.
    pub fn leave(folder: &Path, text: &str) -> io::Result<Self> {
        Self::leave_as(folder, &unique(), text)
    }

    pub(crate) fn leave_as(folder: &Path, name: &str, text: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let (hidden, path) = (folder.join(format!(".{name}")), folder.join(name));
        let file = File::create(&hidden)?;
        let shown = file.lock().and_then(|()| {
            (&file).write_all(text.as_bytes())?;
            file.sync_data()?;
            fs::rename(&hidden, &path)
        });
        match shown {
            Ok(()) => Ok(Self { path, _lock: file }),
            Err(error) => {
                let _ = fs::remove_file(&hidden);
                Err(error)
            }
        }
    }

    /// Whether it still stands where it was left.
    pub(crate) fn stands(&self) -> bool {
        self.path.exists()
    }

    /// Removes it. One that stays makes somebody look once more, and find nothing to do.
    pub fn take_back(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// A name that no other note has, of this process or another, nor of another of its threads.
pub(crate) fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    format!("{}-{}", process::name(), COUNT.fetch_add(1, Ordering::Relaxed))
}

impl Left {
    /// The note at a path; nothing when there is none (any more).
    pub fn at(path: PathBuf) -> Option<Self> {
        let mut file = File::open(&path).ok()?;
        let mut text = String::new();
        if file.read_to_string(&mut text).is_err() {
            text.clear();
        }
        Some(Self { path, file, text })
    }

    /// Whether its process is known to be dead: its lock can be taken, and it was not taken back meanwhile.
    pub fn is_dead(&self) -> bool {
        // Shared, so that several may ask at once and none takes another for the living owner.
        let free = self.file.try_lock_shared().is_ok();
        free && self.file.metadata().is_ok_and(|found| found.nlink() > 0)
    }

    /// Removes it.
    pub fn remove(&self) {
        let _ = fs::remove_file(&self.path);
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.path.file_name()?.to_str()
    }
}

/// Every note in a folder. An empty folder, as nearly always, costs one look.
pub fn left(folder: &Path) -> Vec<Left> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let (hidden, shown): (Vec<DirEntry>, Vec<DirEntry>) = entries.flatten().partition(is_hidden);
    hidden.iter().for_each(sweep);
    shown.iter().filter_map(|entry| Left::at(entry.path())).collect()
}

/// How many notes of the dead stand in a folder. Nothing is removed.
pub fn of_the_dead(folder: &Path) -> usize {
    shown(folder).iter().filter(|note| note.is_dead()).count()
}

/// What the living say in a folder. Nothing is removed.
pub fn of_the_living(folder: &Path) -> Vec<String> {
    shown(folder).into_iter().filter(|note| !note.is_dead()).map(|note| note.text).collect()
}

fn shown(folder: &Path) -> Vec<Left> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.filter(|entry| !is_hidden(entry)).filter_map(|entry| Left::at(entry.path())).collect()
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// Removes a note whose process died before it could show it.
fn sweep(entry: &DirEntry) {
    let age = entry.metadata().and_then(|found| found.modified()).ok().and_then(|since| since.elapsed().ok());
    if age.is_some_and(|age| age > HIDDEN_AT_MOST)
        && let Some(left) = Left::at(entry.path())
        && left.is_dead()
    {
        left.remove();
    }
}
