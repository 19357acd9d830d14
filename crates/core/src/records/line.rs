//! A line: an ordered history of applied changes with the resulting tree. A stage is one.

use crate::records::kept::Kept;
use crate::records::receipt::{ChangeIx, Receipts};
use crate::records::resolution::Resolution;
use crate::words::names::{ChangeKey, OperationId, RevisionNo, Time, UserName};
use crate::words::object::{CommitId, TreeId};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a stage's branch holds, and how it came to.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Line {
    /// The commit the line starts from.
    pub base: CommitId,
    /// The tree of the base.
    pub base_tree: TreeId,
    /// The commit the branch shall stand at.
    pub head: CommitId,
    /// Where the branch stood before the last operation; a crash may have left it there (`SPEC L7`).
    pub previous_head: CommitId,
    /// The tree of the head.
    pub tree: TreeId,
    /// What makes the tree out of the base tree, in order. Removed changes have no item.
    pub items: Kept<Vec<Item>>,
    /// Which changes the line holds.
    pub receipts: Receipts,
    /// What was taken out and has not come back since, with who did it (`SPEC P2`).
    pub taken_out: BTreeMap<ChangeIx, TakenOut>,
    /// What a back-promotion brought (`SPEC P2`), by number.
    pub came_down: RoaringBitmap,
}

/// A change was taken out of a stage: a demotion, or somebody who took it off the branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct TakenOut {
    /// The revision that was held.
    pub revision: RevisionNo,
    /// Who.
    pub by: UserName,
    /// When.
    pub at: Time,
    /// Why, if they said so.
    pub reason: Option<String>,
}

/// One step of a line: a difference that was carried onto it. The state names its change by number; a fact of the
/// ledger names it by key.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Item<C = ChangeIx> {
    /// Whose difference.
    pub change: C,
    /// The revision the line holds after it.
    pub revision: RevisionNo,
    /// Where the difference is found.
    pub source: Source,
    /// The commit it made on the branch.
    pub commit: CommitId,
    /// The operation that made it; `None` for what was imported.
    pub operation: Option<OperationId>,
    /// What people decided about its conflicts.
    pub resolutions: Vec<Resolution>,
}

/// A change that somebody took off a line with git, and the commit that did it (`SPEC L8`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TakenOff {
    /// Which.
    pub change: ChangeKey,
    /// By which commit.
    pub commit: CommitId,
}

/// Where the difference of an [`Item`] is found.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// The whole revision, `base → tip`.
    Revision,
    /// From an older revision to this one (`SPEC L4`).
    Update {
        /// The revision the line held before.
        from: RevisionNo,
    },
    /// What a commit did that was on the branch already (`SPEC L8`, `L10`), and is not just what the revision is.
    Commit {
        /// The tree before it.
        base: TreeId,
        /// The tree after it.
        theirs: TreeId,
    },
    /// Nothing: the base holds the change already (`SPEC C3`).
    Held,
}

impl Source {
    /// The word for what happened to the line, as commits and people are told.
    pub fn action(self) -> &'static str {
        match self {
            Self::Update { .. } => "update",
            Self::Held => "receipt",
            Self::Revision | Self::Commit { .. } => "apply",
        }
    }
}

impl<C> Item<C> {
    /// The same with its change named otherwise.
    ///
    /// # Errors
    /// What `name` says about a change it does not know.
    pub fn renamed<D, E>(self, name: &impl Fn(C) -> Result<D, E>) -> Result<Item<D>, E> {
        let Self { change, revision, source, commit, operation, resolutions } = self;
        Ok(Item { change: name(change)?, revision, source, commit, operation, resolutions })
    }
}

impl Line {
    /// A line that starts at a commit and holds nothing.
    pub fn new(base: CommitId, tree: TreeId) -> Self {
        Self {
            base,
            base_tree: tree,
            head: base,
            previous_head: base,
            tree,
            items: Kept::new(),
            receipts: Receipts::default(),
            taken_out: BTreeMap::new(),
            came_down: RoaringBitmap::new(),
        }
    }

    /// The items of a change, in order.
    pub fn items_of(&self, change: ChangeIx) -> impl Iterator<Item = &Item> {
        self.items.iter().filter(move |item| item.change == change)
    }
}
