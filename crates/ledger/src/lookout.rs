//! Only ever asked whether others changed anything, as SQLite counts what others committed.

use rusqlite::{Connection, Result as SqlResult};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use switchback_machine::stirs::Stirs;

/// A connection that never writes: so all others are others to it, those of this process too.
#[derive(Debug)]
pub(crate) struct Lookout {
    folder: PathBuf,
    stirs: Stirs,
    asked: Mutex<Asked>,
}

#[derive(Debug)]
struct Asked {
    connection: Connection,
    /// How often the folder was changed when SQLite was asked last, and what it said; nothing while somebody may be about to
    /// commit what they wrote.
    known: Option<(u64, u64)>,
}

impl Lookout {
    /// By a connection to the file at `path` that nobody else has.
    pub fn by(connection: Connection, path: &Path) -> Self {
        // SQLite writes its log beside the file itself, not beside a link to it. Where that is not known, it is asked each time.
        let folder = path.canonicalize().ok().and_then(|file| file.parent().map(Path::to_owned)).unwrap_or_default();
        Self { folder, stirs: Stirs::default(), asked: Mutex::new(Asked { connection, known: None }) }
    }

    /// Another number after every change. Nobody commits without a change in the folder, which is the quicker to ask.
    ///
    /// # Errors
    /// What keeps the file from being read.
    pub fn version(&self) -> SqlResult<u64> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let stirred = self.stirs.watched(vec![self.folder.clone()], None);
        let settled = stirred.filter(|stirred| stirred.is_settled).map(|stirred| stirred.count);
        if let (Some(count), Some((last, version))) = (settled, asked.known)
            && count == last
        {
            return Ok(version);
        }
        let version = version(&asked.connection)?;
        asked.known = settled.map(|count| (count, version));
        Ok(version)
    }
}

fn version(connection: &Connection) -> SqlResult<u64> {
    let mut query = connection.prepare_cached("PRAGMA data_version")?;
    query.query_row([], |row| row.get::<_, i64>(0)).map(i64::cast_unsigned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread::sleep;
    use std::time::Duration;

    #[test]
    fn what_is_written_behind_a_link_is_seen_however_long_nothing_was() {
        let home = tempfile::tempdir().unwrap();
        let (file, link) = (home.path().join("there/kept.sqlite"), home.path().join("here/kept.sqlite"));
        for folder in ["there", "here"] {
            std::fs::create_dir(home.path().join(folder)).unwrap();
        }
        let writer = Connection::open(&file).unwrap();
        writer.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE kept (one)").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let lookout = Lookout::by(Connection::open(&link).unwrap(), &link);
        lookout.version().unwrap();
        sleep(Duration::from_millis(2_100));
        let before = lookout.version().unwrap();
        assert_eq!(lookout.version().unwrap(), before);
        writer.execute_batch("INSERT INTO kept VALUES (1)").unwrap();
        assert_ne!(lookout.version().unwrap(), before);
    }
}
