//! Files and folders of one name: what settling such a conflict displaces, what stays beside it, and answers that cannot
//! stand beside each other.

use crate::compose::Decision;
use crate::content::folders::is_in;
use crate::content::{Conflict, ConflictKind};
use crate::records::resolution::Resolution;
use crate::words::object::RepoPath;

/// What stays though a file was to go there, or it was to go there itself; with where that was.
pub(super) fn beside(conflict: &Conflict, settled: &Resolution) -> Vec<(RepoPath, RepoPath)> {
    if conflict.kind != ConflictKind::FileFolder && !conflict.dispute().is_met() {
        return Vec::new();
    }
    let there = conflict.places.theirs.as_ref().unwrap_or(&conflict.path);
    let stays = conflict.places.left.iter().filter(|path| !settled.left.contains(path));
    stays.map(|path| (there.clone(), path.clone())).collect()
}

/// Leaves open again what was settled by putting a file where another one needs a folder, for only one of them can stand; and
/// what was settled by taking away, with nobody asked, what gives way to no other.
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
    let kept: Vec<(RepoPath, RepoPath)> = decisions.iter().flat_map(kept).collect();
    for (decision, conflict) in decisions {
        let goes = decision.as_ref().is_ok_and(|settled| settled.result.is_none() && settled.by.is_automatic());
        if let Some((_, other)) = kept.iter().find(|(path, _)| goes && *path == conflict.path) {
            *decision = Err(Some(format!("it need not give way to {other}, which is asked about as well")));
        }
    }
}

/// What gives way to no file or folder of that name as long as nobody decides so, each with that.
fn kept((decision, conflict): &(Decision, Conflict)) -> Vec<(RepoPath, RepoPath)> {
    if conflict.kind != ConflictKind::FileFolder {
        return Vec::new();
    }
    let gone = decision.as_ref().map_or(&[][..], |settled| &settled.left[..]);
    let kept = conflict.places.left.iter().filter(|path| !gone.contains(path));
    kept.map(|path| (path.clone(), conflict.path.clone())).collect()
}

/// Where something is put.
fn place(settled: &Resolution) -> Option<RepoPath> {
    settled.result.map(|_| settled.at.as_ref().unwrap_or(&settled.path).clone())
}
