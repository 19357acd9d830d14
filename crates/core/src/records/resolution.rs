//! Resolutions: what a path in conflict shall hold, who said so, and what is remembered of it (`SPEC X4`, `X5`).

use crate::content::entry::Entry;
use crate::content::filetype::Strategy;
use crate::content::proposal::Proposal;
use crate::content::{Conflict, Sides};
use crate::records::change::Remark;
use crate::words::names::{OperationId, RevisionNo, StageName, Time, UserName};
use crate::words::object::{CommitId, Leaf, RepoPath};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
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

    /// What it puts where.
    pub fn entry(&self) -> Entry {
        Entry { at: self.at.clone(), left: self.left.clone(), leaf: self.result }
    }

    /// Whether it puts anything elsewhere than at its path.
    pub fn moves(&self) -> bool {
        self.at.is_some() || !self.left.is_empty()
    }

    /// Whether it was made for whatever else stands on the line, and not for its three sides alone.
    pub fn is_of_the_line(&self) -> bool {
        matches!(self.by, Settler::AsSource(_) | Settler::NeverHeld(_))
    }

    /// Whether it is what was taken from the stage that its change came from.
    pub fn is_as_source(&self) -> bool {
        matches!(self.by, Settler::AsSource(_))
    }

    /// Every path it decides about.
    pub fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        [&self.path].into_iter().chain(&self.at).chain(&self.left)
    }

    /// Whether it decides about a file that a conflict is about, by any of its names.
    pub fn is_about(&self, conflict: &Conflict) -> bool {
        self.paths().any(|path| conflict.names().any(|name| name == path))
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
    /// People, earlier, block by block: the same edits came back in a file that differs elsewhere (`SPEC X5`).
    Blocks(Vec<ResolutionId>),
    /// What the repository says about merging it, as git obeys it: `merge=union`.
    Attribute(String),
    /// What a person would choose, which the configuration has taken by itself for the file's type (`SPEC X2`).
    Proposed {
        /// The type.
        name: String,
        /// The kinds of proposals, block after block.
        kinds: Vec<Proposal>,
    },
    /// The strategy of the file's type (`SPEC X2`).
    Type {
        /// The type.
        name: String,
        /// Its strategy.
        strategy: Strategy,
    },
    /// Nobody: the stage that the change came from holds the same changes there, and it is taken as that holds it
    /// (`SPEC P11`).
    AsSource(StageName),
    /// Nobody: it is what the line would hold had it got the newer revision at once, and never this older one: what that
    /// one did and another change does as well stays (`SPEC L3`, `L4`).
    NeverHeld(RevisionNo),
    /// Nobody, for nothing was in dispute: an edit followed a file to the name that the line knows it by. Kept so that the
    /// item is known to have touched that name.
    Followed,
}

impl Settler {
    /// Whether nobody was asked about something that was in dispute.
    pub fn is_automatic(&self) -> bool {
        !matches!(self, Self::Person | Self::Followed)
    }

    /// What is remembered and settled it.
    pub fn reused(&self) -> &[ResolutionId] {
        match self {
            Self::Remembered(id) => std::slice::from_ref(id),
            Self::Blocks(ids) => ids,
            Self::Person
            | Self::Attribute(_)
            | Self::Proposed { .. }
            | Self::Type { .. }
            | Self::AsSource(_)
            | Self::NeverHeld(_)
            | Self::Followed => &[],
        }
    }
}

/// As commits and people are told: `Profile, structural`; `resolution 1f09…, reused`.
impl fmt::Display for Settler {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person => to.write_str("by hand"),
            Self::Remembered(id) => write!(to, "resolution {id}, reused"),
            Self::Blocks(ids) => {
                let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
                write!(to, "resolution {}, reused by block", ids.join(" and "))
            }
            Self::Proposed { name, kinds } => write!(to, "{name}, {}", words(kinds)),
            Self::Attribute(written) => write!(to, ".gitattributes, {written}"),
            Self::Type { name, strategy } => write!(to, "{name}, {strategy}"),
            Self::AsSource(stage) => write!(to, "as {stage} holds it"),
            Self::NeverHeld(older) => write!(to, "as if revision {older} had never been here"),
            Self::Followed => to.write_str("followed to its name here"),
        }
    }
}

