//! Which cells of a mass back-promotion somebody chose (`SPEC P9`): a cell is one change for one destination.

use crate::ledger::snapshot::Snapshot;
use crate::words::names::{ChangeKey, StageName};
use crate::words::refusal::Refusal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What somebody chose for single destinations. A destination that is not named keeps what is preselected for it.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Cells {
    /// To these destinations go these changes and no others.
    #[serde(default)]
    pub only: BTreeMap<StageName, Vec<ChangeKey>>,
    /// To these destinations these changes do not go.
    #[serde(default)]
    pub not: BTreeMap<StageName, Vec<ChangeKey>>,
}

impl Cells {
    /// The destinations somebody chose cells of.
    pub fn destinations(&self) -> impl Iterator<Item = &StageName> {
        self.only.keys().chain(self.not.keys())
    }

    /// The changes that were named for a destination, without those that were taken out again; `None` where what is
    /// preselected counts.
    pub(super) fn named(&self, destination: &StageName) -> Option<Vec<ChangeKey>> {
        let named = self.only.get(destination)?;
        let mut kept: Vec<ChangeKey> = Vec::new();
        for key in named {
            if !kept.contains(key) && !self.leaves_out(destination, key) {
                kept.push(key.clone());
            }
        }
        Some(kept)
    }

    /// Whether a change was taken out of what goes to a destination.
    pub(super) fn leaves_out(&self, destination: &StageName, change: &ChangeKey) -> bool {
        self.not.get(destination).is_some_and(|keys| keys.contains(change))
    }

    /// Asks that every name stands for something.
    pub(super) fn are_known(&self, snapshot: &Snapshot<'_>) -> Result<(), Refusal> {
        for (destination, keys) in self.only.iter().chain(&self.not) {
            snapshot.line(destination)?;
            for key in keys {
                snapshot.change(key)?;
            }
        }
        Ok(())
    }
}
