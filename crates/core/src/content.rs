//! The port through which rules see content. Trees go in and trees come out; where they are
//! stored, and how they are merged, is the adapter's business (`engine/src/git/`).

pub mod attributes;
pub mod done;
pub mod ends;
pub mod entry;
pub mod filetype;
pub mod folders;
pub mod lines;
pub mod markers;
pub mod proposal;
pub mod remake;
pub mod sketch;

use crate::content::attributes::Attributes;
use crate::content::entry::{Dispute, Places};
use crate::content::filetype::{Format, Keys};
use crate::content::folders::is_in;
use crate::content::lines::LineCounts;
use crate::content::remake::Remake;
use crate::words::fault::Fault;
use crate::words::names::Time;
use crate::words::object::{BlobId, CommitId, Leaf, PathChange, RepoPath, TreeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// A set of paths.
pub type PathSet = BTreeSet<RepoPath>;

/// The three sides of a merge at one path; `None` where nothing stands.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Sides {
    /// What both sides started from.
    pub base: Option<Leaf>,
    /// What the line holds.
    pub ours: Option<Leaf>,
    /// What the change wants.
    pub theirs: Option<Leaf>,
}

/// Why a path could not be merged.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConflictKind {
    /// Both sides edited the same lines.
    Content,
    /// Both sides edited a file that is no text.
    Binary,
    /// Both sides added the path with different content.
    AddAdd,
    /// One side edited what the other deleted.
    EditDelete,
    /// The sides disagree on the kind of file, or on its executable bit.
    Mode,
    /// A file on one side is a folder on the other.
    FileFolder,
    /// Both sides renamed the file, to different places, or two files to one place.
    Rename,
    /// One side renamed the folder the other added to.
    FolderRename,
    /// Both sides moved a submodule's pointer.
    Submodule,
}

impl ConflictKind {
    /// Whether it is about what one file holds.
    pub fn is_about_content(self) -> bool {
        matches!(self, Self::Content | Self::Binary | Self::AddAdd | Self::EditDelete)
    }

    /// Whether it is about where files stand.
    pub fn is_about_places(self) -> bool {
        matches!(self, Self::FileFolder | Self::Rename | Self::FolderRename)
    }
}

/// One path that could not be merged. The tree holds `ours` there.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Conflict {
    /// Where, as the line knows the path.
    pub path: RepoPath,
    /// Why.
    pub kind: ConflictKind,
    /// The contents.
    pub sides: Sides,
    /// Where the sides have it.
    #[serde(default)]
    pub places: Places,
    /// Why nothing settled it by itself, where there is something to say.
    #[serde(default)]
    pub why: Option<String>,
}

impl Conflict {
    /// One about what stands at a path, where every side has it there.
    pub fn new(path: RepoPath, kind: ConflictKind, sides: Sides) -> Self {
        Self { path, kind, sides, places: Places::default(), why: None }
    }

    /// What it is about.
    pub fn dispute(&self) -> Dispute<'_> {
        Dispute { path: &self.path, kind: self.kind, sides: &self.sides, places: &self.places }
    }

    /// Whether it is about a file that has one of some names.
    pub fn is_among(&self, paths: &PathSet) -> bool {
        self.names().any(|name| paths.contains(name))
    }

    /// Every name under which its file is known.
    pub fn names(&self) -> impl Iterator<Item = &RepoPath> {
        self.places.all().chain([&self.path])
    }
}

/// A file that both sides changed, and whose content was merged line by line without a conflict.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Blended {
    /// Where it stands.
    pub path: RepoPath,
    /// What it was merged from.
    pub sides: Sides,
    /// What came of it; one of the sides, where the other's edits came to nothing.
    pub result: Leaf,
}

/// Whether a structured document is sound, and whether a merge made it so.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Soundness {
    /// It can be read, and holds no key twice; or no version of it could ever be read.
    Sound,
    /// It is not, and a version that it was made of was not in the same way: what is wrong.
    Before(String),
    /// It is not, and no version that it was made of has this: what is wrong.
    Broken(String),
}

/// How texts that a plain merge could not merge are woven together (`SPEC X2`).
#[derive(Clone, Copy, Debug)]
pub enum Weave<'a> {
    /// Element by element.
    Structural(Format, &'a Keys),
    /// With the lines of both sides where they compete, ours first.
    Union,
}

/// A three-way merge: carries the difference `base → theirs` onto `ours` (`SPEC L1`).
#[derive(Clone, Copy, Debug)]
pub struct Merge<'a> {
    /// The tree the change started from.
    pub base: TreeId,
    /// The line's tree.
    pub ours: TreeId,
    /// The tree the change ended with.
    pub theirs: TreeId,
    /// Carry only what touches these paths (either end of a rename counts); `None` carries everything.
    pub scope: Option<&'a PathSet>,
}

