//! Which deployments may be rolled back (`SPEC R1`, `R2`, `R7`).

use crate::compose::{Composition, Recomposed};
use crate::content::{Content, Merge, PathSet};
use crate::ledger::plan::Stop;
use crate::ledger::snapshot::Snapshot;
use crate::pipeline::area::{Area, RollbackPolicy};
use crate::records::deployment::{Deployment, DeploymentStatus};
use crate::records::receipt::ChangeIx;
use crate::records::version::{Holding, Version, VersionKind};
use crate::words::details::{Details, LaterVersion};
use crate::words::names::VersionNo;
use crate::words::object::{RepoPath, TreeId};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use std::collections::BTreeSet;

/// The version that a deployment made.
///
/// # Errors
/// `unknown-version` when it made none.
pub fn version_of(asked: &Deployment) -> Result<VersionNo, Refusal> {
    let DeploymentStatus::Succeeded { version } = asked.status else {
        let message = format!("{} made no version: it is {}", asked.id, asked.status.as_str());
        let remedy = Remedy::ShowRollbackable { area: None };
        let details = Details::Deployment { deployment: asked.id };
        return Err(Refusal::new(Code::UnknownVersion, message, remedy).with(details));
    };
    Ok(version)
}

/// Asks whether a whole deployment may be rolled back now.
///
/// # Errors
/// `unknown-version`, `baseline-stays`, `already-rolled-back`, `depended-on-by`.
pub fn check<'a>(
    snapshot: &Snapshot<'a>,
    content: &dyn Content,
    area: &Area,
    number: VersionNo,
) -> Result<&'a Version, Stop> {
    let line = snapshot.state.area(&area.name);
    let Some(version) = line.version(number) else {
        return Err(Refusal::unknown(Code::UnknownVersion, &format!("{}@{number}", area.name), &[]).into());
    };
    if version.kind != VersionKind::Deploy {
        let kind = version.kind.noun();
        let message = format!("{}@{number} is {kind}: only deployments are rolled back", area.name);
        let remedy = Remedy::ShowRollbackable { area: Some(area.name.clone()) };
        return Err(Refusal::new(Code::BaselineStays, message, remedy).into());
    }
    let mine = line.remaining(version);
    if mine.is_empty() {
        let by = line.reverted_by(number).map_or(String::new(), |by| format!(" by version {by}"));
        let message = format!("{}@{number} was rolled back already{by}", area.name);
        return Err(Refusal::new(Code::AlreadyRolledBack, message, "there is nothing left to take back").into());
    }
    let updates = |version: &&Version| {
        let updated =
            |(change, holding): &(ChangeIx, Holding)| mine.contains(change) && holding.since == version.number;
        version.number > number && line.held.iter().any(updated)
    };
    let updates: Vec<_> = line.live().filter(updates).collect();
    let mut later = depending(snapshot, content, area, (number, &mine))?;
    if updates.is_empty() && (later.is_empty() || undoes_cleanly(snapshot, content, area, version)?) {
        return Ok(version);
    }
    later.extend(updates);
    later.sort_by_key(|version| version.number);
    later.dedup_by_key(|version| version.number);
    Err(depended_on(snapshot, area, number, &later).into())
}

/// Under `lines`, touching a path in common is no dependency as long as undoing merges cleanly.
fn undoes_cleanly(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    area: &Area,
    version: &Version,
) -> Result<bool, Stop> {
    let line = snapshot.state.area(&area.name);
    let (Some(current), Some(before)) = (line.current(), line.before(version.number)) else { return Ok(false) };
    if area.rollback != RollbackPolicy::Lines {
        return Ok(false);
    }
    let scope = scope(snapshot, content, area, version)?;
    let (base, ours, theirs, scope) = (version.wanted, current.wanted, before.wanted, Some(&scope));
    let merged = snapshot.composer(content).merge_soundly(Merge { base, ours, theirs, scope })?;
    let here = |path: &RepoPath| area.filter.map(path).is_some();
    if merged.conflicts.iter().any(|conflict| here(&conflict.path)) {
        return Ok(false);
    }
    leaves_the_rest(snapshot, content, area, (version, merged.tree))
}

