//! Who runs a job, and a note that tells whether its process still lives (`SPEC A9`).

use crate::notes::{self, Left, Note};
use crate::process;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The notes this process holds until it ends, by the folder they are in.
static HELD: Mutex<BTreeMap<PathBuf, Note>> = Mutex::new(BTreeMap::new());

/// The workers of one repository. Each keeps a note there from before its name is in the queue until it dies.
pub struct Workers {
    folder: PathBuf,
}

impl Workers {
    /// Those of the repository with a git directory.
    pub fn of(git_dir: &Path) -> Self {
        Self { folder: git_dir.join("switchback").join("workers") }
    }

    /// Makes this process one of them; its name. The error is that its note cannot be written, and then its name must
    /// not come into the queue.
    pub fn enrol(&self) -> io::Result<&'static str> {
        let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
        if !held.get(&self.folder).is_some_and(Note::stands) {
            held.insert(self.folder.clone(), Note::leave_as(&self.folder, process::name(), &for_people())?);
        }
        Ok(process::name())
    }

    /// Whether a worker is known to be dead. Without a note nothing is known of it (another machine's, or one from
    /// before there were notes); its lease runs out by itself.
    pub fn is_dead(&self, worker: &str) -> bool {
        self.note_of(worker).is_some_and(|note| note.is_dead())
    }

    /// Who a worker is, for people: the host and the number of its process there. Nothing is decided by it.
    pub fn who(&self, worker: &str) -> Option<String> {
        self.note_of(worker).map(|note| note.text)
    }

    /// Removes the notes of the dead that no job names any more. Who is named is asked after the dead are known: what
    /// they queued they queued before.
    ///
    /// # Errors
    /// That of asking.
    pub fn forget_dead<E>(&self, named: impl FnOnce() -> Result<Vec<String>, E>) -> Result<(), E> {
        let dead: Vec<Left> = notes::left(&self.folder).into_iter().filter(Left::is_dead).collect();
        if dead.is_empty() {
            return Ok(());
        }
        let named = named()?;
        let unnamed = |note: &&Left| !note.name().is_some_and(|name| named.iter().any(|named| named == name));
        dead.iter().filter(unnamed).for_each(Left::remove);
        Ok(())
    }

    fn note_of(&self, worker: &str) -> Option<Left> {
        let is_name = !worker.is_empty() && worker.bytes().all(|byte| byte.is_ascii_hexdigit());
        is_name.then(|| Left::at(self.folder.join(worker))).flatten()
    }
}

fn for_people() -> String {
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    format!("process {} on {}", std::process::id(), host.trim())
}
