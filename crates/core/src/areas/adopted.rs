//! Which changes an area holds once what stands at its place was taken as it is (`SPEC A15`): a refreshed sandbox has
//! lost some, and may have others.

use crate::content::{Content, Merge};
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::pipeline::area::Area;
use crate::records::change::Change;
use crate::records::receipt::ChangeIx;
use crate::records::version::{Holding, Version, VersionChange, VersionKind};
use crate::words::fault::Fault;
use crate::words::names::RevisionNo;
use crate::words::object::{Leaf, PathChange, RepoPath, TreeId};
use std::collections::BTreeSet;

/// The changes that come or go with it, told by content alone: one is gone where every file it touches stands as before
/// it, and there where each stands as it left them. What can be told neither way stays as it was.
///
/// # Errors
/// A fault of the content.
pub fn moved(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    area: &Area,
    wanted: TreeId,
) -> Result<Vec<VersionChange>, Fault> {
    let state = snapshot.state;
    let Some(line) = state.lines.get(&area.stage) else { return Ok(Vec::new()) };
    let held = state.area(&area.name);
    let taken = Taken { content, area, wanted };
    let stands = |ix: ChangeIx, number, side: Side| taken.stands(state.at(ix), number, side);
    let mut moved = Vec::new();
    for (change, holding) in &held.held {
        if stands(*change, holding.revision, |file| file.before)? {
            moved.push(VersionChange { change: *change, after: None, before: Some(holding.clone()) });
        }
    }
    for change in line.receipts.iter() {
        let Some(revision) = line.receipts.revision(change) else { continue };
        let before = held.holding(change).cloned();
        let is_held = before.as_ref().is_some_and(|before| before.revision == revision);
        if !is_held && stands(change, revision, |file| file.after)? {
            let items = line.items_of(change).cloned().collect();
            let after = Some(Holding { revision, since: held.next_number(), items });
            moved.retain(|other| other.change != change);
            moved.push(VersionChange { change, after, before });
        }
    }
    Ok(moved)
}

/// Those of some paths, under the area's names, at which an edit is lost that was taken in when what stood there was taken, each
/// with what it shall hold. An edit is what neither the version before nor the stage has, and no change that came or went with
/// it; it is lost where it stands there by now, and neither what shall be there nor any other of them has it.
///
/// # Errors
/// A fault of the content.
pub fn lost_edits(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    area: &Area,
    shall: &[(RepoPath, Option<Leaf>)],
) -> Result<BTreeSet<RepoPath>, Fault> {
    let (state, mut lost) = (snapshot.state, BTreeSet::new());
    let versions = &state.area(&area.name).versions;
    let is_adopted = |version: &Version| version.kind == VersionKind::Adopt;
    let (Some(current), Some(line)) = (versions.last(), state.lines.get(&area.stage)) else { return Ok(lost) };
    if !versions.iter().any(is_adopted) {
        return Ok(lost);
    }
    let projected = |tree| area.filter.project(content, tree);
    let known = [projected(line.tree)?, projected(line.base_tree)?];
    for (at, version) in versions.iter().enumerate().filter(|(_, version)| is_adopted(version)) {
        let before = at.checked_sub(1).and_then(|at| versions.get(at));
        let stood = before.map_or(TreeId::EMPTY, |before| before.tree);
        let before = before.map_or(Ok(TreeId::EMPTY), |before| projected(before.wanted))?;
        let moved = named(state, content, (area, version))?;
        for (path, will) in shall.iter().filter(|(path, _)| !moved.contains(path)) {
            let leaf = |tree| content.leaf(tree, path);
            let (began, made, stands) = (leaf(before)?, leaf(version.tree)?, leaf(current.tree)?);
            // By another filter it stood as it was put; what was left alone by a version before is an edit.
            let was_put =
                began.is_none() && made == leaf(stood)? && !versions.iter().any(|one| one.kept.contains(path));
            let is_known = made == began || made == leaf(known[0])? || made == leaf(known[1])?;
            let has = |leaf: &Option<Leaf>| holds(content, path, [began, *leaf, made]);
            if made.is_none() || is_known || was_put || !has(&stands)? || has(will)? {
                continue;
            }
            let mut others =
                shall.iter().filter(|(other, _)| will.is_none() && other != path).map(|(_, leaf)| has(leaf));
            if !others.try_fold(false, |found, has| Ok::<_, Fault>(found || has?))? {
                lost.insert(path.clone());
            }
        }
    }
    Ok(lost)
}

/// Whether a file has an edit, from what it was to what it became.
fn holds(content: &dyn Content, path: &RepoPath, [began, here, made]: [Option<Leaf>; 3]) -> Result<bool, Fault> {
    if here.is_none() || here == made {
        return Ok(here == made);
    }
    let tree = |leaf| content.edit(TreeId::EMPTY, &[(path.clone(), leaf)]);
    let (base, ours, theirs) = (tree(began)?, tree(here)?, tree(made)?);
    let merged = content.merge(Merge { base, ours, theirs, scope: None })?;
    Ok(merged.conflicts.is_empty() && merged.tree == ours)
}

/// What the changes touch that came or went with a version, under the area's names.
fn named(
    state: &State,
    content: &dyn Content,
    (area, version): (&Area, &Version),
) -> Result<BTreeSet<RepoPath>, Fault> {
    let mut named = BTreeSet::new();
    for moved in &version.changes {
        let Some(holding) = moved.after.as_ref().or(moved.before.as_ref()) else { continue };
        let Some(revision) = state.at(moved.change).revision(holding.revision) else { continue };
        let delta = content.delta(revision.base_tree, revision.tip_tree)?;
        named.extend(delta.changes.iter().filter_map(|one| area.filter.map(&one.path)));
    }
    Ok(named)
}

/// What a file was before a change, or after it.
type Side = fn(&PathChange) -> Option<Leaf>;

/// What was taken as it stands.
struct Taken<'a> {
    content: &'a dyn Content,
    area: &'a Area,
    wanted: TreeId,
}

impl Taken<'_> {
    /// Whether every file of a change that the area gets stands as on one side of it; not where there is none.
    fn stands(&self, change: &Change, number: RevisionNo, side: Side) -> Result<bool, Fault> {
        let Some(revision) = change.revision(number) else { return Ok(false) };
        let delta = self.content.delta(revision.base_tree, revision.tip_tree)?;
        let mut any = false;
        for file in delta.changes.iter().filter(|file| self.area.filter.map(&file.path).is_some()) {
            if self.content.leaf(self.wanted, &file.path)? != side(file) {
                return Ok(false);
            }
            any = true;
        }
        Ok(any)
    }
}
