//! Which change has which key, told without reading them all.

use crate::records::outline::hash;
use crate::records::receipt::ChangeIx;
use crate::words::names::ChangeKey;
use serde::{Deserialize, Serialize};

/// Changes by a hash of their key in small letters, in order.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct KeyIndex(Vec<(u32, ChangeIx)>);

impl KeyIndex {
    /// Adds a change, unless it stands there already.
    pub fn insert(&mut self, key: &ChangeKey, change: ChangeIx) {
        let entry = (folded(key), change);
        if let Err(at) = self.0.binary_search(&entry) {
            self.0.insert(at, entry);
        }
    }

    /// The few that may have a key, or one that differs from it in capital letters alone, in order of recording.
    pub fn perhaps(&self, key: &ChangeKey) -> impl Iterator<Item = ChangeIx> {
        let wanted = folded(key);
        let first = self.0.partition_point(|(hash, _)| *hash < wanted);
        self.0[first..].iter().take_while(move |(hash, _)| *hash == wanted).map(|(_, change)| *change)
    }
}

fn folded(key: &ChangeKey) -> u32 {
    hash(key.as_str().to_lowercase().as_bytes())
}
