//! Opens a repository and presents it as the ports ask. What is done is done in the files beside this one.

use super::deltas::Deltas;
use super::kept::Kept;
use super::links::Links;
use super::objects::Objects;
use super::opener::is_worn;
use super::outcomes::Outcomes;
use super::tree::Node;
use super::{
    attributes, by_element, collect, commits, diff, history, keep, lacking, met, moves, overlay, places, refs, remake,
    renames, scoped, text, tree_merge, trust, way, worktree,
};
use std::cell::{OnceCell, RefCell};
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use switchback_core::content::attributes::Attributes;
use switchback_core::content::filetype::{Format, Keys};
use switchback_core::content::lines::LineCounts;
use switchback_core::content::remake::{Program, Remake};
use switchback_core::content::{CommitDraft, Content, Delta, Hunk, Merge, Merged, PathSet, Soundness, Weave};
use switchback_core::ports::repository::Blobs;
use switchback_core::ports::repository::CommitInfo;
use switchback_core::ports::repository::Lacking;
use switchback_core::ports::repository::RefMove;
use switchback_core::ports::repository::Repo;
use switchback_core::ports::repository::WorkTree;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{BlobId, CommitId, Leaf, Oid, PathChange, RepoPath, TreeId};
use switchback_machine::mark::Mark;

/// How many paths of merges are remembered.
const MERGE_ROWS: usize = 1 << 16;

/// How many bytes of delta bases are kept while reading packs.
const DELTA_BASES: usize = 8 << 20;

/// Which file a program was to make again, and beside which others.
type Question = (TreeId, RepoPath, Program);

/// A git repository on this machine, bare or with work trees. For one thread; [`Repo::blobs`] serves several.
pub struct GitRepo {
    pub(super) git: gix::Repository,
    pub(super) objects: Objects,
    links: Links,
    deltas: Deltas,
    outcomes: Outcomes,
    /// What merges of whole trees came to, until what they made is stored or forgotten.
    merges: Kept<Merged, [TreeId; 3]>,
    remade: RefCell<HashMap<Question, Result<BlobId, String>>>,
    person: OnceCell<Option<(String, String)>>,
}

/// How many packs a session has room for. gix counts those that are there when it opens and adds a tenth, 32 at least;
/// but every operation of a session stores a pack of its own, and a mass back-promotion to many stages makes more.
const SLOTS: gix::odb::store::init::Slots =
    gix::odb::store::init::Slots::AsNeededByDiskState { multiplier: 1.5, minimum: 2048 };

impl GitRepo {
    /// Opens the repository that a folder belongs to, as `git -C DIR` finds it, and only where git would. Faults:
    /// `no-repository`, `repository-not-trusted`, `sha256-repository`, `repository-unreadable`,
    /// `work-tree-unknown`.
    pub fn open(dir: &Path) -> Result<Self, Fault> {
        let (found, trust) = gix::discover::upwards(dir).map_err(|_| {
            Fault::new(
                "no-repository",
                format!("{} is not inside a git repository", dir.display()),
                "name a folder of a repository with `-C`, or run `git init`",
            )
        })?;
        let (git_dir, work_tree) = found.into_repository_and_work_tree_directories();
        // A git directory that lies elsewhere does not know of its work tree.
        let entered = work_tree.map(|top| top.join(".git")).filter(|entry| entry.exists());
        let git_dir = entered.unwrap_or(git_dir);
        trust::check(&git_dir, trust)?;
        let options = gix::open::Options::isolated().open_path_as_is(true).with(trust).lossy_config(true);
        let options = options.object_store_slots(SLOTS);
        let git = gix::open_opts(&git_dir, options).map_err(|error| unopened(&git_dir, &error))?;
        if git.object_hash() != gix::hash::Kind::Sha1 {
            return Err(sha256(&git_dir));
        }
        if says(git.common_dir(), ("refstorage", "reftable")) {
            return Err(reftable(git.common_dir()));
        }
        places::check(&git)?;
        Ok(Self::of(git))
    }

