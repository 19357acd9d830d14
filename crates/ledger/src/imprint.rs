//! What the files of a ledger look like from outside: whoever only wants to know whether somebody wrote opens nothing.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// How a ledger's files looked. Another one after every write, whichever process wrote; the same one while nobody does.
///
/// Taken before the ledger is read, so that what is written in between shows in the next one. Where a file system keeps
/// times coarsely, two writes in one moment may look like one: whoever waits for a write reads now and then all the same.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Imprint {
    database: Option<File>,
    log: Option<File>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct File {
    inode: u64,
    length: u64,
    /// Seconds, and nanoseconds of the next.
    written: (i64, i64),
}

impl Imprint {
    /// Of the ledger at a path; that of nothing where there is none, or it cannot be looked at.
    pub fn of(path: &Path) -> Self {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Self { database: File::at(path), log: File::at(Path::new(&log)) }
    }
}

impl File {
    fn at(path: &Path) -> Option<Self> {
        let found = fs::metadata(path).ok()?;
        Some(Self { inode: found.ino(), length: found.len(), written: (found.mtime(), found.mtime_nsec()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::SqliteLedger;
    use switchback_core::ports::ledger::{Ledger as _, NewEntry};
    use switchback_core::ports::outbox::{Mail, Outbox as _, Sender};
    use switchback_core::words::names::{Seq, Time};

    fn entry() -> NewEntry {
        NewEntry {
            at: Time(0),
            actor: "ann".to_owned(),
            kind: "test".to_owned(),
            body: "{}".to_owned(),
            notices: Vec::new(),
        }
    }

    #[test]
    fn it_is_another_after_each_write_and_the_same_after_a_look() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        assert_eq!(Imprint::of(&path), Imprint::default());
        let (one, other) = (SqliteLedger::open(&path, "acme").unwrap(), SqliteLedger::open(&path, "acme").unwrap());
        let mut seen = Imprint::of(&path);
        let mut moved = || std::mem::replace(&mut seen, Imprint::of(&path)) != Imprint::of(&path);
        for seq in 0..3 {
            one.append(Seq(seq), entry(), &[], None).unwrap();
            assert!(moved(), "entry {seq}");
            assert_eq!(other.head().unwrap().0, Seq(seq + 1));
            assert!(!moved(), "a look after entry {seq}");
        }
        other.promise(Sender { until: Time(1), mail: Mail::SetUp }).unwrap();
        assert!(moved());
        // What keeps looking for work that is not there writes nothing, and so wakes nobody.
        one.release_dead(&|_| true).unwrap();
        assert_eq!(one.lease("w", Time(1), Time(2), None).unwrap(), None);
        assert_eq!(one.lease_delivery(Time(1), Time(2)).unwrap(), None);
        assert!(!moved());
    }
}
