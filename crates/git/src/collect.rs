//! Walks three trees side by side and collects the paths that need a decision. Folders that are equal
//! are skipped, folders only one side changed are taken whole, unless a rename could lead into them:
//! the conditions are those of git's own merge, or the results would not be git's. Decides nothing.

use super::objects::{Objects, join};
use super::tree::{self, Entry, Kind, Node};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Leaf, Oid};

/// The base is stage 0, the line 1, the change 2.
pub(super) const BASE: usize = 0;
pub(super) const OURS: usize = 1;
pub(super) const THEIRS: usize = 2;

/// A set of stages, one bit each.
type Mask = u8;

/// A folder on the three sides, where it is there.
type Folders = [Option<Oid>; 3];

/// A path that at least one side changed, and that no rule settled on the way.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) path: Rc<[u8]>,
    pub(super) stages: [Option<Leaf>; 3],
}

/// Why a rename of a deleted file would matter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Relevance {
    /// The other side changed the file.
    Content,
    /// The other side added to the file's folder.
    Location,
}

/// Why it matters where a removed folder went.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Removed {
    /// It does not.
    Irrelevant,
    /// For a folder above.
    ForAncestor,
    /// Because the other side added a file to it.
    ForItself,
}

/// What one side deleted and added, in the order of the walk.
#[derive(Default, Debug)]
pub(super) struct SideChanges {
    /// Indices of pending paths.
    pub(super) deleted: Vec<usize>,
    /// Indices of pending paths.
    pub(super) added: Vec<usize>,
    /// Deleted paths whose rename would matter.
    pub(super) relevant: HashMap<Rc<[u8]>, Relevance>,
    /// Folders that are gone on this side.
    pub(super) removed: HashMap<Rc<[u8]>, Removed>,
    /// Folders that only this side changed, made or removed, and what was watched for there.
    deferred: Vec<(Rc<[u8]>, Folders, Mask)>,
}

impl SideChanges {
    /// Whether renames on this side can change the outcome.
    pub(super) fn renames_matter(&self) -> bool {
        !self.relevant.is_empty()
    }
}

/// A path of our tree to be replaced.
#[derive(Clone, Debug)]
pub(super) struct Edit {
    pub(super) path: Rc<[u8]>,
    pub(super) node: Option<Node>,
}

/// The outcome of the walk.
#[derive(Default)]
pub(super) struct Collected {
    pub(super) pending: Vec<Pending>,
    /// What is settled already and differs from our tree.
    pub(super) edits: Vec<Edit>,
    /// The changes of our side and of theirs.
    pub(super) sides: [SideChanges; 2],
    /// Whether a folder that only the change touched was taken as it has it.
    pub(super) takes_folders: bool,
}

/// How far three trees are walked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Reach {
    /// Where only one side changed a folder, it is not entered unless a rename could lead there.
    AsNeeded,
    /// Into every folder that is not the same.
    Everywhere,
}

/// Walks three trees.
pub(super) fn collect(objects: &Objects, trees: [Oid; 3], reach: Reach) -> Result<Collected, Fault> {
    let mut walk = Walk { objects, found: Collected::default(), defers: true };
    walk.folder(&[], trees.map(Some), 0)?;
    walk.defers = false;
    for side in 0..2 {
        let deferred = std::mem::take(&mut walk.found.sides[side].deferred);
        for (path, ids, watch) in deferred {
            let is_everywhere = ids.iter().all(Option::is_some);
            if reach == Reach::Everywhere || walk.found.sides[side].renames_matter() || !is_everywhere {
                walk.folder(&path, ids, watch)?;
            } else if side + 1 == THEIRS {
                walk.found.takes_folders = true;
                walk.found.edits.push(Edit { path, node: ids[THEIRS].map(Node::folder) });
            }
        }
    }
    Ok(walk.found)
}

struct Walk<'a> {
    objects: &'a Objects,
    found: Collected,
    /// Whether folders that only one side changed are put off until it is known if renames matter.
    defers: bool,
}

/// What stands at one name on the three sides; all are folders or all are leaves.
#[derive(Clone, Copy)]
struct NameRow<'a> {
    name: &'a [u8],
    kind: Kind,
    nodes: [Option<Node>; 3],
}

impl NameRow<'_> {
    fn present(&self) -> Mask {
        (0..3).filter(|stage| self.nodes[*stage].is_some()).fold(0, |mask, stage| mask | 1 << stage)
    }

    /// The stages that hold the same thing, none if all differ.
    fn matching(&self) -> Mask {
        let same = |one: usize, two: usize| self.nodes[one].is_some() && self.nodes[one] == self.nodes[two];
        match (same(BASE, OURS), same(BASE, THEIRS)) {
            (true, true) => 7,
            (true, false) => 3,
            (false, true) => 5,
            (false, false) if same(OURS, THEIRS) => 6,
            (false, false) => 0,
        }
    }
}