    pub(super) fn of(mut git: gix::Repository) -> Self {
        git.objects.set_pack_cache(|| Box::new(gix::odb::pack::cache::lru::MemoryCappedHashmap::new(DELTA_BASES)));
        let objects = Objects::new(git.objects.clone(), git.common_dir().to_owned());
        // Commits that are not stored yet must be found by walks through history too.
        git.objects.enable_object_memory();
        let (deltas, merges, remade) = (Deltas::new(), Kept::up_to(MERGE_ROWS), RefCell::default());
        let (links, outcomes, person) = (Links::default(), Outcomes::default(), OnceCell::new());
        Self { git, objects, links, deltas, outcomes, merges, remade, person }
    }

    /// Carries what touches some paths. Where renames may matter, as a whole merge with the change's tree reduced to that.
    fn merge_scoped(&self, merge: Merge<'_>, scope: &PathSet) -> Result<Merged, Fault> {
        if let Some(merged) = self.merge_apart(merge, &PathSet::new())? {
            return Ok(merged);
        }
        let delta = self.delta(merge.base, merge.theirs)?;
        let paths = delta.with_other_ends(scope.clone());
        let touched = delta.changes_at(&paths);
        let edits: Vec<_> = touched.iter().map(|change| (change.path.clone(), change.after)).collect();
        let theirs = self.edit(merge.base, &edits)?;
        self.merge_whole([merge.base, merge.ours, theirs])
    }

    /// Merges whole trees, each three of them once.
    fn merge_whole(&self, trees: [TreeId; 3]) -> Result<Merged, Fault> {
        if let Some(merged) = self.merges.get(&trees) {
            return Ok((*merged).clone());
        }
        let mut merged = tree_merge::merge(&self.objects, trees.map(|tree| tree.0))?;
        met::leave_what_moved(self, trees, &mut merged)?;
        let rows = 1 + merged.conflicts.len() + merged.blended.len() + merged.followed.len();
        self.merges.keep(trees, &Arc::new(merged.clone()), rows);
        Ok(merged)
    }
}

fn unopened(git_dir: &Path, error: &dyn std::fmt::Display) -> Fault {
    if says(git_dir, ("objectformat", "sha256")) {
        return sha256(git_dir);
    }
    Fault::new(
        "repository-unreadable",
        format!("the repository {} cannot be opened: {error}", git_dir.display()),
        "run `git status` there to see what is wrong",
    )
}

/// Whether the configuration of a repository gives an extension a value.
fn says(git_dir: &Path, (extension, wanted): (&str, &str)) -> bool {
    let config = std::fs::read_to_string(git_dir.join("config")).unwrap_or_default().to_ascii_lowercase();
    let mut pairs = config.lines().filter_map(|line| line.split_once('='));
    pairs.any(|(key, value)| key.trim() == extension && value.trim() == wanted)
}

fn reftable(git_dir: &Path) -> Fault {
    Fault::new(
        "repository-unreadable",
        format!("the repository {} keeps its refs in a reftable, which is not supported", git_dir.display()),
        format!("let git keep them in files: `git -C '{}' refs migrate --ref-format=files`", git_dir.display()),
    )
}

fn sha256(git_dir: &Path) -> Fault {
    Fault::new(
        "sha256-repository",
        format!("the repository {} names objects by SHA-256, which is not supported", git_dir.display()),
        "use a repository made with `git init --object-format=sha1`",
    )
}

impl Content for GitRepo {
    fn merge(&self, merge: Merge<'_>) -> Result<Merged, Fault> {
        match merge.scope {
            Some(scope) => self.merge_scoped(merge, scope),
            None => self.merge_whole([merge.base, merge.ours, merge.theirs]),
        }
    }

    fn merge_apart(&self, merge: Merge<'_>, nowhere: &PathSet) -> Result<Option<Merged>, Fault> {
        let Some(scope) = merge.scope else { return Ok(None) };
        let delta = self.delta(merge.base, merge.theirs)?;
        let paths = delta.with_other_ends(scope.clone());
        scoped::merge(&self.objects, [merge.base.0, merge.ours.0], (&delta, &delta.changes_at(&paths), nowhere))
    }

