//! Content in a repository of git, where the core's tests have it in memory.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;
use switchback_core::content::attributes::Attributes;
use switchback_core::content::filetype::{Format, Keys};
use switchback_core::content::remake::Remake;
use switchback_core::content::{CommitDraft, Content, Delta, Hunk, Merge, Merged, PathSet, Soundness, Weave};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{BlobId, CommitId, Leaf, Mode, PathChange, RepoPath, TreeId};
use switchback_git::GitRepo;
use tempfile::TempDir;

/// A tree, flat.
pub type Leaves = BTreeMap<RepoPath, Leaf>;

/// Everything ever made, by id.
pub struct Memory {
    repo: Rc<GitRepo>,
    commits: RefCell<HashMap<CommitId, CommitDraft>>,
    /// How many times somebody looked at a tree.
    pub looks: Cell<usize>,
}

/// A repository that several worlds have in common: what one makes does not concern another.
struct Open {
    repo: Rc<GitRepo>,
    served: usize,
    _folder: TempDir,
}

/// How many worlds have one in common: it keeps in memory what they make.
const SERVED: usize = 300;

thread_local! {
    static OPEN: RefCell<Option<Open>> = const { RefCell::new(None) };
}

impl Open {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new("git").args(["init", "-q"]).arg(folder.path()).status().unwrap();
        assert!(made.success(), "git makes a repository");
        Self { repo: Rc::new(GitRepo::open(folder.path()).unwrap()), served: 0, _folder: folder }
    }
}

impl Default for Memory {
    fn default() -> Self {
        let repo = OPEN.with_borrow_mut(|open| {
            let mut at_hand = open.take().filter(|open| open.served < SERVED).unwrap_or_else(Open::new);
            at_hand.served += 1;
            Rc::clone(&open.insert(at_hand).repo)
        });
        Self { repo, commits: RefCell::default(), looks: Cell::new(0) }
    }
}

impl Memory {
    /// The tree of some leaves.
    pub fn tree(&self, leaves: Leaves) -> TreeId {
        let edits: Vec<_> = leaves.into_iter().map(|(path, leaf)| (path, Some(leaf))).collect();
        self.repo.edit(TreeId::EMPTY, &edits).unwrap()
    }

    /// A plain file with these bytes.
    pub fn file(&self, bytes: &[u8]) -> Leaf {
        Leaf { mode: Mode::File, id: self.repo.blob(bytes).unwrap() }
    }

    /// The bytes at a path.
    pub fn bytes_at(&self, tree: TreeId, path: &RepoPath) -> Result<Option<Vec<u8>>, Fault> {
        self.leaf(tree, path)?.map(|leaf| self.read(leaf.id)).transpose()
    }

    /// What a commit says.
    pub fn draft_of(&self, commit: CommitId) -> Option<CommitDraft> {
        self.commits.borrow().get(&commit).cloned()
    }
}

impl Content for Memory {
    fn merge(&self, merge: Merge<'_>) -> Result<Merged, Fault> {
        self.repo.merge(merge)
    }

    fn merge_apart(&self, merge: Merge<'_>, nowhere: &PathSet) -> Result<Option<Merged>, Fault> {
        self.repo.merge_apart(merge, nowhere)
    }

    fn delta(&self, before: TreeId, after: TreeId) -> Result<Arc<Delta>, Fault> {
        self.repo.delta(before, after)
    }

    fn changes(&self, before: TreeId, after: TreeId) -> Result<Vec<PathChange>, Fault> {
        self.repo.changes(before, after)
    }

    fn hunks(&self, before: BlobId, after: BlobId) -> Result<Option<Vec<Hunk>>, Fault> {
        self.repo.hunks(before, after)
    }

    fn leaf(&self, tree: TreeId, path: &RepoPath) -> Result<Option<Leaf>, Fault> {
        self.repo.leaf(tree, path)
    }

    fn leaves(&self, tree: TreeId) -> Result<Vec<(RepoPath, Leaf)>, Fault> {
        self.repo.leaves(tree)
    }

    fn attributes(&self, _: TreeId, _: &RepoPath) -> Result<Attributes, Fault> {
        Ok(Attributes::default())
    }

    fn edit(&self, tree: TreeId, edits: &[(RepoPath, Option<Leaf>)]) -> Result<TreeId, Fault> {
        self.repo.edit(tree, edits)
    }

    fn commit(&self, draft: &CommitDraft) -> Result<CommitId, Fault> {
        let id = self.repo.commit(draft)?;
        self.commits.borrow_mut().insert(id, draft.clone());
        Ok(id)
    }

    fn blob(&self, bytes: &[u8]) -> Result<BlobId, Fault> {
        self.repo.blob(bytes)
    }

    fn weave(&self, texts: [Option<BlobId>; 3], how: Weave<'_>) -> Result<Result<BlobId, String>, Fault> {
        self.repo.weave(texts, how)
    }

    fn remake(&self, remake: Remake<'_>) -> Result<Result<BlobId, String>, Fault> {
        self.repo.remake(remake)
    }

    fn soundness(&self, made: BlobId, versions: &[BlobId], how: (Format, &Keys)) -> Result<Soundness, Fault> {
        self.repo.soundness(made, versions, how)
    }

    fn read(&self, blob: BlobId) -> Result<Vec<u8>, Fault> {
        self.repo.read(blob)
    }
}