/// Kinds of proposals, each once.
pub fn words(kinds: &[Proposal]) -> String {
    let words: BTreeSet<&str> = kinds.iter().map(|kind| kind.as_str()).collect();
    words.into_iter().collect::<Vec<_>>().join(" and ")
}

/// Names a remembered resolution: a hash of the file and the three sides it settles.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ResolutionId(u64);

impl ResolutionId {
    /// The id of what settles these sides of a file: FNV-1a over modes, contents and path, part of the stored form.
    pub fn of(path: &RepoPath, sides: &Sides) -> Self {
        Self(fnv(Self::without_path(sides).0, path.as_bytes()))
    }

    /// The id it had while resolutions belonged to no file; older entries and refs name it so.
    pub fn without_path(sides: &Sides) -> Self {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for side in [sides.base, sides.ours, sides.theirs] {
            hash = match side {
                None => fnv(hash, b"-"),
                Some(leaf) => fnv(fnv(hash, format!("{:?}", leaf.mode).as_bytes()), &leaf.id.0.0),
            };
        }
        Self(hash)
    }
}

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
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
    /// The file it was made for, by the name it had then.
    pub path: RepoPath,
    /// The sides it settles.
    pub sides: Sides,
    /// What to put there; `None` deletes the path.
    pub result: Option<Leaf>,
    /// Where the result went, where that was not the path.
    pub place: Option<RepoPath>,
    /// Other paths where nothing stayed.
    pub left: Vec<RepoPath>,
    /// Who decided it.
    pub by: UserName,
    /// When.
    pub at: Time,
    /// The operation it was made for; `None` where it came with the repository.
    pub operation: Option<OperationId>,
    /// Who had it forgotten, when and why: then it settles nothing any more.
    pub forgotten: Option<Remark>,
}

/// Every resolution ever made, by the file and the sides it settles.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Resolutions {
    known: BTreeMap<ResolutionId, Remembered>,
    /// The commit that `refs/switchback/resolutions` shall stand at; `None` before the first.
    pub head: Option<CommitId>,
}

impl Resolutions {
    /// Remembers one; a later one about the same sides of the same file replaces it.
    pub fn remember(&mut self, remembered: Remembered) {
        self.known.insert(ResolutionId::of(&remembered.path, &remembered.sides), remembered);
    }

    /// One by id, forgotten or not.
    pub fn get(&self, id: ResolutionId) -> Option<&Remembered> {
        self.known.get(&id)
    }

    /// Those that an id names: its own, or all about the sides that it named while resolutions belonged to no file.
    pub fn named(&self, id: ResolutionId) -> Vec<ResolutionId> {
        if self.known.contains_key(&id) {
            return vec![id];
        }
        let about = self.known.iter().filter(|(_, known)| ResolutionId::without_path(&known.sides) == id);
        about.map(|(id, _)| *id).collect()
    }

    /// Those that are not forgotten, the newest first.
    pub fn live(&self) -> impl Iterator<Item = (ResolutionId, &Remembered)> {
        self.newest(|_| true)
    }

    /// Those of them that are meant, the newest first.
    pub(crate) fn newest(
        &self,
        is_meant: impl Fn(&Remembered) -> bool,
    ) -> impl Iterator<Item = (ResolutionId, &Remembered)> {
        let live = self.iter().filter(|(_, known)| known.forgotten.is_none() && is_meant(known));
        let mut live: Vec<_> = live.collect();
        live.sort_by_key(|(id, known)| (std::cmp::Reverse(known.at), *id));
        live.into_iter()
    }

    /// Those about the same three contents, of whatever file. The same two contents settle the same way whichever of them
    /// is there first.
    pub fn alike(&self, sides: &Sides) -> impl Iterator<Item = (ResolutionId, &Remembered)> {
        let mirrored = Sides { base: sides.base, ours: sides.theirs, theirs: sides.ours };
        let both = [*sides, mirrored];
        self.newest(move |known| both.contains(&known.sides))
    }

    /// Every one, by id.
    pub fn iter(&self) -> impl Iterator<Item = (ResolutionId, &Remembered)> {
        self.known.iter().map(|(id, remembered)| (*id, remembered))
    }

    /// Marks one as forgotten.
    pub fn forget(&mut self, id: ResolutionId, remark: Remark) {
        for id in self.named(id) {
            if let Some(remembered) = self.known.get_mut(&id) {
                remembered.forgotten = Some(remark.clone());
            }
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