    fn delta(&self, before: TreeId, after: TreeId) -> Result<Arc<Delta>, Fault> {
        if let Some(delta) = self.deltas.get(&self.objects, (before, after)) {
            return Ok(delta);
        }
        let changes = self.changes(before, after)?;
        let files = |pick: fn(&PathChange) -> Option<Leaf>| -> Vec<renames::File> {
            let lone = changes.iter().filter(|change| change.before.is_none() || change.after.is_none());
            let file = |change: &PathChange| {
                Some(renames::File { path: Rc::from(change.path.as_bytes()), leaf: pick(change)? })
            };
            let mut files: Vec<_> = lone.filter_map(file).collect();
            // Where files are equally alike the first counts, and a merge comes to what is in folders later.
            files.sort_by_key(|file| file.path.contains(&b'/'));
            files
        };
        let (deleted, added) = (files(|change| change.before), files(|change| change.after));
        let mut renames: Vec<_> = moves::between(&self.objects, &deleted, &added)?
            .into_iter()
            .map(|(from, to)| (RepoPath::new(&deleted[from].path), RepoPath::new(&added[to].path)))
            .collect();
        renames.sort();
        let delta = Arc::new(Delta::new(changes, renames));
        self.deltas.keep(&self.objects, (before, after), &delta);
        Ok(delta)
    }

    fn changes(&self, before: TreeId, after: TreeId) -> Result<Vec<PathChange>, Fault> {
        diff::changes(&self.objects, before.0, after.0)
    }

    fn hunks(&self, before: BlobId, after: BlobId) -> Result<Option<Vec<Hunk>>, Fault> {
        let (before, after) = (self.objects.blob(before)?, self.objects.blob(after)?);
        let hunks = text::hunks(&before, &after);
        Ok(hunks.map(|hunks| hunks.into_iter().map(|hunk| Hunk { old: hunk.old, new: hunk.new }).collect()))
    }

    fn leaf(&self, tree: TreeId, path: &RepoPath) -> Result<Option<Leaf>, Fault> {
        self.objects.leaf(tree.0, path.as_bytes())
    }

    fn leaves(&self, tree: TreeId) -> Result<Vec<(RepoPath, Leaf)>, Fault> {
        let mut leaves = Vec::new();
        self.objects.leaves(tree.0, &[], &mut leaves)?;
        leaves.sort_by(|one, two| one.0.cmp(&two.0));
        Ok(leaves)
    }

    fn attributes(&self, tree: TreeId, path: &RepoPath) -> Result<Attributes, Fault> {
        attributes::of((&self.git, &self.objects), tree.0, path)
    }

    fn edit(&self, tree: TreeId, edits: &[(RepoPath, Option<Leaf>)]) -> Result<TreeId, Fault> {
        let edits = edits
            .iter()
            .map(|(path, leaf)| collect::Edit { path: Rc::from(path.as_bytes()), node: leaf.map(Node::from) })
            .collect();
        overlay::apply(&self.objects, tree.0, edits).map(TreeId)
    }

    fn in_the_way(&self, tree: TreeId, paths: &PathSet) -> Result<Vec<RepoPath>, Fault> {
        way::in_the_way(&self.objects, tree.0, paths)
    }

    fn commit(&self, draft: &CommitDraft) -> Result<CommitId, Fault> {
        commits::make(&self.git, &self.objects, draft)
    }

    fn blob(&self, bytes: &[u8]) -> Result<BlobId, Fault> {
        self.objects.make(gix::objs::Kind::Blob, bytes.to_vec()).map(BlobId)
    }

    fn weave(&self, texts: [Option<BlobId>; 3], how: Weave<'_>) -> Result<Result<BlobId, String>, Fault> {
        by_element::weave((&self.objects, &self.outcomes), texts, how)
    }

    fn remake(&self, remake: Remake<'_>) -> Result<Result<BlobId, String>, Fault> {
        let question = (remake.tree, remake.path.clone(), remake.by.clone());
        if let Some(known) = self.remade.borrow().get(&question) {
            return Ok(known.clone());
        }
        let made = remake::remake(&self.objects, remake)?;
        self.remade.borrow_mut().insert(question, made.clone());
        Ok(made)
    }

    fn soundness(&self, made: BlobId, versions: &[BlobId], how: (Format, &Keys)) -> Result<Soundness, Fault> {
        by_element::soundness((&self.objects, &self.outcomes), how, (made, versions))
    }

    fn forget_tried(&self, more_than: usize) {
        if self.made() > more_than {
            self.drop_unreached(0, &HashSet::new());
        }
    }

    fn lines(&self, text: BlobId) -> Result<Arc<LineCounts>, Fault> {
        self.objects.lines(text)
    }

    fn read(&self, blob: BlobId) -> Result<Vec<u8>, Fault> {
        Ok(self.objects.blob(blob)?.to_vec())
    }
}

