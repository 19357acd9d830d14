//! Walks through history. Commits that are not stored yet are walked like any other.

use super::commits;
use super::faults::{failed, missing};
use super::ids::{commit_from_git, commit_to_git, from_git};
use super::objects::Objects;
use std::collections::{HashMap, HashSet};
use switchback_core::ports::repository::CommitInfo;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::CommitId;

/// The commit a name, id or expression means.
pub(super) fn resolve(git: &gix::Repository, rev: &str) -> Result<Option<CommitId>, Fault> {
    let Ok(id) = git.rev_parse_single(rev) else { return Ok(None) };
    let Ok(object) = id.object() else {
        return Err(missing(from_git(&id), git.common_dir()));
    };
    Ok(object.peel_to_commit().ok().map(|commit| commit_from_git(&commit.id)))
}

/// The best common ancestor.
pub(super) fn merge_base(git: &gix::Repository, one: CommitId, two: CommitId) -> Result<Option<CommitId>, Fault> {
    if one == two {
        return Ok(Some(one));
    }
    let bases = git.merge_bases_many(commit_to_git(one), &[commit_to_git(two)]);
    let bases = bases.map_err(|error| failed(git, "looking for a common ancestor", &error))?;
    match bases.first() {
        None if git.common_dir().join("shallow").exists() => Err(cut_off(one, two)),
        found => Ok(found.map(|id| commit_from_git(id))),
    }
}

/// In a shallow clone nobody can say that two commits share no history.
fn cut_off(one: CommitId, two: CommitId) -> Fault {
    let (one, two) = (one.0.short(), two.0.short());
    let message = format!("what {one} and {two} have in common is not in this clone, which is shallow");
    Fault::new("object-missing", message, "run `git fetch --unshallow` in the repository")
}

/// Whether a commit is reachable from another.
pub(super) fn reaches(git: &gix::Repository, tip: CommitId, ancestor: CommitId) -> Result<bool, Fault> {
    Ok(merge_base(git, tip, ancestor)? == Some(ancestor))
}

/// The commits of `tip` that `base` lacks, parents before children.
pub(super) fn range(
    (git, objects): (&gix::Repository, &Objects),
    base: CommitId,
    tip: CommitId,
) -> Result<Vec<CommitInfo>, Fault> {
    let problem = |error: &gix::Error| failed(git, "walking through history", error);
    let walk = git.rev_walk([commit_to_git(tip)]).with_hidden([commit_to_git(base)]);
    let mut found = HashMap::new();
    let mut order = Vec::new();
    for info in walk.all().map_err(|error| problem(&error))? {
        let id = commit_from_git(&info.map_err(|error| problem(&error))?.id);
        found.insert(id, commits::read(objects, id)?);
        order.push(id);
    }
    Ok(parents_first(&order, found))
}

/// Orders commits so that none stands before its parent; first parents come first.
fn parents_first(order: &[CommitId], mut found: HashMap<CommitId, CommitInfo>) -> Vec<CommitInfo> {
    let mut sorted = Vec::with_capacity(order.len());
    let mut seen = HashSet::new();
    for start in order {
        let mut stack = vec![(*start, false)];
        while let Some((id, are_parents_done)) = stack.pop() {
            if are_parents_done {
                sorted.extend(found.remove(&id));
            } else if let Some(info) = found.get(&id).filter(|_| seen.insert(id)) {
                stack.push((id, true));
                stack.extend(info.parents.iter().rev().map(|parent| (*parent, false)));
            }
        }
    }
    sorted
}
