//! Whether anything is another by now, as SQLite counts what others committed.

use super::SqlitePeople;
use crate::fault::StoreFile;
use switchback_core::ports::people::changes::Changes;
use switchback_core::words::fault::Fault;

impl Changes for SqlitePeople {
    fn version(&self) -> Result<u64, Fault> {
        self.lookout.version().map_err(|error| StoreFile::people(&self.path).fault(&error))
    }
}
