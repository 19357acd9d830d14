//! What a rollback by hand would bring back into an area though it has left it (`SPEC R6`).

use crate::areas::revertible;
use crate::content::{Content, PathSet};
use crate::ledger::plan::Stop;
use crate::ledger::snapshot::Snapshot;
use crate::pipeline::area::{Area, RollbackPolicy};
use crate::records::area_line::AreaLine;
use crate::records::receipt::ChangeIx;
use crate::records::version::{Holding, Version};
use crate::words::details::Details;
use crate::words::fault::Fault;
use crate::words::names::ChangeKey;
use crate::words::object::RepoPath;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;

/// The paths a rollback of a version puts back, those that return whole first. The others are merged: a path outside the
/// area's filter, which others may share, and every path under `lines`.
///
/// # Errors
/// A fault of the content.
pub fn scope(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    area: &Area,
    version: &Version,
) -> Result<(PathSet, PathSet), Stop> {
    // Only what is still there of the deployment goes back: a change that a demotion took out of it since has left its
    // paths to others.
    let scope = revertible::scope(snapshot, content, area, version)?;
    let whole = |path: &RepoPath| area.rollback != RollbackPolicy::Lines && area.filter.map(path).is_some();
    Ok(scope.into_iter().partition(whole))
}

/// What the area held before a version, holds no more, and would hold again, with what it held of it: what gave way to
/// the version, and what has left since from paths that return whole.
///
/// # Errors
/// A fault of the content.
pub fn brought_back(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    area: &Area,
    version: &Version,
) -> Result<Vec<(ChangeIx, Holding)>, Stop> {
    let line = snapshot.state.area(&area.name);
    let (Some(before), Some(now)) = (line.before(version.number), line.current()) else { return Ok(Vec::new()) };
    let (whole, _) = scope(snapshot, content, area, version)?;
    let mut returning = PathSet::new();
    for path in whole {
        if content.leaf(before.wanted, &path)? != content.leaf(now.wanted, &path)? {
            returning.insert(path);
        }
    }
    let gave_way = |change: ChangeIx| {
        version.changes.iter().any(|moved| moved.change == change && moved.before.is_some() && moved.after.is_none())
    };
    let mut back = Vec::new();
    for (change, holding) in line.held_before(version.number) {
        let gone = line.holding(change).is_none();
        if gone && (gave_way(change) || touches(snapshot, content, (line, holding, &returning))?) {
            back.push((change, holding.clone()));
        }
    }
    Ok(back)
}

fn touches(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    (area, holding, paths): (&AreaLine, &Holding, &PathSet),
) -> Result<bool, Fault> {
    let composer = snapshot.composer(content);
    for item in area.items_of(holding) {
        if !composer.touched(&item)?.is_disjoint(paths) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The changes among them that the area's stage does not hold any more: they were demoted.
///
/// # Errors
/// A fault of the content.
pub fn demoted(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    area: &Area,
    version: &Version,
) -> Result<Vec<ChangeKey>, Stop> {
    let at_stage = snapshot.state.lines.get(&area.stage).map(|line| &line.receipts);
    let left = |change: &ChangeIx| at_stage.is_none_or(|receipts| !receipts.holds(*change));
    let back = brought_back(snapshot, content, area, version)?.into_iter().map(|(change, _)| change);
    Ok(back.filter(left).map(|change| snapshot.state.key(change).clone()).collect())
}

/// What a rollback says about them, as the end of a sentence.
pub fn sentence(area: &Area, changes: &[ChangeKey]) -> String {
    let names: Vec<_> = changes.iter().map(ChangeKey::as_str).collect();
    format!("{} back into {}, which {} does not hold any more", names.join(", "), area.name, area.stage)
}

/// `brings-back-demoted`.
pub fn refusal(area: &Area, version: &Version, changes: Vec<ChangeKey>) -> Refusal {
    let number = version.number;
    let message = format!("rolling {}@{number} back would bring {}", area.name, sentence(area, &changes));
    let remedy = Remedy::RollBackAnyway { area: area.name.clone(), version: number };
    let details = Details::BringsBack { area: area.name.clone(), version: number, changes };
    Refusal::new(Code::BringsBackDemoted, message, remedy).with(details)
}
