//! Files that a change moved to where something else stands, and that nobody else touched: they stay where they were until
//! that is settled.

use switchback_core::content::{Conflict, ConflictKind, Content, Merged, PathSet, Sides};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{Leaf, RepoPath, TreeId};

/// Leaves them there. git takes such a file for a mere addition where it came to; so does a merge of trees where the whole
/// folder that it left is taken as the change has it. What the change puts in its old place is in dispute as well then.
pub(super) fn leave_what_moved(content: &dyn Content, trees: [TreeId; 3], merged: &mut Merged) -> Result<(), Fault> {
    let [base, ours, theirs] = trees;
    let (mut stays, mut blocked) = (Vec::new(), Vec::new());
    for conflict in merged.conflicts.iter_mut().filter(|one| is_addition(one)) {
        let did = content.delta(base, theirs)?;
        let Some((from, _)) = did.renames_to(&conflict.path).next().cloned() else { continue };
        let here = content.leaf(ours, &from)?;
        let is_taken = content.leaf(merged.tree, &from)?.is_some();
        let Some(leaf) = here.filter(|_| !is_taken) else { continue };
        for path in content.in_the_way(merged.tree, &PathSet::from([from.clone()]))? {
            stays.push((path.clone(), None));
            blocked.push(in_its_place(content, trees, (path, &from))?);
        }
        match conflict.kind {
            ConflictKind::Rename => conflict.places.left.push(from.clone()),
            ConflictKind::AddAdd => {
                conflict.kind = ConflictKind::Rename;
                conflict.places.left = vec![from.clone()];
            }
            _ => moved(conflict, (&from, content.leaf(base, &from)?, leaf)),
        }
        stays.push((from, here));
    }
    if !stays.is_empty() {
        merged.tree = content.edit(merged.tree, &stays)?;
        merged.conflicts.extend(blocked);
        merged.conflicts.sort_by(|one, two| one.path.cmp(&two.path));
        merged.conflicts.dedup_by(|next, kept| next.path == kept.path);
    }
    Ok(())
}

/// The conflict about what the change put where a file stays.
fn in_its_place(
    content: &dyn Content,
    [base, ours, theirs]: [TreeId; 3],
    (path, stays): (RepoPath, &RepoPath),
) -> Result<Conflict, Fault> {
    let leaf = |tree| content.leaf(tree, &path);
    let sides = Sides { base: leaf(base)?, ours: leaf(ours)?, theirs: leaf(theirs)? };
    let mut conflict = Conflict::new(path.clone(), ConflictKind::FileFolder, sides);
    conflict.places.left = vec![stays.clone()];
    Ok(conflict)
}

/// Whether it is about a file that came to where another one, or a folder, is.
fn is_addition(conflict: &Conflict) -> bool {
    let is_new = conflict.sides.base.is_none() && conflict.sides.ours.is_none() && conflict.places.theirs.is_none();
    let is_elsewhere = conflict.places.theirs.as_ref().is_some_and(|to| *to != conflict.path);
    match conflict.kind {
        ConflictKind::AddAdd => true,
        ConflictKind::FileFolder => is_new,
        // The file in dispute goes elsewhere, and this one would come where that was; or the line moved another one there.
        ConflictKind::Rename => is_elsewhere || conflict.sides.base.is_none() && conflict.places.left.is_empty(),
        _ => false,
    }
}

/// What a file or a folder is in the way of is a file that moves there: only the place is in dispute.
fn moved(conflict: &mut Conflict, (from, base, ours): (&RepoPath, Option<Leaf>, Leaf)) {
    let to = std::mem::replace(&mut conflict.path, from.clone());
    conflict.places.theirs = Some(to);
    if base == Some(ours) {
        (conflict.places.ours_merged, conflict.places.theirs_merged) = (conflict.sides.theirs, conflict.sides.theirs);
    }
    conflict.sides = Sides { base, ours: Some(ours), ..conflict.sides };
}