impl Repo for GitRepo {
    fn git_dir(&self) -> PathBuf {
        self.git.common_dir().to_owned()
    }

    fn places(&self) -> Vec<PathBuf> {
        let work_tree = self.git.workdir().map(PathBuf::from);
        [self.git_dir()].into_iter().chain(work_tree).collect()
    }

    fn resolve(&self, rev: &str) -> Result<Option<CommitId>, Fault> {
        history::resolve(&self.git, rev)
    }

    fn commit_info(&self, commit: CommitId) -> Result<CommitInfo, Fault> {
        commits::read(&self.objects, commit)
    }

    fn merge_base(&self, one: CommitId, two: CommitId) -> Result<Option<CommitId>, Fault> {
        history::merge_base((&self.git, &self.objects, &self.links), one, two)
    }

    fn range(&self, base: CommitId, tip: CommitId) -> Result<Vec<CommitInfo>, Fault> {
        history::range((&self.git, &self.objects, &self.links), base, tip)
    }

    fn lacked(&self, base: CommitId, tip: CommitId) -> Result<Vec<CommitId>, Fault> {
        history::lacked((&self.git, &self.objects, &self.links), base, tip)
    }

    fn parents(&self, commit: CommitId) -> Result<Vec<CommitId>, Fault> {
        history::parents((&self.git, &self.objects, &self.links), commit)
    }

    fn reaches(&self, tip: CommitId, ancestor: CommitId) -> Result<bool, Fault> {
        history::reaches((&self.git, &self.objects, &self.links), tip, ancestor)
    }

    fn reference(&self, name: &str) -> Result<Option<CommitId>, Fault> {
        refs::read(&self.git, name)
    }

    fn stands_for(&self, name: &str) -> Result<Option<String>, Fault> {
        refs::stands_for(&self.git, name)
    }

    fn references(&self, prefix: &str) -> Result<Vec<(String, CommitId)>, Fault> {
        refs::list(&self.git, prefix)
    }

    fn lacking(&self, trees: &[TreeId]) -> Result<Vec<Lacking>, Fault> {
        lacking::lacking(&self.objects, trees)
    }

    fn store(&self) -> Result<(), Fault> {
        self.merges.forget();
        self.objects.store(&self.git.common_dir().join("objects"))?;
        self.git.objects.reset_object_memory();
        Ok(())
    }

    fn made(&self) -> usize {
        self.objects.fresh.borrow().order.len()
    }

    fn drop_unreached(&self, since: usize, named: &HashSet<Oid>) {
        self.merges.forget();
        self.objects.drop_unreached(since, named);
        let is_there = |blob: &BlobId| self.objects.read(blob.0, gix::objs::Kind::Blob).is_ok();
        self.remade.borrow_mut().retain(|_, made| made.as_ref().map_or(true, is_there));
    }

    fn let_go(&self) {
        self.objects.kept.take().iter().for_each(Mark::take_back);
    }

    fn abandoned(&self) -> Vec<PathBuf> {
        keep::abandoned(self.git.common_dir())
    }

    fn let_go_of(&self, abandoned: &[PathBuf]) {
        keep::let_go_of(abandoned);
    }

    fn is_worn(&self) -> bool {
        is_worn(self.git.objects.store_ref())
    }

    fn forget_unstored(&self) {
        self.merges.forget();
        self.objects.forget();
        self.remade.take();
        // Whoever opens the house next looks whether refs lead there, and lets go of it.
        self.objects.kept.take();
        self.git.objects.reset_object_memory();
    }

    fn move_refs(&self, moves: &[RefMove]) -> Result<bool, Fault> {
        refs::move_all(&self.git, moves, || self.identity())
    }

    fn follow(&self, branch: &str, from: CommitId, to: CommitId) -> Result<Vec<WorkTree>, Fault> {
        worktree::follow(&self.git, branch, (from, to))
    }

    fn beside(&self) -> String {
        attributes::beside(&self.git)
    }

    fn identity(&self) -> Option<(String, String)> {
        self.person.get_or_init(|| commits::identity(&self.git)).clone()
    }

    fn objects_read(&self) -> u64 {
        self.objects.reads.get()
    }

    fn blobs(&self) -> Box<dyn Blobs + '_> {
        Box::new(super::blobs::RepoBlobs::new(&self.git, &self.objects))
    }
}