impl Walk<'_> {
    fn raw(&self, path: &[u8], ids: Folders) -> Result<[Arc<[u8]>; 3], Fault> {
        let read = |stage: usize| match ids[stage] {
            Some(id) => self.objects.folder(id, path),
            None => Ok(Arc::from([])),
        };
        Ok([read(BASE)?, read(OURS)?, read(THEIRS)?])
    }

    /// `watch` says on which side a folder above was kept while the other removed it: 0 for none, the mask
    /// of the side that kept it, or 7 once that side is known to have added a file there.
    fn folder(&mut self, path: &[u8], ids: Folders, watch: Mask) -> Result<(), Fault> {
        let raw = self.raw(path, ids)?;
        let raw = [&*raw[0], &*raw[1], &*raw[2]];
        let mut watch = watch;
        if watch == 2 || watch == 4 {
            for_each_row(raw, |row| {
                if row.kind != Kind::Folder && row.present() == watch {
                    watch = 7;
                }
                Ok(())
            })?;
        }
        let folder: Rc<[u8]> = Rc::from(path);
        for_each_row(raw, |row| {
            if row.matching() == 7 {
                return Ok(());
            }
            let inner: Rc<[u8]> = Rc::from(join(path, row.name));
            match row.kind {
                Kind::Folder => self.subfolder(&inner, row, watch),
                Kind::Leaf(_) => {
                    self.leaf(&folder, &inner, row, watch);
                    Ok(())
                }
            }
        })
    }

    fn subfolder(&mut self, path: &Rc<[u8]>, row: NameRow<'_>, watch: Mask) -> Result<(), Fault> {
        let present = row.present();
        let watch = if watch != 7 && (present == 3 || present == 5) { present & !1 } else { watch };
        if matches!(present, 1 | 3 | 5) {
            let absent = (7 - present) / 2;
            let relevance = if watch == 7 { Removed::ForAncestor } else { Removed::Irrelevant };
            for side in (0..2).filter(|side| absent & (1 << side) != 0) {
                self.found.sides[side].removed.insert(Rc::clone(path), relevance);
            }
        }
        let ids = row.nodes.map(|node| node.map(|node| node.id));
        // What is put off comes last, and where files are equally alike, git takes the first: so the order counts.
        let side = match (row.matching(), present) {
            _ if !self.defers || watch == 7 => None,
            (3, _) | (_, 4) => Some(1),
            (5, _) | (_, 2) => Some(0),
            _ => None,
        };
        match side {
            Some(side) => self.found.sides[side].deferred.push((Rc::clone(path), ids, watch)),
            None => self.folder(path, ids, watch)?,
        }
        Ok(())
    }

    fn leaf(&mut self, folder: &Rc<[u8]>, path: &Rc<[u8]>, row: NameRow<'_>, watch: Mask) {
        let (present, matching) = (row.present(), row.matching());
        if present == 7 && matching != 0 {
            if matching == 3 {
                self.found.edits.push(Edit { path: Rc::clone(path), node: row.nodes[THEIRS] });
            }
            return;
        }
        if watch == 7 && (present == 2 || present == 4) {
            let side = usize::from(2 - (present >> 1));
            self.found.sides[side].removed.insert(Rc::clone(folder), Removed::ForItself);
        }
        let index = self.found.pending.len();
        let stages = row.nodes.map(|node| node.and_then(Node::leaf));
        self.found.pending.push(Pending { path: Rc::clone(path), stages });
        if present == 7 {
            return;
        }
        for (side, changes) in self.found.sides.iter_mut().enumerate() {
            let here = row.nodes[side + 1].is_some();
            match (row.nodes[BASE].is_some(), here) {
                (true, false) => {
                    changes.deleted.push(index);
                    if matching == 0 {
                        changes.relevant.insert(Rc::clone(path), Relevance::Content);
                    } else if watch == 7 {
                        changes.relevant.insert(Rc::clone(path), Relevance::Location);
                    }
                }
                (false, true) => changes.added.push(index),
                _ => {}
            }
        }
    }
}

/// Calls `see` for every name in any of three trees, in order. A file and a folder of one name are two rows.
fn for_each_row<'a>(raw: [&'a [u8]; 3], mut see: impl FnMut(NameRow<'a>) -> Result<(), Fault>) -> Result<(), Fault> {
    let mut rest = raw;
    loop {
        skip_equal(&mut rest);
        let heads: [Option<Entry<'a>>; 3] = rest.map(tree::first);
        let Some(least) =
            heads.iter().flatten().min_by(|one, two| tree::order((one.name, one.node.kind), (two.name, two.node.kind)))
        else {
            return Ok(());
        };
        let (name, kind) = (least.name, least.node.kind);
        let is_folder = kind == Kind::Folder;
        let nodes = [BASE, OURS, THEIRS].map(|stage| {
            let entry =
                heads[stage].filter(|entry| entry.name == name && (entry.node.kind == Kind::Folder) == is_folder)?;
            rest[stage] = &rest[stage][entry.len..];
            Some(entry.node)
        });
        see(NameRow { name, kind, nodes })?;
    }
}

/// Moves past the entries in which all three agree byte for byte.
fn skip_equal(rest: &mut [&[u8]; 3]) {
    while let Some(entry) = tree::first(rest[BASE]) {
        let bytes = &rest[BASE][..entry.len];
        if !rest[OURS].starts_with(bytes) || !rest[THEIRS].starts_with(bytes) {
            return;
        }
        rest.iter_mut().for_each(|rest| *rest = &rest[entry.len..]);
    }
}
