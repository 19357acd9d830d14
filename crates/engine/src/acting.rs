//! Notes about entries that are being acted on. A process that dies between an entry and its effects leaves its note;
//! the next start finds it and finishes the refs (`SPEC L7`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::path::{Path, PathBuf};
use switchback_core::ledger::entry::Event;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Seq;
use switchback_machine::notes::{self, Left, Note};
use switchback_machine::worker::Workers;

/// How often refs are looked at again because the ledger moved on meanwhile.
const TRIES: usize = 3;

/// Leaves a note that this process is about to append an entry after `guard`, and to act on it.
///
/// # Errors
/// `repository-unwritable`, or `disk-full`; then nothing may be appended.
pub fn announce(git_dir: &Path, guard: Seq) -> Result<Note, Fault> {
    let folder = folder(git_dir);
    Note::leave(&folder, &guard.to_string()).map_err(|error| unwritable(&folder, &error))
}

/// This process's name as a worker, which others can tell to be alive from now on.
///
/// # Errors
/// As [`announce`].
pub fn worker(git_dir: &Path) -> Result<&'static str, Fault> {
    Workers::of(git_dir).enrol().map_err(|error| unwritable(git_dir, &error))
}

impl Desk<'_> {
    /// Whether some process, alive or dead, has yet to act on an entry.
    pub(crate) fn somebody_acts(&self) -> bool {
        !notes::left(&folder(&self.repo.git_dir())).is_empty()
    }

    /// Finishes the refs of entries whose writers died.
    pub(crate) fn finish_dead_notes(&self) -> Result<(), EngineFailure> {
        let all = notes::left(&folder(&self.repo.git_dir())).into_iter();
        let dead: Vec<Left> = all.filter(Left::is_dead).collect();
        if dead.is_empty() {
            return Ok(());
        }
        // A note whose text a loss of power took is about the last entry at the earliest.
        let last = Seq(self.ledger.head()?.0.0.saturating_sub(1));
        let guard = dead.iter().map(|note| note.text.parse().map_or(last, Seq)).min().unwrap_or(last);
        for _ in 0..TRIES {
            let entries = match self.is_initialized()? {
                true => self.entries(guard, usize::MAX)?,
                false => Vec::new(),
            };
            let reached = entries.last().map_or(guard, |entry| entry.seq);
            let events: Vec<Event> = entries.into_iter().flat_map(|entry| entry.body.events).collect();
            let wanted = self.refs_behind(&events)?;
            // Somebody who appended meanwhile moves the same refs further.
            if self.ledger.head()?.0 == reached.max(guard) && self.move_kept(&wanted)? {
                break;
            }
        }
        dead.iter().for_each(Left::remove);
        Ok(())
    }
}

fn folder(git_dir: &Path) -> PathBuf {
    git_dir.join("switchback").join("acting")
}

fn unwritable(path: &Path, error: &std::io::Error) -> Fault {
    match switchback_machine::disk::disk_fault(error) {
        Some(fault) => fault,
        None => Fault::new(
            "repository-unwritable",
            format!("{} cannot be written: {error}", path.display()),
            "give the user who runs this write access to that folder",
        ),
    }
}
