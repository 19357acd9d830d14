//! What content is: commits and refs beside what [`Content`] says.

use crate::content::{Content, Signature};
use crate::words::fault::Fault;
use crate::words::object::{BlobId, CommitId, Oid, RepoPath, TreeId};
use crate::words::remedy::Hindrance;
use std::collections::HashSet;
use std::path::PathBuf;

/// What a commit says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CommitInfo {
    /// Its own id.
    pub id: CommitId,
    /// Its tree.
    pub tree: TreeId,
    /// Its parents, first parent first.
    pub parents: Vec<CommitId>,
    /// Who wrote it.
    pub author: Signature,
    /// Who committed it, which of our own is whoever asked (`SPEC L2`).
    pub committer: Signature,
    /// The whole message, lossily decoded.
    pub message: String,
}

impl CommitInfo {
    /// The first line of its message.
    pub fn subject(&self) -> String {
        self.message.lines().next().unwrap_or_default().to_owned()
    }
}

/// An object that is not there though a tree needs it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lacking {
    /// Which of the trees that were asked about, counted from 0.
    pub tree: usize,
    /// At which path.
    pub path: RepoPath,
    /// The object.
    pub id: Oid,
}

/// One ref to be moved. `from` is what it must hold now; `None` means it must not exist.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefMove {
    /// The full name, `refs/heads/qa`.
    pub name: String,
    /// What it must hold now.
    pub from: Option<CommitId>,
    /// What it shall hold; `None` deletes it.
    pub to: Option<CommitId>,
}

/// What became of a work tree that has a moved branch checked out (`SPEC L9`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum WorkTree {
    /// It was clean and now shows the new commit, or did so already.
    Forwarded(PathBuf),
    /// It was left alone, and shows the old commit.
    LeftAlone(PathBuf, Hindrance),
}

/// A git repository: content, commits and refs. Objects made through [`Content`] stay in memory until
/// [`store`](Repo::store) writes them as one pack.
pub trait Repo: Content {
    /// The git directory shared by all work trees.
    fn git_dir(&self) -> PathBuf;
    /// The git directory and the work trees: no area may lie in them.
    fn places(&self) -> Vec<PathBuf>;
    /// Whether it was open for so long that it will soon find no more of what comes: another takes its place.
    fn is_worn(&self) -> bool {
        false
    }
    /// Drops every object made since the last [`store`](Repo::store): the plan they were made for is not carried out.
    fn forget_unstored(&self);
    /// The commit a name, id or expression means; `None` when there is none.
    fn resolve(&self, rev: &str) -> Result<Option<CommitId>, Fault>;
    /// What a commit says.
    fn commit_info(&self, commit: CommitId) -> Result<CommitInfo, Fault>;
    /// The best common ancestor of two commits.
    fn merge_base(&self, one: CommitId, two: CommitId) -> Result<Option<CommitId>, Fault>;
    /// The commits reachable from `tip` and not from `base`, parents before children.
    fn range(&self, base: CommitId, tip: CommitId) -> Result<Vec<CommitInfo>, Fault>;
    /// The same by their ids alone, in no order.
    fn lacked(&self, base: CommitId, tip: CommitId) -> Result<Vec<CommitId>, Fault>;
    /// The commits that a commit follows, first parent first. A long way is read once and known from then on.
    fn parents(&self, commit: CommitId) -> Result<Vec<CommitId>, Fault>;
    /// Whether `ancestor` is reachable from `tip` (a commit reaches itself).
    fn reaches(&self, tip: CommitId, ancestor: CommitId) -> Result<bool, Fault>;
    /// What a ref holds (full name), peeled to a commit.
    fn reference(&self, name: &str) -> Result<Option<CommitId>, Fault>;
    /// The ref that a ref stands for (full names); `None` where it holds an object itself, or is not there.
    fn stands_for(&self, name: &str) -> Result<Option<String>, Fault>;
    /// Refs whose full name begins with a prefix.
    fn references(&self, prefix: &str) -> Result<Vec<(String, CommitId)>, Fault>;
    /// The objects that some trees need and that are not there, each told once.
    fn lacking(&self, trees: &[TreeId]) -> Result<Vec<Lacking>, Fault>;
    /// Writes every object made since the last store as one pack, durably. It is safe from git's housekeeping, whether a
    /// ref leads to it or not, until it is [let go](Repo::let_go), also when this process dies.
    fn store(&self) -> Result<(), Fault>;
    /// How many objects were made and are not stored yet.
    fn made(&self) -> usize;
    /// Drops what was made since there were so many, unless one of these objects reaches it, or one made before does: what
    /// was only tried out is not worth storing.
    fn drop_unreached(&self, since: usize, named: &HashSet<Oid>);
    /// Lets go of all that was stored: refs lead to it by now, or never will.
    fn let_go(&self);
    /// What the dead stored and did not let go of. To be asked before their refs are put right, and let go of after.
    fn abandoned(&self) -> Vec<PathBuf>;
    /// Lets go of what the dead stored.
    fn let_go_of(&self, abandoned: &[PathBuf]);
    /// Moves refs together, or none of them; `false` when one did not hold what it should.
    fn move_refs(&self, moves: &[RefMove]) -> Result<bool, Fault>;
    /// For each work tree on a branch (short name) that is clean at `from`, checks out `to` (`SPEC L9`). Called after the
    /// branch has moved; may run twice.
    fn follow(&self, branch: &str, from: CommitId, to: CommitId) -> Result<Vec<WorkTree>, Fault>;
    /// What says how files are merged and stands in no tree: the repository's own attributes, and which merge drivers git
    /// is given. Where it is the same, the same trees merge alike.
    fn beside(&self) -> String;
    /// The person git is configured for, if any: name and address.
    fn identity(&self) -> Option<(String, String)>;
    /// How many objects it has read since it was opened: what is costly, counted.
    fn objects_read(&self) -> u64;
    /// A source of blobs for several threads.
    fn blobs(&self) -> Box<dyn Blobs + '_>;
}

/// Reads a blob into a buffer; it replaces what the buffer held.
pub type BlobReader<'a> = Box<dyn FnMut(BlobId, &mut Vec<u8>) -> Result<(), Fault> + 'a>;

/// Reads blobs from any thread.
pub trait Blobs: Sync {
    /// A reader for one thread.
    fn reader(&self) -> BlobReader<'_>;
}

/// Opens the same repository again and again: each thread that works has one of its own.
pub trait Repositories: Send + Sync {
    /// One more.
    fn open(&self) -> Result<Box<dyn Repo + Send>, Fault>;
}
