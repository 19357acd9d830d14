//! What settling a conflict puts where: not the content alone, but the whole entry. Where one side alone moved a file or
//! changed its mode, that stands whichever content is taken; where both did, the side that is taken decides.

use crate::content::{ConflictKind, Sides};
use crate::words::object::{BlobId, Leaf, Mode, RepoPath};
use serde::{Deserialize, Serialize};

/// What a conflict is about beside the three contents: where the sides have the file.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Places {
    /// Where both sides started from; `None` for the conflict's path.
    pub base: Option<RepoPath>,
    /// Where the line has it, or would; `None` for the conflict's path.
    pub ours: Option<RepoPath>,
    /// Where the change has it, or would; `None` for the conflict's path.
    pub theirs: Option<RepoPath>,
    /// What stands there when ours is taken, where that is more than ours: only the place is in dispute, or ours is a file
    /// that moved here and the change edited it where it was.
    pub ours_merged: Option<Leaf>,
    /// The same when theirs is taken.
    pub theirs_merged: Option<Leaf>,
    /// What the line has, and loses when theirs is taken: where it still has a file that the change moved onto another, or
    /// for [`ConflictKind::FileFolder`] and [`ConflictKind::FolderRename`] what gives way to it.
    pub left: Vec<RepoPath>,
}

impl Places {
    /// Whether every side has the file at the conflict's path, and nothing else is in question.
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Every path named.
    pub fn all(&self) -> impl Iterator<Item = &RepoPath> {
        [&self.base, &self.ours, &self.theirs].into_iter().flatten().chain(&self.left)
    }
}

/// Whose content settles a conflict.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// What both sides started from.
    Base,
    /// What the line holds.
    Ours,
    /// What the change wants.
    Theirs,
    /// Something else.
    Content(BlobId),
}

/// What a conflict is settled with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Entry {
    /// Where it goes, where that is not the conflict's path: nothing stays there then.
    pub at: Option<RepoPath>,
    /// Other paths where nothing stays.
    pub left: Vec<RepoPath>,
    /// What to put there; `None` for nothing.
    pub leaf: Option<Leaf>,
}

/// What is in dispute.
#[derive(Clone, Copy, Debug)]
pub struct Dispute<'a> {
    /// The conflict's path.
    pub path: &'a RepoPath,
    /// Why it arose.
    pub kind: ConflictKind,
    /// The three contents.
    pub sides: &'a Sides,
    /// Where the sides have them.
    pub places: &'a Places,
}