/// What a merge made.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Merged {
    /// The resulting tree. A path in conflict holds `ours`.
    pub tree: TreeId,
    /// The paths that could not be merged, in order of path; empty when all went well.
    pub conflicts: Vec<Conflict>,
    /// The files whose content was merged from both sides, in order of path.
    pub blended: Vec<Blended>,
    /// The files that theirs has where the base does, and that ours has elsewhere: `(there, here)`. What theirs did to them
    /// went along, and nobody was asked.
    pub followed: Vec<(RepoPath, RepoPath)>,
}

impl Merged {
    /// Whether a path is in conflict, under any of its names.
    pub fn is_open(&self, path: &RepoPath) -> bool {
        self.conflicts.iter().any(|conflict| conflict.names().any(|name| name == path))
    }
}

/// The difference between two trees.
#[derive(Clone, Debug, Default)]
pub struct Delta {
    /// Every path that differs, in order. A rename is a deletion and an addition here.
    pub changes: Vec<PathChange>,
    /// Renames found among them, `(from, to)`, as git's merge finds them, in order.
    pub renames: Vec<(RepoPath, RepoPath)>,
    /// The places of the renames in order of where they lead, once somebody asks.
    by_end: OnceLock<Vec<usize>>,
}

impl PartialEq for Delta {
    fn eq(&self, other: &Self) -> bool {
        (&self.changes, &self.renames) == (&other.changes, &other.renames)
    }
}

impl Eq for Delta {}

/// So many times as many paths of one kind are not gone through for those of another.
const MANY_MORE: usize = 8;

impl Delta {
    /// A difference of changes and renames, both in order.
    pub fn new(changes: Vec<PathChange>, renames: Vec<(RepoPath, RepoPath)>) -> Self {
        Self { changes, renames, by_end: OnceLock::new() }
    }

    /// The renames that lead from a path, and those that lead to it.
    pub fn renames_at<'a>(&'a self, path: &'a RepoPath) -> impl Iterator<Item = &'a (RepoPath, RepoPath)> {
        let first = self.renames.partition_point(|(from, _)| from < path);
        self.renames[first..].iter().take_while(move |(from, _)| from == path).chain(self.renames_to(path))
    }

    /// The renames that lead to a path.
    pub fn renames_to<'a>(&'a self, path: &'a RepoPath) -> impl Iterator<Item = &'a (RepoPath, RepoPath)> {
        let by_end = self.by_end.get_or_init(|| {
            let mut places: Vec<usize> = (0..self.renames.len()).collect();
            places.sort_by(|one, two| self.renames[*one].1.cmp(&self.renames[*two].1));
            places
        });
        let first = by_end.partition_point(|at| self.renames[*at].1 < *path);
        by_end[first..].iter().map(|at| &self.renames[*at]).take_while(move |(_, to)| to == path)
    }

    /// What differs at a path.
    pub fn change(&self, path: &RepoPath) -> Option<&PathChange> {
        let at = self.changes.binary_search_by(|one| one.path.cmp(path)).ok()?;
        self.changes.get(at)
    }

    /// What differs at some paths.
    pub fn changes_at<'a>(&'a self, paths: &'a PathSet) -> Vec<&'a PathChange> {
        self.among(paths).collect()
    }

    /// Whether anything differs at some paths.
    pub fn touches(&self, paths: &PathSet) -> bool {
        self.among(paths).next().is_some()
    }

    /// What differs at some paths, in order. Both are in order of path: where one has many more than the other, each of the
    /// few is looked up, and else both are gone through once.
    fn among<'a>(&'a self, paths: &'a PathSet) -> Box<dyn Iterator<Item = &'a PathChange> + 'a> {
        let (few, many) = (paths.len() * MANY_MORE < self.changes.len(), self.changes.len() * MANY_MORE < paths.len());
        if few {
            return Box::new(paths.iter().filter_map(|path| self.change(path)));
        }
        if many {
            return Box::new(self.changes.iter().filter(|one| paths.contains(&one.path)));
        }
        let mut paths = paths.iter().peekable();
        Box::new(self.changes.iter().filter(move |one| {
            while paths.next_if(|path| **path < one.path).is_some() {}
            paths.peek().is_some_and(|path| **path == one.path)
        }))
    }

    /// Some paths with the other ends of their renames.
    #[must_use]
    pub fn with_other_ends(&self, mut paths: PathSet) -> PathSet {
        let ends =
            paths.iter().flat_map(|path| self.renames_at(path)).flat_map(|(from, to)| [from.clone(), to.clone()]);
        let ends: Vec<RepoPath> = ends.collect();
        paths.extend(ends);
        paths
    }
}

