//! A change that could not be merged onto a stage (`SPEC X1`), as whoever settles it is told.

use crate::content::entry::{Dispute, Places};
use crate::content::{ConflictKind, PathSet, Sides};
use crate::words::names::{ChangeKey, StageName};
use crate::words::object::RepoPath;
use serde::{Deserialize, Serialize};

/// A conflict of a promotion (`SPEC X1`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MoveConflict {
    /// On which stage it arose.
    pub stage: StageName,
    /// Which change could not be merged.
    pub change: ChangeKey,
    /// Where.
    pub path: RepoPath,
    /// Why.
    pub kind: ConflictKind,
    /// The three contents.
    pub sides: Sides,
    /// Where the sides have them.
    pub places: Places,
    /// The earlier change that made the other side; `None` when the stage's base did.
    pub other_side: Option<ChangeKey>,
    /// The changes that made what is edited here, and that the stage lacks: with them it may well not conflict
    /// (`SPEC P11`).
    pub needs: Vec<ChangeKey>,
    /// Why nothing settled it by itself, where there is something to say.
    pub why: Option<String>,
}

impl MoveConflict {
    /// What it is about.
    pub fn dispute(&self) -> Dispute<'_> {
        Dispute { path: &self.path, kind: self.kind, sides: &self.sides, places: &self.places }
    }

    /// Every name under which the file is known.
    pub fn names(&self) -> PathSet {
        self.dispute().names().cloned().collect()
    }
}
