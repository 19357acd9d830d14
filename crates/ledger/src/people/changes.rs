//! Whether anything is another by now, as SQLite counts what others committed.

use super::{SqlitePeople, locked};
use crate::fault::StoreFile;
use switchback_core::ports::people::changes::Changes;
use switchback_core::words::fault::Fault;

impl Changes for SqlitePeople {
    fn version(&self) -> Result<u64, Fault> {
        let connection = locked(&self.lookout);
        // For the connection that asks, all others are others, those of this process too: this one never writes.
        let version = connection
            .prepare_cached("PRAGMA data_version")
            .and_then(|mut query| query.query_row([], |row| row.get::<_, i64>(0)));
        version.map(i64::cast_unsigned).map_err(|error| StoreFile::people(&self.path).fault(&error))
    }
}
