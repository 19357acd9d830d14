//! Objects: read from the repository, made in memory, found by id either way. Trees are kept as raw
//! bytes in a bounded cache. Knows nothing of packs beyond what an object needs to become part of one.

use super::faults::{missing, too_deep, unreadable};
use super::ids::{IdMap, from_git, to_git};
use super::kept::Kept;
use super::similar::Pieces;
use super::tree::{self, Node, Spliced};
use gix::objs::Kind as ObjectKind;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use switchback_core::content::lines::LineCounts;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{BlobId, Leaf, Oid, RepoPath, TreeId};
use switchback_machine::mark::Mark;

/// How deep folders may lie in one another. Deeper ones are not entered: walks go down once for each, and neither the
/// stack nor the handles that stay open in an area's folders may run out on the way.
const DEEPEST: usize = 256;

/// A tree of so many bytes is searched by where its entries begin.
const LARGE_TREE: usize = 1024;

/// How many bytes of trees are kept before the cache is emptied.
const CACHE_BYTES: usize = 24 << 20;

/// How many bytes of blobs are kept.
const BLOB_BYTES: usize = 8 << 20;

/// Of how many blobs it is remembered what they are compared by.
const PIECES_KEPT: usize = 32_768;

/// How many places of entries are kept.
const PLACES_KEPT: usize = 1 << 19;

/// How many lines of texts are kept.
const LINES_KEPT: usize = 1 << 19;

/// So many ways down to folders are remembered.
const WAYS_KEPT: usize = 4;

/// Where a folder of a tree lies, if there is one.
struct Way {
    tree: Oid,
    path: Box<[u8]>,
    folder: Option<Oid>,
}

/// An object that was made here.
pub(super) struct Made {
    pub(super) kind: ObjectKind,
    pub(super) bytes: Arc<[u8]>,
    /// The predecessor of a tree, and how to make the tree from it.
    pub(super) delta: Option<(Oid, Vec<u8>)>,
}

/// Trees that were read, by id, forgotten all at once when they grow too many. What was made here is kept as that alone: it
/// comes and goes by the thousand when moves are tried out, and must not push out what is read again each time.
#[derive(Default)]
struct Trees {
    by_id: IdMap<Arc<[u8]>>,
    bytes: usize,
}

impl Trees {
    fn keep(&mut self, id: Oid, bytes: &Arc<[u8]>) {
        if self.bytes + bytes.len() > CACHE_BYTES {
            self.by_id.clear();
            self.bytes = 0;
        }
        self.bytes += bytes.len();
        self.by_id.insert(id, Arc::clone(bytes));
    }
}

/// Objects made since the last store, oldest first.
#[derive(Default)]
pub(super) struct Fresh {
    pub(super) by_id: IdMap<Made>,
    pub(super) order: Vec<Oid>,
}

/// Every object of a repository, and those that are not in it yet.
pub(super) struct Objects {
    odb: gix::OdbHandle,
    pub(super) common_dir: PathBuf,
    trees: RefCell<Trees>,
    /// Where the entries of large trees begin, once one was looked for.
    places: Kept<Option<Box<[u32]>>>,
    /// Where folders lie that were gone down to last.
    ways: RefCell<VecDeque<Way>>,
    buffer: RefCell<Vec<u8>>,
    blobs: Kept<[u8]>,
    pieces: Kept<Pieces>,
    lines: Kept<LineCounts>,
    /// How many objects were read from the repository.
    pub(super) reads: Cell<u64>,
    pub(super) fresh: RefCell<Fresh>,
    /// What keeps the packs that were stored from git, until refs lead into them.
    pub(super) kept: RefCell<Vec<Mark>>,
}

impl Objects {
    pub(super) fn new(odb: gix::OdbHandle, common_dir: PathBuf) -> Self {
        let (trees, ways, buffer) = (RefCell::default(), RefCell::default(), RefCell::default());
        Self {
            odb,
            common_dir,
            trees,
            places: Kept::up_to(PLACES_KEPT),
            ways,
            buffer,
            blobs: Kept::up_to(BLOB_BYTES),
            pieces: Kept::up_to(PIECES_KEPT),
            lines: Kept::up_to(LINES_KEPT),
            reads: Cell::new(0),
            fresh: RefCell::default(),
            kept: RefCell::default(),
        }
    }

    /// Forgets what was made here and is not stored.
    pub(super) fn forget(&self) {
        self.fresh.take();
    }

