//! More connections to one file, for those who read while somebody else has the first: a writer waits for the disk, and
//! whoever only looks need not.

use super::fault::StoreFile;
use super::open;
use rusqlite::{Connection, OpenFlags};
use std::sync::{Mutex, MutexGuard, PoisonError};
use switchback_core::words::fault::Fault;

/// How many are kept open while nobody uses them.
const KEPT: usize = 4;

/// Connections that only read.
#[derive(Debug, Default)]
pub(super) struct Spares(Mutex<Vec<Connection>>);

impl Spares {
    /// Reads on one of them; opens one where all are in use.
    pub fn read<T>(
        &self,
        file: StoreFile<'_>,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Fault> {
        let idle = self.idle().pop();
        let spare = match idle {
            Some(spare) => spare,
            None => open(file)?,
        };
        let found = query(&spare);
        let mut idle = self.idle();
        if idle.len() < KEPT {
            idle.push(spare);
        }
        found.map_err(|error| file.fault(&error))
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One more connection that only reads.
///
/// # Errors
/// What keeps the file from being opened.
pub(super) fn open(file: StoreFile<'_>) -> Result<Connection, Fault> {
    open::connect(file.path, FLAGS, file)
}

/// Who reads in a write-ahead log writes to what all share of it.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);
