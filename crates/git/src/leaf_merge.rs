//! Decides what stands at one path after a merge: what one side changed, what both made of a file, or that
//! they disagree. The rules are those of git's merge.

use super::collect::{BASE, OURS, Pending, THEIRS};
use super::objects::Objects;
use super::text::{self, Texts};
use gix::objs::Kind as ObjectKind;
use std::rc::Rc;
use std::sync::Arc;
use switchback_core::content::ConflictKind;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{BlobId, Leaf, Mode};

/// A path to be decided.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) path: Rc<[u8]>,
    /// What is merged, once renames are followed.
    pub(super) stages: [Option<Leaf>; 3],
    /// The stages as the trees have them.
    pub(super) found: [Option<Leaf>; 3],
    /// The item each stage was renamed from.
    pub(super) sources: [Option<usize>; 3],
    /// The renamed items that met another file here.
    pub(super) collided: Vec<usize>,
    /// Where the change has it, when both sides moved it.
    pub(super) theirs_at: Option<usize>,
    /// Where it would go with a folder that one side moved, and which one.
    pub(super) along: Option<(usize, Rc<[u8]>)>,
    /// A conflict that no content can settle.
    pub(super) conflict: Option<ConflictKind>,
    /// Part of a conflict that another item reports.
    pub(super) conflict_elsewhere: bool,
    /// The file left this path; nothing stands here any more.
    pub(super) is_settled: bool,
}

impl Item {
    pub(super) fn new(pending: &Pending) -> Self {
        Self {
            path: Rc::clone(&pending.path),
            stages: pending.stages,
            found: pending.stages,
            sources: [None; 3],
            collided: Vec::new(),
            theirs_at: None,
            along: None,
            conflict: None,
            conflict_elsewhere: false,
            is_settled: false,
        }
    }

    /// A folder whose files went to two places alike, so that nobody can tell where it is now.
    pub(super) fn split_folder(folder: &[u8]) -> Self {
        let mut item = Self::new(&Pending { path: Rc::from(folder), stages: [None; 3] });
        item.conflict = Some(ConflictKind::FolderRename);
        item
    }
}

/// What became of a path: a leaf or nothing, or the sides disagree.
pub(super) type MergedLeaf = Result<Option<Leaf>, ConflictKind>;

/// Decides one item.
pub(super) fn settle(objects: &Objects, item: &Item) -> Result<MergedLeaf, Fault> {
    if item.is_settled {
        return Ok(Ok(None));
    }
    if let Some(kind) = item.conflict {
        return Ok(Err(kind));
    }
    let [base, ours, theirs] = item.stages;
    // A file that came here by a rename is never taken from one side unseen: git says so even where one
    // side left the content alone.
    let came_here = item.sources[BASE].is_some();
    Ok(match (base, ours, theirs) {
        _ if !came_here && (ours == theirs || base == theirs) => Ok(ours),
        _ if !came_here && base == ours => Ok(theirs),
        // Where a file moved onto another, it has in it what was made of it where it was; git loses that where both sides
        // put the same one there, and merging what the two sides have here would lose it as well.
        (_, Some(_), Some(_)) if !item.collided.is_empty() => {
            content(objects, item.stages)?.map(Some).map_err(|_| ConflictKind::Rename)
        }
        (_, Some(_), Some(_)) => content(objects, item.stages)?.map(Some),
        _ => Err(ConflictKind::EditDelete),
    })
}

/// Merges what both sides hold at one path; both must hold something.
pub(super) fn content(objects: &Objects, stages: [Option<Leaf>; 3]) -> Result<Result<Leaf, ConflictKind>, Fault> {
    let (base, Some(ours), Some(theirs)) = (stages[BASE], stages[OURS], stages[THEIRS]) else {
        return Ok(Err(ConflictKind::EditDelete));
    };
    if kind_of(ours) != kind_of(theirs) {
        return Ok(Err(ConflictKind::Mode));
    }
    let mode = match base {
        _ if ours.mode == theirs.mode => ours.mode,
        Some(base) if ours.mode == base.mode => theirs.mode,
        Some(base) if theirs.mode == base.mode => ours.mode,
        _ => return Ok(Err(ConflictKind::Mode)),
    };
    let ancestor = base.filter(|base| kind_of(*base) == kind_of(ours));
    let id = match base.map(|base| base.id) {
        _ if ours.id == theirs.id => Ok(ours.id),
        Some(id) if id == ours.id => Ok(theirs.id),
        Some(id) if id == theirs.id => Ok(ours.id),
        _ => lines(objects, ancestor, [ours, theirs])?,
    };
    Ok(id.map(|id| Leaf { mode, id }))
}

/// The part of a mode that must agree before contents can be merged.
fn kind_of(leaf: Leaf) -> Mode {
    match leaf.mode {
        Mode::Executable => Mode::File,
        mode => mode,
    }
}

fn lines(objects: &Objects, base: Option<Leaf>, sides: [Leaf; 2]) -> Result<Result<BlobId, ConflictKind>, Fault> {
    match kind_of(sides[0]) {
        Mode::Submodule => return Ok(Err(ConflictKind::Submodule)),
        Mode::Symlink => return Ok(Err(ConflictKind::Content)),
        Mode::File | Mode::Executable => {}
    }
    let ancestor = match base {
        Some(base) => objects.blob(base.id)?,
        None => Arc::from([]),
    };
    let (ours, theirs) = (objects.blob(sides[0].id)?, objects.blob(sides[1].id)?);
    if [&ancestor, &ours, &theirs].into_iter().any(|bytes| text::is_binary(bytes)) {
        return Ok(Err(ConflictKind::Binary));
    }
    match text::merge(Texts { base: &ancestor, ours: &ours, theirs: &theirs }) {
        Some(bytes) => objects.make(ObjectKind::Blob, bytes).map(|id| Ok(BlobId(id))),
        None if base.is_none() => Ok(Err(ConflictKind::AddAdd)),
        None => Ok(Err(ConflictKind::Content)),
    }
}
