//! What an update carries: the difference that the change itself made between two of its revisions, without what the
//! newer one was rebased onto (`SPEC L4`).

use crate::compose::Difference;
use crate::compose::unclear::Unclear;
use crate::content::{Content, Delta, Merge, Merged, PathSet, Sides};
use crate::records::change::Revision;
use crate::records::resolution::Resolution;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};
use std::collections::BTreeMap;

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
    let before = content.delta(old.base_tree, old.tip_tree)?;
    let Lost { mut alone, both } = Lost::of(content, (&before, old.base_tree), (new, &merged))?;
    let mut there = on_new_ground(content, (old, new), &both)?;
    let (mut unclear, mut befores, mut afters) = (Vec::new(), Vec::new(), Vec::new());
    // What a person was asked about once, and settled, is composed again as they did. What came of others there was never
    // asked.
    let asked = |path: &RepoPath, before: Option<Leaf>, sides: &Sides| {
        let is_it =
            |one: &Resolution| one.path == *path && one.sides.base == before && one.sides.theirs == sides.theirs;
        resolutions.iter().any(|one| is_it(one) && !one.is_of_the_line())
    };
    let mut put_together = Vec::new();
    let conflicts = merged.conflicts.into_iter().map(|one| (one.path, one.sides, true));
    let blended = merged.blended.iter().map(|one| (one.path.clone(), one.sides, false));
    for (path, sides, is_open) in conflicts.chain(blended) {
        let stood = content.leaf(old.tip_tree, &path)?;
        let one = |path: RepoPath| Unclear {
            onto: [sides.ours, sides.base],
            is_new: before.change(&path).is_none(),
            wanted: sides.theirs,
            path,
        };
        let is_carried = alone.contains(&path) || there.contains_key(&path);
        if asked(&path, stood, &sides) || (is_open || both.contains(&path)) && !is_carried {
            alone.remove(&path);
            there.remove(&path);
            afters.push((path.clone(), stood));
            unclear.push(one(path));
        } else if !is_carried {
            put_together.push(one(path));
        }
    }
    for path in alone {
        there.insert(path.clone(), content.leaf(new.base_tree, &path)?);
    }
    for (path, before) in there {
        afters.push((path.clone(), content.leaf(new.tip_tree, &path)?));
        befores.push((path, before));
    }
    let (base, theirs) = (content.edit(old.tip_tree, &befores)?, content.edit(merged.tree, &afters)?);
    Ok(Difference { base, theirs, unclear, put_together })
}

/// The paths on which the old base cannot take what the new revision does there: another change brought what it edits.
struct Lost {
    /// Those that the new revision alone touches: there it is carried as it was made.
    alone: PathSet,
    /// Those that the old one touches as well.
    both: PathSet,
}

impl Lost {
    /// `before` is what the old one did, from its base on.
    fn of(
        content: &dyn Content,
        (before, ground): (&Delta, TreeId),
        (new, merged): (&Revision, &Merged),
    ) -> Result<Self, Fault> {
        let did = content.delta(new.base_tree, new.tip_tree)?;
        let own = (new.base_tree, new.tip_tree);
        let lost = lost(content, Elsewhere { did: &did, own, ground, merged })?;
        let mut alone = did.with_other_ends(lost);
        if alone.is_empty() {
            return Ok(Self { alone, both: PathSet::new() });
        }
        let of_both = before.changes.iter().map(|change| &change.path).filter(|path| alone.contains(*path));
        let between = content.delta(ground, new.base_tree)?;
        let both = did.with_other_ends(between.with_other_ends(of_both.cloned().collect()));
        for path in &both {
            alone.remove(path);
        }
        Ok(Self { alone, both })
    }
}

/// What the old revision did, put onto the ground of the new one, where that is clear: what the new one does to that is what
/// it does to what others brought.
fn on_new_ground(
    content: &dyn Content,
    (old, new): (&Revision, &Revision),
    paths: &PathSet,
) -> Result<BTreeMap<RepoPath, Option<Leaf>>, Fault> {
    let mut there = BTreeMap::new();
    if paths.is_empty() {
        return Ok(there);
    }
    let (base, ours, theirs) = (old.base_tree, new.base_tree, old.tip_tree);
    let merged = content.merge(Merge { base, ours, theirs, scope: Some(paths) })?;
    let between = content.delta(base, ours)?;
    for path in paths {
        // A file that came or went is a person's to tell apart.
        let name = between.renames_to(path).next().map_or(path, |(before, _)| before);
        let stood = content.leaf(base, name)?.is_some() && content.leaf(theirs, name)?.is_some();
        if stood && content.leaf(ours, path)?.is_some() && !merged.is_open(path) && !merged.is_open(name) {
            for end in [path, name] {
                there.insert(end.clone(), content.leaf(merged.tree, end)?);
            }
        }
    }
    // Where the new one puts such a file, nothing stood.
    for (from, to) in &content.delta(ours, new.tip_tree)?.renames {
        if there.contains_key(from) && paths.contains(to) && !there.contains_key(to) {
            there.insert(to.clone(), content.leaf(merged.tree, to)?);
        }
    }
    Ok(there)
}

/// A difference merged onto another ground than its own.
#[derive(Clone, Copy)]
pub struct Elsewhere<'a> {
    /// What it does.
    pub did: &'a Delta,
    /// Between which trees it lies.
    pub own: (TreeId, TreeId),
    /// The other ground.
    pub ground: TreeId,
    /// What came of it there.
    pub merged: &'a Merged,
}

/// The paths on which it conflicts there, or comes to less than it is.
///
/// # Errors
/// A fault of the content.
pub fn lost(content: &dyn Content, there: Elsewhere<'_>) -> Result<PathSet, Fault> {
    let Elsewhere { did, own: (base, _), ground, merged } = there;
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
    lost.extend(halved(content, there)?);
    Ok(lost)
}

/// The paths on which the other ground took less than all of it: put back onto its own, it is not what it was. A file that has
/// another name there is looked at under both.
fn halved(content: &dyn Content, there: Elsewhere<'_>) -> Result<PathSet, Fault> {
    let Elsewhere { did, own: (base, tip), ground, merged } = there;
    let between = content.delta(ground, base)?;
    let is_both = |path: &&RepoPath| between.change(path).is_some();
    let paths: PathSet = did.changes.iter().map(|one| &one.path).filter(is_both).cloned().collect();
    if paths.is_empty() {
        return Ok(paths);
    }
    let scope = between.with_other_ends(paths.clone());
    let back = content.merge(Merge { base: ground, ours: base, theirs: merged.tree, scope: Some(&scope) })?;
    let mut halved = PathSet::new();
    for path in paths {
        if back.is_open(&path) || content.leaf(back.tree, &path)? != content.leaf(tip, &path)? {
            halved.insert(path);
        }
    }
    Ok(between.with_other_ends(halved))
}