/// Lines of one text that stand for lines of another, counted from 0; a line keeps its line feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Hunk {
    /// The lines that are replaced; empty where lines are only added.
    pub old: Range<usize>,
    /// The lines that replace them; empty where lines are only taken out.
    pub new: Range<usize>,
}

/// Who wrote a commit.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Signature {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// When.
    pub time: Time,
}

/// A commit to be written. Equal drafts make equal ids.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommitDraft {
    /// Its tree.
    pub tree: TreeId,
    /// Its parents; a line's commit has one (`SPEC L2`).
    pub parents: Vec<CommitId>,
    /// Who wrote the change.
    pub author: Signature,
    /// Who moved it, and when.
    pub committer: Signature,
    /// Subject, body and trailers.
    pub message: String,
}

/// Trees, merged in memory. New objects stay invisible to everyone else until the engine stores them.
pub trait Content {
    /// Merges three trees (`SPEC L1`, `L6`). Where git merges cleanly, the same tree.
    fn merge(&self, merge: Merge<'_>) -> Result<Merged, Fault>;

    /// The same where all that touches the scope is settled by what the three sides have at its very paths; `None` where
    /// renames, or what stands around, may have a say in it. Of some paths it is known that their files are nowhere on our
    /// side, under no name.
    fn merge_apart(&self, merge: Merge<'_>, nowhere: &PathSet) -> Result<Option<Merged>, Fault>;

    /// What differs between two trees, with renames.
    fn delta(&self, before: TreeId, after: TreeId) -> Result<Arc<Delta>, Fault>;

    /// What differs between two trees, for whoever asks nothing about renames: finding them costs more than the rest.
    fn changes(&self, before: TreeId, after: TreeId) -> Result<Vec<PathChange>, Fault>;

    /// Which lines differ between two texts; `None` where one of them is no text.
    fn hunks(&self, before: BlobId, after: BlobId) -> Result<Option<Vec<Hunk>>, Fault>;

    /// What stands at a path; `None` where nothing, or a folder, does.
    fn leaf(&self, tree: TreeId, path: &RepoPath) -> Result<Option<Leaf>, Fault>;

    /// Every leaf of a tree, in order of path.
    fn leaves(&self, tree: TreeId) -> Result<Vec<(RepoPath, Leaf)>, Fault>;

    /// What the repository says about merging a path, by the attributes of a tree.
    fn attributes(&self, tree: TreeId, path: &RepoPath) -> Result<Attributes, Fault>;

    /// The tree with some paths replaced (`None` deletes). A leaf replaces a folder of its name and the other way round.
    fn edit(&self, tree: TreeId, edits: &[(RepoPath, Option<Leaf>)]) -> Result<TreeId, Fault>;

    /// The files of a tree that could not be there together with a file at each of some paths: they stand where one of those
    /// needs a folder, or in a folder of its name. Those paths are not among them.
    fn in_the_way(&self, tree: TreeId, paths: &PathSet) -> Result<Vec<RepoPath>, Fault> {
        let mut found: Vec<_> = self.leaves(tree)?.into_iter().map(|(path, _)| path).collect();
        found.retain(|one| !paths.contains(one) && paths.iter().any(|path| is_in(one, path) || is_in(path, one)));
        Ok(found)
    }

    /// Makes a commit of a draft.
    fn commit(&self, draft: &CommitDraft) -> Result<CommitId, Fault>;

    /// Makes a blob of bytes.
    fn blob(&self, bytes: &[u8]) -> Result<BlobId, Fault>;

    /// Weaves three versions of a text into one; or the sentence that says why that cannot be. An absent base is empty.
    fn weave(&self, texts: [Option<BlobId>; 3], how: Weave<'_>) -> Result<Result<BlobId, String>, Fault>;

    /// Makes a file again by its program, in a copy of the tree that is thrown away; or the sentence that says why that
    /// failed. Within one opening of the repository the same question is answered once.
    fn remake(&self, remake: Remake<'_>) -> Result<Result<BlobId, String>, Fault>;

    /// Whether a structured document that was made of `versions` is sound, and if not, whether one of them was unsound in
    /// the same way.
    fn soundness(&self, made: BlobId, versions: &[BlobId], how: (Format, &Keys)) -> Result<Soundness, Fault>;

    /// The bytes of a blob.
    fn read(&self, blob: BlobId) -> Result<Vec<u8>, Fault>;

    /// Forgets what was made and is not stored, where that is more than so many objects. For those who try a great deal
    /// and keep nothing of it: nobody may hold any of it.
    fn forget_tried(&self, _more_than: usize) {}

    /// Which lines a text holds. Of the same texts that is asked many times.
    fn lines(&self, text: BlobId) -> Result<Arc<LineCounts>, Fault> {
        Ok(Arc::new(LineCounts::of(&self.read(text)?)))
    }
}
