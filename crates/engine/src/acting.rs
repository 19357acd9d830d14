//! Notes about entries that are being acted on. A process that dies between an entry and its effects leaves its note;
//! the next start finds it and finishes the refs (`SPEC L7`). An empty folder, as nearly always, costs one look.

use crate::failure::Failure;
use crate::look;
use crate::ports::{Ledger, Repo};
use crate::session::Session;
use crate::worker;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use switchback_core::entry::Event;
use switchback_core::fault::Fault;
use switchback_core::names::Seq;

/// How often refs are looked at again because the ledger moved on meanwhile.
const TRIES: usize = 3;

/// Says that this process is about to append an entry and act on it.
#[derive(Debug)]
#[must_use]
pub struct Note {
    path: PathBuf,
}

impl Note {
    /// Leaves a note before an entry is appended after `guard`.
    ///
    /// # Errors
    /// `repository-unwritable`, or `disk-full`; then nothing may be appended.
    pub fn leave(git_dir: &Path, guard: Seq) -> Result<Self, Fault> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let folder = folder(git_dir);
        let path = folder.join(format!("{}-{}", worker::name(), COUNT.fetch_add(1, Ordering::Relaxed)));
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, guard.to_string()));
        written.map_err(|error| unwritable(&path, &error))?;
        Ok(Self { path })
    }

    /// Everything that follows from the entry is done, or there is none.
    pub fn take_back(&self) {
        // A note that stays makes the next start look once more, and find nothing to do.
        let _ = fs::remove_file(&self.path);
    }
}

/// A note somebody left, with the position their entry follows.
struct Left {
    path: PathBuf,
    worker: String,
    guard: Option<Seq>,
}

impl Session {
    /// Whether some process, alive or dead, has yet to act on an entry.
    pub(crate) fn somebody_acts(&self) -> bool {
        !left(&self.repo.git_dir()).is_empty()
    }

    /// Finishes the refs of entries whose writers died.
    pub(crate) fn finish_dead_notes(&self) -> Result<(), Failure> {
        let all = left(&self.repo.git_dir()).into_iter();
        let dead: Vec<Left> = all.filter(|note| worker::is_dead(&note.worker)).collect();
        if dead.is_empty() {
            return Ok(());
        }
        // A note whose text a loss of power took is about the last entry at the earliest.
        let last = Seq(self.ledger.head()?.0.0.saturating_sub(1));
        let guard = dead.iter().map(|note| note.guard.unwrap_or(last)).min().unwrap_or(last);
        for _ in 0..TRIES {
            let rows = self.ledger.entries(guard, usize::MAX)?;
            let mut events: Vec<Event> = Vec::new();
            for row in &rows {
                events.extend(look::read(row)?.body.events);
            }
            let reached = rows.last().map_or(guard, |row| row.seq);
            let wanted = self.refs_behind(&events)?;
            // Somebody who appended meanwhile moves the same refs further.
            if self.ledger.head()?.0 == reached.max(guard) && self.move_kept(&wanted)? {
                break;
            }
        }
        for note in dead {
            let _ = fs::remove_file(note.path);
        }
        Ok(())
    }
}

fn folder(git_dir: &Path) -> PathBuf {
    git_dir.join("switchback").join("acting")
}

fn left(git_dir: &Path) -> Vec<Left> {
    let Ok(entries) = fs::read_dir(folder(git_dir)) else { return Vec::new() };
    let named = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let (worker, _) = name.rsplit_once('-')?;
        let guard = fs::read_to_string(entry.path()).ok().and_then(|text| text.parse().ok().map(Seq));
        Some(Left { path: entry.path(), worker: worker.to_owned(), guard })
    });
    named.collect()
}

fn unwritable(path: &Path, error: &std::io::Error) -> Fault {
    match crate::git::disk_fault(error) {
        Some(fault) => fault,
        None => Fault::new(
            "repository-unwritable",
            format!("{} cannot be written: {error}", path.display()),
            "give the user who runs this write access to that folder",
        ),
    }
}