impl<'a> Dispute<'a> {
    /// Every name under which the file is known: the conflict's own, and where the sides have it.
    pub fn names(&self) -> impl Iterator<Item = &'a RepoPath> {
        self.places.all().chain([self.path])
    }

    /// Whether git takes it for settled: both sides put the same file where one of them moved another to, and what the other
    /// side made of that is dropped.
    pub fn is_dropped_by_git(&self) -> bool {
        let Places { ours_merged, theirs_merged, .. } = self.places;
        let is_more = ours_merged.is_some() || theirs_merged.is_some();
        self.is_met() && is_more && self.sides.ours == self.sides.theirs
    }

    /// Whether one side moved a file here onto another: what either made of it where it was is none of the three contents.
    pub fn is_met(&self) -> bool {
        let Places { base, ours, theirs, .. } = self.places;
        self.kind == ConflictKind::Rename && base.is_none() && ours.is_none() && theirs.is_none()
    }

    /// Whether something is what taking a side of it puts where.
    pub fn is_side(&self, known: &Entry) -> bool {
        [Taken::Ours, Taken::Theirs, Taken::Base].into_iter().any(|way| self.entry(way) == *known)
    }

    /// Whether something is what settling it may put where.
    pub fn is_way(&self, known: &Entry) -> bool {
        self.is_side(known) || known.leaf.is_some_and(|leaf| self.entry(Taken::Content(leaf.id)) == *known)
    }

    /// What taking one content puts where.
    pub fn entry(&self, taken: Taken) -> Entry {
        self.entry_of(taken, leaf(self.sides, self.places, taken))
    }

    /// What something puts where that goes where theirs does.
    pub fn entry_as_theirs(&self, leaf: Option<Leaf>) -> Entry {
        self.entry_of(Taken::Theirs, leaf)
    }

    fn entry_of(&self, taken: Taken, leaf: Option<Leaf>) -> Entry {
        let place = self.place(taken);
        let at = (place != self.path).then(|| place.clone());
        // Nothing gives way to what does not come.
        let comes = leaf.is_some() && place == self.places.theirs.as_ref().unwrap_or(self.path);
        // And what moved here stays where both began with it.
        let stays = taken == Taken::Ours || if self.is_displacing() { !comes } else { taken == Taken::Base };
        Entry { at, left: if stays { Vec::new() } else { self.places.left.clone() }, leaf }
    }

    /// Whether what is left gives way to what comes; else it is where that comes from.
    fn is_displacing(&self) -> bool {
        matches!(self.kind, ConflictKind::FileFolder | ConflictKind::FolderRename)
    }

    /// Whether settling it so takes other files away.
    pub fn takes_away(&self, entry: &Entry) -> bool {
        self.is_displacing() && !entry.left.is_empty()
    }

    /// Whether what an earlier settlement puts somewhere displaces nothing that it knew nothing of.
    pub fn is_known_to(&self, known: &Entry) -> bool {
        let to = self.places.theirs.as_ref().unwrap_or(self.path);
        let comes = known.leaf.is_some() && known.at.as_ref().unwrap_or(self.path) == to;
        !(comes && self.is_displacing()) || self.places.left.iter().all(|path| known.left.contains(path))
    }

    fn place(&self, taken: Taken) -> &RepoPath {
        let Self { path, places, .. } = self;
        let [base, ours, theirs] =
            [&places.base, &places.ours, &places.theirs].map(|place| place.as_ref().unwrap_or(path));
        let began = self.sides.base.map(|_| base);
        // Whether it moves is what is in dispute.
        if self.kind == ConflictKind::FileFolder {
            return if taken == Taken::Theirs { theirs } else { ours };
        }
        if ours == theirs || began == Some(theirs) {
            return ours;
        }
        if began == Some(ours) {
            return theirs;
        }
        match taken {
            Taken::Base => began.unwrap_or(path),
            Taken::Theirs => theirs,
            // It goes along with the folder.
            Taken::Content(_) if self.kind == ConflictKind::FolderRename && places.ours.is_none() => theirs,
            Taken::Ours | Taken::Content(_) => ours,
        }
    }
}

fn leaf(sides: &Sides, places: &Places, taken: Taken) -> Option<Leaf> {
    let merged = merged_mode(sides);
    let in_mode = |leaf: Leaf| match merged {
        Some(mode) if is_plain(leaf) => Leaf { mode, ..leaf },
        _ => leaf,
    };
    match taken {
        Taken::Base => sides.base.map(in_mode),
        Taken::Ours => places.ours_merged.or(sides.ours.map(in_mode)),
        Taken::Theirs => places.theirs_merged.or(sides.theirs.map(in_mode)),
        Taken::Content(id) => {
            let there = [sides.ours, sides.theirs, sides.base];
            let plain = there.iter().flatten().find(|leaf| is_plain(**leaf));
            let mode = merged.or(plain.or(there.iter().flatten().next()).map(|leaf| leaf.mode));
            Some(Leaf { mode: mode.unwrap_or(Mode::File), id })
        }
    }
}

/// The mode of a file that both sides have; `None` where they disagree, or one of them is no plain file.
pub fn merged_mode(sides: &Sides) -> Option<Mode> {
    let (ours, theirs) = (sides.ours?, sides.theirs?);
    if !is_plain(ours) || !is_plain(theirs) {
        return None;
    }
    match sides.base {
        _ if ours.mode == theirs.mode => Some(ours.mode),
        Some(base) if base.mode == ours.mode => Some(theirs.mode),
        Some(base) if base.mode == theirs.mode => Some(ours.mode),
        _ => None,
    }
}

/// Whether something is a file, and no link or submodule.
pub fn is_plain(leaf: Leaf) -> bool {
    matches!(leaf.mode, Mode::File | Mode::Executable)
}