/// Whether what is left by undoing a version is what the area would hold had it never been made: what others wrote as well
/// stays, and none edited what it brought. Where an earlier revision comes back, the merge alone tells.
fn leaves_the_rest(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    area: &Area,
    (version, undone): (&Version, TreeId),
) -> Result<bool, Stop> {
    let line = snapshot.state.area(&area.name);
    let Some(current) = line.current() else { return Ok(false) };
    let going: BTreeSet<ChangeIx> = line.remaining(version).into_iter().collect();
    if version.changes.iter().any(|moved| going.contains(&moved.change) && moved.before.is_some()) {
        return Ok(true);
    }
    let here = |path: &RepoPath| area.filter.map(path).is_some();
    let (base, items) = (line.ground(snapshot.line(&area.stage)?.base_tree), line.items());
    let whole = Composition { base, tree: current.wanted, items: &items };
    let composer = snapshot.composer(content);
    let Recomposed::Left(left) = composer.without_voids_minding(whole, &going, &here)? else { return Ok(false) };
    for path in scope(snapshot, content, area, version)?.iter().filter(|path| here(path)) {
        if content.leaf(left.tree, path)? != content.leaf(undone, path)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Later live deployments that depend on some changes a version brought, by the area's policy. Under `lines` these are
/// only suspects: the merge decides.
fn depending<'a>(
    snapshot: &Snapshot<'a>,
    content: &dyn Content,
    area: &Area,
    what: (VersionNo, &[ChangeIx]),
) -> Result<Vec<&'a Version>, Stop> {
    let (number, changes) = what;
    let line = snapshot.state.area(&area.name);
    let mine = touched(snapshot, content, area, changes)?;
    let mut depending = Vec::new();
    for later in line.live().filter(|version| version.number > number) {
        let brought = line.held.iter().filter(|(_, holding)| holding.since == later.number).map(|(change, _)| *change);
        let others: Vec<_> = brought.filter(|change| !changes.contains(change)).collect();
        let strict = area.rollback == RollbackPolicy::Strict && !others.is_empty();
        if strict || !touched(snapshot, content, area, &others)?.is_disjoint(&mine) {
            depending.push(later);
        }
    }
    Ok(depending)
}

/// The paths that go back with a version: those of what is still there of it.
///
/// # Errors
/// A fault of the content.
pub fn scope(snapshot: &Snapshot<'_>, content: &dyn Content, area: &Area, version: &Version) -> Result<PathSet, Stop> {
    let mine = snapshot.state.area(&area.name).remaining(version);
    all_touched(snapshot, content, area, &mine)
}

/// The paths some changes touch in an area, under the stage's names.
fn touched(snapshot: &Snapshot<'_>, content: &dyn Content, area: &Area, changes: &[ChangeIx]) -> Result<PathSet, Stop> {
    let mut paths = all_touched(snapshot, content, area, changes)?;
    paths.retain(|path| area.filter.map(path).is_some());
    Ok(paths)
}

/// The same with the paths that do not pass its filter; a renamed file counts under all its names.
fn all_touched(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    area: &Area,
    changes: &[ChangeIx],
) -> Result<PathSet, Stop> {
    let area = snapshot.state.area(&area.name);
    let items = area.items();
    let composer = snapshot.composer(content);
    let tree = area.current().map_or(TreeId::EMPTY, |current| current.wanted);
    let whole = Composition { base: TreeId::EMPTY, tree, items: &items };
    Ok(composer.scope(whole, &changes.iter().copied().collect())?)
}

/// The refusal that names what would have to go first, newest first (`SPEC R2`).
pub(super) fn depended_on(snapshot: &Snapshot<'_>, area: &Area, number: VersionNo, later: &[&Version]) -> Refusal {
    let state = snapshot.state;
    let mut rows = Vec::new();
    for version in later.iter().rev() {
        let changes: Vec<_> = version.changes.iter().map(|moved| state.at(moved.change)).collect();
        rows.push(LaterVersion {
            version: version.number,
            deployment: version.deployment,
            changes: changes.iter().map(|change| change.key.clone()).collect(),
            owners: changes.iter().map(|change| change.facts.owner.clone()).collect(),
        });
    }
    let names: Vec<_> = later.iter().rev().map(|version| format!("{}@{}", area.name, version.number)).collect();
    let verb = if names.len() == 1 { "depends" } else { "depend" };
    let message = format!("{} {verb} on {}@{number}", names.join(", "), area.name);
    let versions = later.iter().rev().map(|version| version.number).collect();
    let remedy = Remedy::RollBackFirst { area: area.name.clone(), versions };
    Refusal::new(Code::DependedOnBy, message, remedy).with(Details::DependedOn {
        area: area.name.clone(),
        version: number,
        later: rows,
        order: names,
    })
}
