//! The documents that are kept at a place: what is under way, what is managed, what was set aside.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use switchback_core::words::names::{OperationId, VersionNo};
use switchback_core::words::object::{CommitId, Leaf, Mode, PathChange, RepoPath, TreeId};

/// The format of journal, list and shelf. Those that were written before they had a number are read as they stand.
pub(super) const FORMAT: u32 = 1;

/// Of a document of any format: its number, 0 where it has none.
#[derive(Deserialize)]
pub(super) struct Head {
    #[serde(default)]
    pub(super) format: u32,
}

/// A document as it is saved: its number, then what it says.
#[derive(Serialize)]
pub(super) struct Numbered<'a, D> {
    pub(super) format: u32,
    #[serde(flatten)]
    pub(super) says: &'a D,
}

#[derive(Serialize, Deserialize, Default)]
pub(super) struct Journal {
    pub(super) underway: Option<Work>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Work {
    pub(super) version: VersionNo,
    pub(super) deployment: OperationId,
    pub(super) tree: TreeId,
    pub(super) changes: Vec<PathChange>,
    /// The version the list of managed files spoke of before.
    pub(super) previous: Option<VersionNo>,
    /// Its commit.
    #[serde(default)]
    pub(super) previous_commit: Option<CommitId>,
    /// What stood as wanted already, and how the list had it before.
    #[serde(default)]
    pub(super) standing: Vec<(RepoPath, Option<Leaf>)>,
}

#[derive(Serialize, Deserialize, Default)]
pub(super) struct Managed {
    pub(super) version: Option<VersionNo>,
    #[serde(default)]
    pub(super) commit: Option<CommitId>,
    pub(super) files: BTreeMap<RepoPath, Leaf>,
}

/// What was set aside at the place.
#[derive(Serialize, Deserialize, Default)]
pub(super) struct Shelf {
    pub(super) files: Vec<Shelved>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Shelved {
    pub(super) batch: String,
    pub(super) deployment: OperationId,
    pub(super) path: RepoPath,
    pub(super) mode: Mode,
    /// The document that holds its bytes.
    pub(super) document: String,
}

impl Managed {
    pub(super) fn follow(&mut self, changes: &[PathChange]) {
        changes.iter().for_each(|change| self.set(&change.path, change.after));
    }

    pub(super) fn set(&mut self, path: &RepoPath, leaf: Option<Leaf>) {
        match leaf {
            Some(leaf) => self.files.insert(path.clone(), leaf),
            None => self.files.remove(path),
        };
    }

    /// The version that was put last.
    pub(super) fn made(&self) -> Option<(VersionNo, Option<CommitId>)> {
        self.version.map(|version| (version, self.commit))
    }
}
