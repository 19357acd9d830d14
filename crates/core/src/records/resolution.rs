//! Resolutions: what a path in conflict shall hold, who said so, and what is remembered of it (`SPEC X4`, `X5`).

use crate::content::Sides;
use crate::content::entry::Entry;
use crate::content::filetype::Strategy;
use crate::records::change::Remark;
use crate::words::names::{OperationId, Time, UserName};
use crate::words::object::{CommitId, Leaf, RepoPath};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// What a path held on each of the three sides of a conflict, and what it shall hold (`SPEC X4`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Resolution {
    /// Where the conflict was.
    pub path: RepoPath,
    /// The three sides it settles; it settles no others.
    pub sides: Sides,
    /// What to put there; `None` deletes the path.
    pub result: Option<Leaf>,
    /// Where the result goes, where that is not the path: nothing stays at the path then.
    pub at: Option<RepoPath>,
    /// Other paths where nothing stays.
    pub left: Vec<RepoPath>,
    /// Who or what decided it.
    pub by: Settler,
}

impl Resolution {
    /// What an entry makes of a conflict.
    pub fn of(conflict: (&RepoPath, Sides), entry: Entry, by: Settler) -> Self {
        let (path, sides) = conflict;
        let Entry { at, left, leaf } = entry;
        Self { path: path.clone(), sides, result: leaf, at, left, by }
    }

    /// Whether it puts anything elsewhere than at its path.
    pub fn moves(&self) -> bool {
        self.at.is_some() || !self.left.is_empty()
    }

    /// Every path it decides about.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        [&self.path].into_iter().chain(&self.at).chain(&self.left)
    }

    /// What it makes of a tree.
    pub fn edits(&self) -> Vec<(RepoPath, Option<Leaf>)> {
        let nothing = |path: &RepoPath| (path.clone(), None);
        let mut edits: Vec<_> = self.left.iter().map(nothing).collect();
        match &self.at {
            None => edits.push((self.path.clone(), self.result)),
            Some(at) => edits.extend([nothing(&self.path), (at.clone(), self.result)]),
        }
        edits
    }
}

/// Who or what settled a conflict.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Settler {
    /// A person, for this operation.
    #[default]
    Person,
    /// A person, earlier: the same conflict came back (`SPEC X5`).
    Remembered(ResolutionId),
    /// The strategy of the file's type (`SPEC X2`).
    Type {
        /// The type.
        name: String,
        /// Its strategy.
        strategy: Strategy,
    },
}

impl Settler {
    /// Whether nobody was asked.
    pub fn is_automatic(&self) -> bool {
        *self != Self::Person
    }
}

/// As commits and people are told: `Profile, structural`; `resolution 1f09…, reused`.
impl fmt::Display for Settler {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person => to.write_str("by hand"),
            Self::Remembered(id) => write!(to, "resolution {id}, reused"),
            Self::Type { name, strategy } => write!(to, "{name}, {strategy}"),
        }
    }
}

/// Names a remembered resolution: a hash of the three sides it settles.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ResolutionId(u64);

impl ResolutionId {
    /// The id of what settles these sides: FNV-1a over modes and contents, part of the stored form.
    pub fn of(sides: &Sides) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut take = |bytes: &[u8]| {
            for byte in bytes {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for side in [sides.base, sides.ours, sides.theirs] {
            match side {
                None => take(b"-"),
                Some(leaf) => {
                    take(format!("{:?}", leaf.mode).as_bytes());
                    take(&leaf.id.0.0);
                }
            }
        }
        Self(hash)
    }
}

impl fmt::Display for ResolutionId {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{:016x}", self.0)
    }
}

impl From<ResolutionId> for String {
    fn from(id: ResolutionId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for ResolutionId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let id = u64::from_str_radix(&text, 16).ok().filter(|_| text.len() == 16);
        id.map(Self).ok_or_else(|| format!("`{text}` names no resolution: it takes 16 hexadecimal digits"))
    }
}

/// A resolution as it is remembered (`SPEC X5`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Remembered {
    /// The path it was made for; it settles these sides wherever they meet.
    pub path: RepoPath,
    /// The sides it settles.
    pub sides: Sides,
    /// What to put there; `None` deletes the path.
    pub result: Option<Leaf>,
    /// Who decided it.
    pub by: UserName,
    /// When.
    pub at: Time,
    /// The operation it was made for; `None` where it came with the repository.
    pub operation: Option<OperationId>,
    /// Who had it forgotten, when and why: then it settles nothing any more.
    pub forgotten: Option<Remark>,
}

/// Every resolution ever made, by the sides it settles.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Resolutions {
    known: BTreeMap<ResolutionId, Remembered>,
    /// The commit that `refs/switchback/resolutions` shall stand at; `None` before the first.
    pub head: Option<CommitId>,
}

impl Resolutions {
    /// Remembers one; a later one about the same sides replaces it.
    pub fn remember(&mut self, remembered: Remembered) {
        self.known.insert(ResolutionId::of(&remembered.sides), remembered);
    }

    /// One by id, forgotten or not.
    pub fn get(&self, id: ResolutionId) -> Option<&Remembered> {
        self.known.get(&id)
    }

    /// What settles some sides, unless it was forgotten. The same two contents settle the same way whichever of them is
    /// there first.
    pub fn of(&self, sides: &Sides) -> Option<(ResolutionId, &Remembered)> {
        let mirrored = Sides { base: sides.base, ours: sides.theirs, theirs: sides.ours };
        [*sides, mirrored].into_iter().find_map(|sides| {
            let id = ResolutionId::of(&sides);
            let found = self.known.get(&id)?;
            (found.sides == sides && found.forgotten.is_none()).then_some((id, found))
        })
    }

    /// Every one, by id.
    pub fn iter(&self) -> impl Iterator<Item = (ResolutionId, &Remembered)> {
        self.known.iter().map(|(id, remembered)| (*id, remembered))
    }

    /// Marks one as forgotten.
    pub fn forget(&mut self, id: ResolutionId, remark: Remark) {
        if let Some(remembered) = self.known.get_mut(&id) {
            remembered.forgotten = Some(remark);
        }
    }
}

/// A conflict that arose for an item of a line when others left it, and how it was settled.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Redecided {
    /// The commit of the item.
    pub commit: CommitId,
    /// What settled it.
    pub resolution: Resolution,
}