    /// The repository's own database, without what was made here.
    pub(super) fn odb(&self) -> &gix::OdbHandle {
        &self.odb
    }

    /// The raw bytes of a tree.
    pub(super) fn tree(&self, id: Oid) -> Result<Arc<[u8]>, Fault> {
        if id == TreeId::EMPTY.0 {
            return Ok(Arc::from([]));
        }
        if let Some(bytes) = self.trees.borrow().by_id.get(&id) {
            return Ok(Arc::clone(bytes));
        }
        if let Some(bytes) = self.made(id, ObjectKind::Tree) {
            return Ok(bytes);
        }
        let bytes = self.stored(id, ObjectKind::Tree)?;
        self.trees.borrow_mut().keep(id, &bytes);
        Ok(bytes)
    }

    /// The same for the folder at a path, as everything reads that goes down from folder to folder. Faults: `too-deep`.
    pub(super) fn folder(&self, id: Oid, path: &[u8]) -> Result<Arc<[u8]>, Fault> {
        if path.iter().filter(|byte| **byte == b'/').count() >= DEEPEST { Err(too_deep(path)) } else { self.tree(id) }
    }

    /// What a tree has under a name, folder or leaf.
    pub(super) fn find(&self, tree: Oid, name: &[u8]) -> Result<Option<Node>, Fault> {
        let bytes = self.tree(tree)?;
        if bytes.len() < LARGE_TREE {
            return Ok(tree::find(&bytes, name));
        }
        let places = self.places.get(&tree).unwrap_or_else(|| {
            let places = Arc::new(tree::places(&bytes));
            self.places.keep(tree, &places, places.as_ref().as_ref().map_or(0, |places| places.len()) + 1);
            places
        });
        Ok(match &*places {
            Some(places) => tree::find_at(&bytes, places, name),
            None => tree::find(&bytes, name),
        })
    }

    /// The bytes of an object that must be of a kind.
    pub(super) fn read(&self, id: Oid, kind: ObjectKind) -> Result<Arc<[u8]>, Fault> {
        self.made(id, kind).map_or_else(|| self.stored(id, kind), Ok)
    }

    /// The bytes of an object that was made here and is not stored.
    fn made(&self, id: Oid, kind: ObjectKind) -> Option<Arc<[u8]>> {
        let fresh = self.fresh.borrow();
        fresh.by_id.get(&id).filter(|made| made.kind == kind).map(|made| Arc::clone(&made.bytes))
    }

    /// The bytes of an object of the repository.
    fn stored(&self, id: Oid, kind: ObjectKind) -> Result<Arc<[u8]>, Fault> {
        self.reads.set(self.reads.get() + 1);
        let mut buffer = self.buffer.borrow_mut();
        let found = gix::objs::Find::try_find(&self.odb, &to_git(id), &mut buffer);
        match found.map_err(|error| unreadable(id, &error))? {
            Some(data) if data.kind == kind => Ok(Arc::from(data.data)),
            Some(data) => Err(Fault::new(
                "object-wrong-kind",
                format!("object {id} is a {}, but a {kind} was expected", data.kind),
                "check the id, or run `git fsck` in the repository",
            )),
            None => Err(missing(id, &self.common_dir)),
        }
    }

    /// Makes an object, unless one of its id was made or read before.
    pub(super) fn make(&self, kind: ObjectKind, bytes: Vec<u8>) -> Result<Oid, Fault> {
        self.add(kind, Spliced { bytes, delta: None }, None)
    }

    fn add(&self, kind: ObjectKind, spliced: Spliced, base: Option<Oid>) -> Result<Oid, Fault> {
        let hash = gix::objs::compute_hash(gix::hash::Kind::Sha1, kind, &spliced.bytes);
        let id = from_git(&hash.map_err(|error| {
            Fault::new("object-unhashable", format!("a {kind} could not be named: {error}"), "report this content")
        })?);
        let mut fresh = self.fresh.borrow_mut();
        let known = kind == ObjectKind::Tree && self.trees.borrow().by_id.contains_key(&id);
        if !known && !fresh.by_id.contains_key(&id) {
            let bytes: Arc<[u8]> = Arc::from(spliced.bytes);
            fresh.by_id.insert(id, Made { kind, bytes, delta: base.zip(spliced.delta) });
            fresh.order.push(id);
        }
        Ok(id)
    }

