//! Notes that processes leave about what they are doing: one file each, named for the process, so that what the dead left
//! can be told from what the living do (`SPEC L7`). Knows nothing of what is written in them.

use crate::worker;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// A note of this process.
#[derive(Debug)]
#[must_use]
pub struct Note {
    /// The file.
    pub path: PathBuf,
}

/// A note that stands in a folder, whoever left it.
pub struct Left {
    path: PathBuf,
    /// What it says; empty where it could not be read.
    pub text: String,
    worker: String,
}

impl Note {
    /// The note this process would leave in a folder next.
    pub fn next(folder: &Path) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let name = format!("{}-{}", worker::name(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self { path: folder.join(name) }
    }

    /// Writes it, and the folder where there is none.
    pub fn write(&self, text: &str) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).and_then(|()| fs::write(&self.path, text))
    }

    /// Removes it. One that stays makes somebody look once more, and find nothing to do.
    pub fn take_back(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

impl Left {
    /// Whether its process is known to be dead.
    pub fn is_dead(&self) -> bool {
        worker::is_dead(&self.worker)
    }

    /// Removes it.
    pub fn remove(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Every note in a folder. An empty folder, as nearly always, costs one look.
pub fn left(folder: &Path) -> Vec<Left> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let named = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let (worker, _) = name.rsplit_once('-')?;
        let text = fs::read_to_string(entry.path()).unwrap_or_default();
        Some(Left { path: entry.path(), text, worker: worker.to_owned() })
    });
    named.collect()
}
