//! Files and folders of one name: what settling such a conflict displaces, what stays beside it, and answers that cannot
//! stand beside each other.

use crate::compose::Decision;
use crate::content::folders::is_in;
use crate::content::{Conflict, ConflictKind};
use crate::records::resolution::Resolution;
use crate::words::object::RepoPath;

/// What stays though a file was to go there, with where that was.
pub(super) fn beside(conflict: &Conflict, settled: &Resolution) -> Vec<(RepoPath, RepoPath)> {
    if conflict.kind != ConflictKind::FileFolder {
        return Vec::new();
    }
    let there = conflict.places.theirs.as_ref().unwrap_or(&conflict.path);
    let stays = conflict.places.left.iter().filter(|path| !settled.left.contains(path));
    stays.map(|path| (there.clone(), path.clone())).collect()
}

/// Leaves open again what was settled by putting a file where another one needs a folder: only one of them can stand.
pub(super) fn reopen(decisions: &mut [(Decision, Conflict)]) {
    if decisions.iter().all(|(_, conflict)| conflict.kind != ConflictKind::FileFolder) {
        return;
    }
    let put: Vec<Option<RepoPath>> =
        decisions.iter().map(|(decision, _)| decision.as_ref().ok().and_then(place)).collect();
    for (at, (decision, _)) in decisions.iter_mut().enumerate() {
        let Some(here) = &put[at] else { continue };
        let other = put.iter().flatten().find(|other| is_in(other, here) || is_in(here, other));
        if let Some(other) = other {
            *decision = Err(Some(format!("{here} and {other} cannot both be there: one of them has to give way")));
        }
    }
}

/// Where something is put.
fn place(settled: &Resolution) -> Option<RepoPath> {
    settled.result.map(|_| settled.at.as_ref().unwrap_or(&settled.path).clone())
}
