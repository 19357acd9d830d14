//! What of the ground that edits were made on they cannot do without (`SPEC C1`, `P11`).

use crate::content::sketch::{Hashes, SketchView};
use crate::content::{Content, Merge, PathSet};
use crate::words::fault::Fault;
use crate::words::names::ChangeKey;
use crate::words::object::TreeId;

/// A change that edits were made on, perhaps.
#[derive(Clone, Debug)]
pub struct Below<'a> {
    /// Which.
    pub change: ChangeKey,
    /// The trees between which what it did lies.
    pub trees: (TreeId, TreeId),
    /// What it touches, roughly, where that is known: most of many are passed over by it.
    pub sketch: Option<SketchView<'a>>,
}

/// The changes among others, oldest first, that the edits between two trees need: without them the edits conflict, or
/// come to nothing. The newest is left away first, so that nobody is named who only lies below.
///
/// # Errors
/// A fault of the content.
pub fn needed(content: &dyn Content, edits: (TreeId, TreeId), others: &[Below<'_>]) -> Result<Vec<ChangeKey>, Fault> {
    let delta = content.delta(edits.0, edits.1)?;
    let own: PathSet = delta.changes.iter().map(|change| change.path.clone()).collect();
    let hashes = Hashes::of(&own);
    let (mut ground, mut needed) = (edits.0, Vec::new());
    let perhaps = |other: &&Below<'_>| other.sketch.is_none_or(|sketch| sketch.may_touch(&hashes));
    for Below { change, trees: (base, tip), .. } in others.iter().rev().filter(perhaps) {
        let touched = content.delta(*base, *tip)?;
        let shared = touched.changes.iter().map(|change| &change.path).filter(|path| own.contains(*path));
        let shared: PathSet = shared.cloned().collect();
        if shared.is_empty() {
            continue;
        }
        let without = content.merge(Merge { base: *tip, ours: ground, theirs: *base, scope: Some(&shared) })?;
        if without.conflicts.is_empty() && stands(content, edits, (without.tree, &shared))? {
            ground = without.tree;
        } else {
            needed.push(change.clone());
        }
    }
    needed.reverse();
    needed.dedup();
    Ok(needed)
}

/// Whether edits of some paths can be made on another ground, and change something there.
fn stands(
    content: &dyn Content,
    (base, theirs): (TreeId, TreeId),
    (ours, paths): (TreeId, &PathSet),
) -> Result<bool, Fault> {
    let merged = content.merge(Merge { base, ours, theirs, scope: Some(paths) })?;
    if !merged.conflicts.is_empty() {
        return Ok(false);
    }
    for path in paths {
        if content.leaf(merged.tree, path)? == content.leaf(ours, path)? {
            return Ok(false);
        }
    }
    Ok(true)
}
