//! What an update carries: the difference that the change itself made between two of its revisions, without what the
//! newer one was rebased onto (`SPEC L4`).

use crate::compose::Difference;
use crate::compose::unclear::Unclear;
use crate::content::{Content, Delta, Merge, Merged, PathSet, Sides};
use crate::records::change::Revision;
use crate::records::resolution::Resolution;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};

/// The difference between two revisions of a change. `resolutions` are what was decided about it before.
///
/// # Errors
/// A fault of the content.
pub(super) fn difference(
    content: &dyn Content,
    (old, new): (&Revision, &Revision),
    resolutions: &[Resolution],
) -> Result<Difference, Fault> {
    if old.base_tree == new.base_tree {
        return Ok(Difference::between(old.tip_tree, new.tip_tree));
    }
    // The new delta on the old base.
    let transplant = Merge { base: new.base_tree, ours: old.base_tree, theirs: new.tip_tree, scope: None };
    let merged = content.merge(transplant)?;
    let mut alone = alone(content, (old, new), &merged)?;
    let (mut unclear, mut befores, mut afters) = (Vec::new(), Vec::new(), Vec::new());
    // What a person was asked about once, and settled, is composed again as they did.
    let asked = |path: &RepoPath, before: Option<Leaf>, sides: &Sides| {
        let is_it =
            |one: &Resolution| one.path == *path && one.sides.base == before && one.sides.theirs == sides.theirs;
        resolutions.iter().any(is_it)
    };
    let mut put_together = Vec::new();
    let conflicts = merged.conflicts.into_iter().map(|one| (one.path, one.sides, true));
    let blended = merged.blended.iter().map(|one| (one.path.clone(), one.sides, false));
    for (path, sides, is_open) in conflicts.chain(blended) {
        let before = content.leaf(old.tip_tree, &path)?;
        if asked(&path, before, &sides) || is_open && !alone.contains(&path) {
            alone.remove(&path);
            afters.push((path.clone(), before));
            unclear.push(Unclear { path, onto: [sides.ours, sides.base], wanted: sides.theirs });
        } else if !is_open {
            put_together.push(Unclear { path, onto: [sides.ours, sides.base], wanted: sides.theirs });
        }
    }
    for path in alone {
        befores.push((path.clone(), content.leaf(new.base_tree, &path)?));
        afters.push((path.clone(), content.leaf(new.tip_tree, &path)?));
    }
    let (base, theirs) = (content.edit(old.tip_tree, &befores)?, content.edit(merged.tree, &afters)?);
    Ok(Difference { base, theirs, unclear, put_together })
}

/// The paths that the new revision alone touches, and on which the old base cannot take what it does there: another
/// change brought what it edits. There it is carried as it was made.
fn alone(content: &dyn Content, (old, new): (&Revision, &Revision), merged: &Merged) -> Result<PathSet, Fault> {
    let did = content.delta(new.base_tree, new.tip_tree)?;
    let mut alone = did.with_other_ends(lost(content, (&did, new.base_tree), (merged, old.base_tree))?);
    if alone.is_empty() {
        return Ok(alone);
    }
    let before = content.delta(old.base_tree, old.tip_tree)?;
    let of_both = before.changes.iter().map(|change| &change.path).filter(|path| alone.contains(*path));
    for path in did.with_other_ends(of_both.cloned().collect()) {
        alone.remove(&path);
    }
    Ok(alone)
}

/// The paths on which a difference, merged onto another ground than its own, conflicts or comes to nothing.
///
/// # Errors
/// A fault of the content.
pub fn lost(
    content: &dyn Content,
    (did, base): (&Delta, TreeId),
    (merged, ground): (&Merged, TreeId),
) -> Result<PathSet, Fault> {
    let mut lost = PathSet::new();
    for path in did.changes.iter().map(|change| &change.path) {
        let conflicts = merged.conflicts.iter().any(|conflict| conflict.path == *path);
        if conflicts || content.leaf(merged.tree, path)? == content.leaf(ground, path)? {
            lost.insert(path.clone());
        }
    }
    if !lost.is_empty() {
        // Where the ground knows a file by another name, what was done to it is not lost.
        for (elsewhere, _) in &content.delta(base, ground)?.renames {
            lost.remove(elsewhere);
        }
    }
    Ok(lost)
}
