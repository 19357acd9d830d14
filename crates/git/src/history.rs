//! Walks through history. Commits that are not stored yet are walked like any other.

use super::commits;
use super::faults::{failed, missing};
use super::ids::{commit_from_git, commit_to_git, from_git};
use super::links::Links;
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
pub(super) fn merge_base(
    (git, objects, links): (&gix::Repository, &Objects, &Links),
    one: CommitId,
    two: CommitId,
) -> Result<Option<CommitId>, Fault> {
    if one == two {
        return Ok(Some(one));
    }
    match is_cut_off(git) {
        true => shared_by_git(git, one, two),
        false => match links.merge_base(objects, one, two)? {
            // Of several git tells which is best.
            None => shared_by_git(git, one, two),
            found => Ok(found),
        },
    }
}

fn shared_by_git(git: &gix::Repository, one: CommitId, two: CommitId) -> Result<Option<CommitId>, Fault> {
    let bases = git.merge_bases_many(commit_to_git(one), &[commit_to_git(two)]);
    let bases = bases.map_err(|error| failed(git, "looking for a common ancestor", &error))?;
    match bases.first() {
        None if is_cut_off(git) => Err(cut_off(one, two)),
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
pub(super) fn reaches(
    (git, objects, links): (&gix::Repository, &Objects, &Links),
    tip: CommitId,
    ancestor: CommitId,
) -> Result<bool, Fault> {
    match is_cut_off(git) {
        true => Ok(tip == ancestor || shared_by_git(git, tip, ancestor)? == Some(ancestor)),
        false => Ok(tip == ancestor || links.reaches(objects, tip, ancestor)?),
    }
}

/// Whether commits may follow some that are not there.
fn is_cut_off(git: &gix::Repository) -> bool {
    git.common_dir().join("shallow").exists()
}

/// The commits of `tip` that `base` lacks, parents before children.
pub(super) fn range(
    (git, objects, links): (&gix::Repository, &Objects, &Links),
    base: CommitId,
    tip: CommitId,
) -> Result<Vec<CommitInfo>, Fault> {
    let order = lacked((git, objects, links), base, tip)?;
    let mut found = HashMap::with_capacity(order.len());
    for id in &order {
        found.insert(*id, commits::read(objects, *id)?);
    }
    Ok(parents_first(&order, found))
}

/// The same by their ids alone, in no order.
pub(super) fn lacked(
    (git, objects, links): (&gix::Repository, &Objects, &Links),
    base: CommitId,
    tip: CommitId,
) -> Result<Vec<CommitId>, Fault> {
    match is_cut_off(git) {
        true => walk(git, base, tip),
        false => links.range(objects, base, tip),
    }
}

/// What a commit follows.
pub(super) fn parents(
    (git, objects, links): (&gix::Repository, &Objects, &Links),
    commit: CommitId,
) -> Result<Vec<CommitId>, Fault> {
    match is_cut_off(git) {
        true => Ok(commits::read(objects, commit)?.parents),
        false => links.parents(objects, commit),
    }
}

/// The commits that another lacks where history is cut off: git knows where.
fn walk(git: &gix::Repository, base: CommitId, tip: CommitId) -> Result<Vec<CommitId>, Fault> {
    let problem = |error: &gix::Error| failed(git, "walking through history", error);
    let walk = git.rev_walk([commit_to_git(tip)]).with_hidden([commit_to_git(base)]);
    let infos = walk.all().map_err(|error| problem(&error))?;
    infos.map(|info| Ok(commit_from_git(&info.map_err(|error| problem(&error))?.id))).collect()
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
