//! Receipts: which changes a stage holds, and at which revision. Derived from entries, never stored as a field that
//! somebody edits. A bitmap, so that ahead, behind and where are set operations.

use crate::words::names::RevisionNo;
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The dense number of a change in the state, from 0 in order of recording.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeIx(pub u32);

/// A set of changes, each with a revision.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct Receipts {
    held: RoaringBitmap,
    // Most changes move at their first revision: only the others are listed.
    above_first: BTreeMap<u32, RevisionNo>,
}

impl Receipts {
    /// The revision held of a change.
    pub fn revision(&self, change: ChangeIx) -> Option<RevisionNo> {
        let first = self.held.contains(change.0).then_some(RevisionNo(1))?;
        Some(self.above_first.get(&change.0).copied().unwrap_or(first))
    }

    /// Whether the change is held at all.
    pub fn holds(&self, change: ChangeIx) -> bool {
        self.held.contains(change.0)
    }

    /// Holds a change at a revision.
    pub fn put(&mut self, change: ChangeIx, revision: RevisionNo) {
        self.held.insert(change.0);
        if revision == RevisionNo(1) {
            self.above_first.remove(&change.0);
        } else {
            self.above_first.insert(change.0, revision);
        }
    }

    /// Holds a change no more.
    pub fn remove(&mut self, change: ChangeIx) {
        self.held.remove(change.0);
        self.above_first.remove(&change.0);
    }

    /// Every change held.
    pub fn iter(&self) -> impl Iterator<Item = ChangeIx> {
        self.held.iter().map(ChangeIx)
    }

    /// How many changes are held.
    pub fn len(&self) -> u64 {
        self.held.len()
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// The changes held here that the other lacks or holds at an older revision (`SPEC P1`).
    pub fn ahead_of(&self, other: &Self) -> RoaringBitmap {
        let mut ahead = &self.held - &other.held;
        let newer = |(change, revision): &(&u32, &RevisionNo)| {
            other.revision(ChangeIx(**change)).is_some_and(|theirs| theirs < **revision)
        };
        ahead.extend(self.above_first.iter().filter(newer).map(|(change, _)| *change));
        ahead
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipts(of: &[(u32, u32)]) -> Receipts {
        let mut receipts = Receipts::default();
        of.iter().for_each(|(change, revision)| receipts.put(ChangeIx(*change), RevisionNo(*revision)));
        receipts
    }

    #[test]
    fn ahead_is_what_the_other_lacks_or_holds_older() {
        let here = receipts(&[(1, 1), (2, 2), (3, 2), (4, 1)]);
        let there = receipts(&[(1, 1), (2, 1), (3, 3)]);
        assert_eq!(here.ahead_of(&there).iter().collect::<Vec<_>>(), [2, 4]);
        assert_eq!(there.ahead_of(&here).iter().collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn going_back_to_the_first_revision_forgets_the_newer_one() {
        let mut here = receipts(&[(7, 3)]);
        here.put(ChangeIx(7), RevisionNo(1));
        assert_eq!(here.revision(ChangeIx(7)), Some(RevisionNo(1)));
        here.remove(ChangeIx(7));
        assert_eq!(here.revision(ChangeIx(7)), None);
    }
}
