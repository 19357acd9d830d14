//! Files that a change moved onto others.

use switchback_core::content::{ConflictKind, Content, Merged, PathSet};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::TreeId;

/// A file that the change moved onto another, and that nobody else touched, stays where it was until that is settled. git
/// takes it for a mere addition there.
pub(super) fn leave_what_moved(
    content: &dyn Content,
    [base, ours, theirs]: [TreeId; 3],
    merged: &mut Merged,
) -> Result<(), Fault> {
    let mut stays = Vec::new();
    for conflict in merged.conflicts.iter_mut().filter(|one| one.kind == ConflictKind::AddAdd) {
        let did = content.delta(base, theirs)?;
        let Some((from, _)) = did.renames_to(&conflict.path).next() else { continue };
        let here = content.leaf(ours, from)?;
        let is_taken = content.leaf(merged.tree, from)?.is_some()
            || !content.in_the_way(merged.tree, &PathSet::from([from.clone()]))?.is_empty();
        if here.is_some() && !is_taken {
            conflict.kind = ConflictKind::Rename;
            conflict.places.left = vec![from.clone()];
            stays.push((from.clone(), here));
        }
    }
    if !stays.is_empty() {
        merged.tree = content.edit(merged.tree, &stays)?;
    }
    Ok(())
}
