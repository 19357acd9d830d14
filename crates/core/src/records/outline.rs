//! What is asked of every revision there is: few of many are then looked at. It stands beside the changes, so that they
//! need not be read for it, and is looked at where it is stored: ten thousand of them are gone through without making anything
//! of one.

use crate::content::sketch::SketchView;
use crate::records::change::Revision;
use crate::records::kept::Stored;
use crate::words::names::RevisionNo;
use crate::words::object::{CommitId, Oid, TreeId};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::iter;

/// A revision in outline.
#[derive(Clone, Copy)]
pub struct Outline<'a> {
    head: &'a [u8; HEAD],
    paths: &'a [[u8; 4]],
}

// Part of the stored form: three ids, the subject, marks, and how many hashes of paths follow.
const TIP: usize = 0;
const BASE_TREE: usize = 20;
const TIP_TREE: usize = 40;
const SUBJECT: usize = 60;
const MARKS: usize = 64;
const COUNT: usize = 65;
const HEAD: usize = 69;

const STACKED: u8 = 1;
const SKETCHED: u8 = 2;
const RENAMES: u8 = 4;

/// A subject, roughly: others may have the same.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Roughly(u32);

impl Roughly {
    /// That of a subject.
    pub fn of(subject: &str) -> Self {
        Self(hash(subject.as_bytes()))
    }
}

impl<'a> Outline<'a> {
    /// The commit it ends with.
    pub fn tip(self) -> CommitId {
        CommitId(self.id(TIP))
    }

    /// The tree of its base.
    pub fn base_tree(self) -> TreeId {
        TreeId(self.id(BASE_TREE))
    }

    /// The tree of its tip.
    pub fn tip_tree(self) -> TreeId {
        TreeId(self.id(TIP_TREE))
    }

    /// The trees between which it lies.
    pub fn trees(self) -> (TreeId, TreeId) {
        (self.base_tree(), self.tip_tree())
    }

    /// What it touches, roughly; `None` in ledgers written before sketches were kept.
    pub fn sketch(self) -> Option<SketchView<'a>> {
        self.is(SKETCHED).then(|| SketchView { paths: self.paths, renames: self.is(RENAMES) })
    }

    /// Whether it is stacked on other changes.
    pub fn is_stacked(self) -> bool {
        self.is(STACKED)
    }

    /// Its subject, roughly.
    pub fn subject(self) -> Roughly {
        Roughly(u32::from_le_bytes(self.part(SUBJECT)))
    }

    fn is(self, mark: u8) -> bool {
        self.head[MARKS] & mark != 0
    }

    fn id(self, at: usize) -> Oid {
        Oid(self.part(at))
    }

    fn part<const SIZE: usize>(self, at: usize) -> [u8; SIZE] {
        let mut part = [0; SIZE];
        part.copy_from_slice(&self.head[at..at + SIZE]);
        part
    }

    /// The first of some, and those after it; `None` where there is no whole one.
    fn first(rows: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (head, rest) = rows.split_first_chunk::<HEAD>()?;
        let count = u32::from_le_bytes(*head.last_chunk()?) as usize;
        let (paths, rest) = rest.split_at_checked(count.checked_mul(size_of::<u32>())?)?;
        Some((Self { head, paths: paths.as_chunks().0 }, rest))
    }
}

/// The revisions of a change in outline.
#[derive(Clone)]
pub struct Outlines(Stored);

impl Outlines {
    /// Those of a change that begins with a revision.
    pub fn new(first: &Revision) -> Self {
        Self(row(first).into())
    }

    /// Adds the next one.
    pub fn push(&mut self, next: &Revision) {
        self.0 = [self.0.bytes(), &row(next)].concat().into();
    }

    /// One by its number.
    pub fn revision(&self, number: RevisionNo) -> Option<Outline<'_>> {
        self.iter().nth(number.0.checked_sub(1)? as usize)
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = Outline<'_>> {
        let mut rest = self.0.bytes();
        iter::from_fn(move || {
            let (outline, after) = Outline::first(rest)?;
            rest = after;
            Some(outline)
        })
    }
}

fn row(revision: &Revision) -> Vec<u8> {
    let sketch = revision.sketch.as_ref();
    let paths = sketch.map_or(&[][..], |sketch| sketch.view().paths);
    let marks = [
        (!revision.depends_on.is_empty(), STACKED),
        (sketch.is_some(), SKETCHED),
        (sketch.is_some_and(|sketch| sketch.view().renames()), RENAMES),
    ];
    let mut row = vec![0; HEAD];
    row[TIP..BASE_TREE].copy_from_slice(&revision.tip.0.0);
    row[BASE_TREE..TIP_TREE].copy_from_slice(&revision.base_tree.0.0);
    row[TIP_TREE..SUBJECT].copy_from_slice(&revision.tip_tree.0.0);
    row[SUBJECT..MARKS].copy_from_slice(&Roughly::of(&revision.subject).0.to_le_bytes());
    row[MARKS] = marks.iter().filter(|(is_so, _)| *is_so).map(|(_, mark)| mark).sum();
    row[COUNT..HEAD].copy_from_slice(&(paths.len() as u32).to_le_bytes());
    row.extend(paths.as_flattened());
    row
}

impl PartialEq for Outlines {
    fn eq(&self, other: &Self) -> bool {
        self.0.bytes() == other.0.bytes()
    }
}

impl fmt::Debug for Outlines {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.debug_list().entries(self.iter().map(Outline::trees)).finish()
    }
}

impl Serialize for Outlines {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match to.is_human_readable() {
            true => to.collect_seq(self.0.bytes()),
            false => to.serialize_bytes(self.0.bytes()),
        }
    }
}

impl<'de> Deserialize<'de> for Outlines {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let stored = match from.is_human_readable() {
            true => Vec::<u8>::deserialize(from)?.into(),
            false => Stored::deserialize(from)?,
        };
        let mut rest = stored.bytes();
        while !rest.is_empty() {
            (_, rest) =
                Outline::first(rest).ok_or_else(|| D::Error::custom("a revision in outline that is cut off"))?;
        }
        Ok(Self(stored))
    }
}

/// FNV-1a, 32 bits: part of the stored form.
pub(super) fn hash(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash: u32, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}
