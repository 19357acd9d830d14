//! What is asked of every revision there is: few of many are then looked at. It stands beside the changes, so that they
//! need not be read for it.

use crate::content::sketch::Sketch;
use crate::records::change::Revision;
use crate::words::names::RevisionNo;
use crate::words::object::{CommitId, TreeId};
use serde::{Deserialize, Serialize};

/// A revision in outline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Outline {
    /// The commit it ends with.
    pub tip: CommitId,
    /// The tree of its base.
    pub base_tree: TreeId,
    /// The tree of its tip.
    pub tip_tree: TreeId,
    /// What it touches, roughly; `None` in ledgers written before sketches were kept.
    pub sketch: Option<Sketch>,
    /// Whether it is stacked on other changes.
    pub is_stacked: bool,
    /// Its subject, roughly.
    pub subject: Roughly,
}

/// A subject, roughly: others may have the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Roughly(u32);

impl Roughly {
    /// That of a subject.
    pub fn of(subject: &str) -> Self {
        Self(hash(subject.as_bytes()))
    }
}

impl Outline {
    /// That of a revision.
    pub fn of(revision: &Revision) -> Self {
        Self {
            tip: revision.tip,
            base_tree: revision.base_tree,
            tip_tree: revision.tip_tree,
            sketch: revision.sketch.clone(),
            is_stacked: !revision.depends_on.is_empty(),
            subject: Roughly::of(&revision.subject),
        }
    }
}

/// The revisions of a change in outline.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Outlines {
    first: Outline,
    // Most changes have no other.
    later: Vec<Outline>,
}

impl Outlines {
    /// Those of a change that begins with a revision.
    pub fn new(first: Outline) -> Self {
        Self { first, later: Vec::new() }
    }

    /// Adds the next one.
    pub fn push(&mut self, next: Outline) {
        self.later.push(next);
    }

    /// One by its number.
    pub fn revision(&self, number: RevisionNo) -> Option<&Outline> {
        match number.0.checked_sub(2) {
            Some(at) => self.later.get(at as usize),
            None => (number.0 == 1).then_some(&self.first),
        }
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Outline> {
        std::iter::once(&self.first).chain(&self.later)
    }
}

/// FNV-1a, 32 bits: part of the stored form.
pub(super) fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