    /// The tree with some names changed; `None` when nothing is left in it.
    pub(super) fn splice(&self, tree: Option<Oid>, changes: &[tree::Change<'_>]) -> Result<Option<Oid>, Fault> {
        let old = self.tree(tree.unwrap_or(TreeId::EMPTY.0))?;
        let spliced = tree::splice(&old, changes);
        if spliced.bytes.is_empty() {
            return Ok(None);
        }
        self.add(ObjectKind::Tree, spliced, tree).map(Some)
    }

    /// What stands at a path, folder or leaf.
    pub(super) fn node(&self, tree: Oid, path: &[u8]) -> Result<Option<Node>, Fault> {
        let Some(slash) = path.iter().rposition(|byte| *byte == b'/') else { return self.find(tree, path) };
        match self.folder_at(tree, &path[..slash])? {
            Some(folder) => self.find(folder, &path[slash + 1..]),
            None => Ok(None),
        }
    }

    /// The folder at a path. Paths are asked for in order, and many of them lie in one folder.
    fn folder_at(&self, tree: Oid, path: &[u8]) -> Result<Option<Oid>, Fault> {
        let is_it = |way: &&Way| way.tree == tree && *way.path == *path;
        if let Some(way) = self.ways.borrow().iter().find(is_it) {
            return Ok(way.folder);
        }
        let mut folder = Some(tree);
        for name in path.split(|byte| *byte == b'/') {
            let Some(above) = folder else { break };
            let below = self.find(above, name)?.filter(|node| node.kind == tree::Kind::Folder);
            folder = below.map(|node| node.id);
        }
        let mut ways = self.ways.borrow_mut();
        ways.truncate(WAYS_KEPT - 1);
        ways.push_front(Way { tree, path: Box::from(path), folder });
        Ok(folder)
    }

    /// The leaf at a path.
    pub(super) fn leaf(&self, tree: Oid, path: &[u8]) -> Result<Option<Leaf>, Fault> {
        Ok(self.node(tree, path)?.and_then(Node::leaf))
    }

    /// Adds every leaf below a tree, with its path.
    pub(super) fn leaves(&self, tree: Oid, prefix: &[u8], found: &mut Vec<(RepoPath, Leaf)>) -> Result<(), Fault> {
        for entry in tree::entries(&self.folder(tree, prefix)?) {
            let path = join(prefix, entry.name);
            match entry.node.leaf() {
                Some(leaf) => found.push((RepoPath::new(path), leaf)),
                None => self.leaves(entry.node.id, &path, found)?,
            }
        }
        Ok(())
    }

    /// What a blob is compared by when renames are looked for. It is asked for again with every merge near a rename.
    pub(super) fn pieces(&self, id: BlobId) -> Result<Arc<Pieces>, Fault> {
        if let Some(pieces) = self.pieces.get(&id.0) {
            return Ok(pieces);
        }
        let made = Arc::new(Pieces::of(&self.blob(id)?));
        self.pieces.keep(id.0, &made, 1);
        Ok(made)
    }

    /// Which lines a text holds.
    pub(super) fn lines(&self, id: BlobId) -> Result<Arc<LineCounts>, Fault> {
        if let Some(lines) = self.lines.get(&id.0) {
            return Ok(lines);
        }
        let made = Arc::new(LineCounts::of(&self.blob(id)?));
        self.lines.keep(id.0, &made, made.len() + 1);
        Ok(made)
    }

    /// The bytes of a blob. Merges read the same few again and again.
    pub(super) fn blob(&self, id: BlobId) -> Result<Arc<[u8]>, Fault> {
        if let Some(bytes) = self.blobs.get(&id.0) {
            return Ok(bytes);
        }
        if let Some(bytes) = self.made(id.0, ObjectKind::Blob) {
            return Ok(bytes);
        }
        let bytes = self.stored(id.0, ObjectKind::Blob)?;
        if bytes.len() <= BLOB_BYTES / 8 {
            self.blobs.keep(id.0, &bytes, bytes.len() + 1);
        }
        Ok(bytes)
    }
}

/// A name inside a folder; the root has no name.
pub(super) fn join(folder: &[u8], name: &[u8]) -> Vec<u8> {
    let mut path = Vec::with_capacity(folder.len() + 1 + name.len());
    path.extend_from_slice(folder);
    if !folder.is_empty() {
        path.push(b'/');
    }
    path.extend_from_slice(name);
    path
}
