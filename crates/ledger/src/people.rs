//! People in one SQLite file of their own (`SPEC W3`), away from the ledger: what is kept of them may be changed and
//! forgotten, and nobody who reads the history reads who may come in.

mod administrators;
mod attempts;
mod changes;
mod columns;
mod groups;
mod idempotency;
mod invitations;
mod persons;
mod sessions;
mod subscriptions;
mod tokens;

use super::fault::StoreFile;
use super::lookout::Lookout;
use super::open;
use super::transaction::{self, End};
use rusqlite::{Connection, Result as SqlResult};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use switchback_core::words::fault::Fault;

/// Who may come in, in a SQLite file. Threads may share it: those that read do not wait for one that writes.
#[derive(Debug)]
pub struct SqlitePeople {
    path: PathBuf,
    reading: Mutex<Connection>,
    writing: Mutex<Connection>,
    /// Only ever asked whether others changed anything.
    lookout: Lookout,
}

impl SqlitePeople {
    /// Opens the file; makes it, for its owner alone, and its folder if need be.
    ///
    /// Faults: `people-newer` (a newer Switchback wrote it), `people-corrupt`, `people-unwritable`, `people-busy`,
    /// `disk-full`, `people-failed` for anything else the disk does. Every method may give them.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let file = StoreFile::people(path);
        let [writing, reading] = [open::writable(file)?, open::writable(file)?].map(Mutex::new);
        Ok(Self { path: path.to_owned(), reading, writing, lookout: Lookout::by(open::writable(file)?, path) })
    }

    fn read<T>(&self, query: impl FnOnce(&Connection) -> SqlResult<T>) -> Result<T, Fault> {
        query(&locked(&self.reading)).map_err(|error| StoreFile::people(&self.path).fault(&error))
    }

    fn write<T>(&self, change: impl FnOnce(&Connection) -> SqlResult<T>) -> Result<T, Fault> {
        self.write_or_undo(|connection| change(connection).map(End::Commit))
    }

    /// The same for a change that is known to be one only once it was made.
    fn write_or_undo<T>(&self, change: impl FnOnce(&Connection) -> SqlResult<End<T>>) -> Result<T, Fault> {
        transaction::run(&mut locked(&self.writing), change)
            .map_err(|error| StoreFile::people(&self.path).fault(&error))
    }
}

/// A thread that panicked has rolled its transaction back, so the connection is sound.
fn locked(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}
