//! Which deployments may be rolled back (`SPEC R1`, `R2`, `R7`).

use crate::area::{Area, RollbackPolicy};
use crate::compose::Composer;
use crate::content::{Content, Merge, PathSet};
use crate::names::VersionNo;
use crate::plan::Stop;
use crate::receipt::ChangeIx;
use crate::refusal::{Code, Refusal};
use crate::snapshot::Snapshot;
use crate::version::{AreaLine, Version, VersionKind};
use serde_json::json;

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
        let kind = version.kind.as_str();
        let message = format!("{}@{number} is a {kind}: only deployments are rolled back", area.name);
        let hint = format!("see what can be with `switchback history --area {} --rollbackable`", area.name);
        return Err(Refusal::new(Code::BaselineStays, message, hint).into());
    }
    if !line.live().any(|live| live.number == number) {
        let by = line.reverted_by(number).map_or(String::new(), |by| format!(" by version {by}"));
        let message = format!("{}@{number} was rolled back already{by}", area.name);
        return Err(Refusal::new(Code::AlreadyRolledBack, message, "there is nothing left to take back").into());
    }
    let mine: Vec<_> =
        line.held.iter().filter(|(_, holding)| holding.since == number).map(|(change, _)| *change).collect();
    let later = depending(snapshot, content, area, (number, &mine))?;
    if !later.is_empty() && !undoes_cleanly(content, area, line, version)? {
        return Err(depended_on(snapshot, area, number, &later).into());
    }
    Ok(version)
}

/// Under `lines`, touching a path in common is no dependency as long as undoing merges cleanly.
fn undoes_cleanly(content: &dyn Content, area: &Area, line: &AreaLine, version: &Version) -> Result<bool, Stop> {
    let (Some(current), Some(before)) = (line.current(), line.before(version.number)) else { return Ok(false) };
    if area.rollback != RollbackPolicy::Lines {
        return Ok(false);
    }
    let (base, ours, theirs) = (version.wanted, current.wanted, before.wanted);
    let merged = content.merge(Merge { base, ours, theirs, scope: None, resolutions: &[] })?;
    Ok(merged.conflicts.is_empty())
}

/// Later live deployments that depend on some changes a version brought, by the area's policy. Under `lines` these are
/// only suspects: the merge decides.
pub fn depending<'a>(
    snapshot: &Snapshot<'a>,
    content: &dyn Content,
    area: &Area,
    what: (VersionNo, &[ChangeIx]),
) -> Result<Vec<&'a Version>, Stop> {
    let (number, changes) = what;
    let line = snapshot.state.area(&area.name);
    let mine = touched(snapshot, content, line, |change, _| changes.contains(&change))?;
    let mut depending = Vec::new();
    for later in line.live().filter(|version| version.number > number) {
        let brought = |change: ChangeIx, since| since == later.number && !changes.contains(&change);
        let strict = area.rollback == RollbackPolicy::Strict
            && line.held.iter().any(|(change, holding)| brought(*change, holding.since));
        if strict || !touched(snapshot, content, line, brought)?.is_disjoint(&mine) {
            depending.push(later);
        }
    }
    Ok(depending)
}

/// The paths some of an area's holdings touch.
fn touched(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    line: &AreaLine,
    which: impl Fn(ChangeIx, VersionNo) -> bool,
) -> Result<PathSet, Stop> {
    let composer = Composer { state: snapshot.state, content };
    let mut paths = PathSet::new();
    for (_, holding) in line.held.iter().filter(|(change, holding)| which(*change, holding.since)) {
        for item in &holding.items {
            paths.extend(composer.touched(item)?);
        }
    }
    Ok(paths)
}

/// The refusal that names what would have to go first, newest first (`SPEC R2`).
pub fn depended_on(snapshot: &Snapshot<'_>, area: &Area, number: VersionNo, later: &[&Version]) -> Refusal {
    let state = snapshot.state;
    let mut rows = Vec::new();
    for version in later.iter().rev() {
        let changes: Vec<_> = version.changes.iter().map(|moved| state.at(moved.change)).collect();
        rows.push(json!({
            "version": version.number,
            "deployment": version.deployment,
            "changes": changes.iter().map(|change| &change.key).collect::<Vec<_>>(),
            "owners": changes.iter().map(|change| &change.facts.owner).collect::<Vec<_>>(),
        }));
    }
    let names: Vec<_> = later.iter().rev().map(|version| format!("{}@{}", area.name, version.number)).collect();
    let verb = if names.len() == 1 { "depends" } else { "depend" };
    let message = format!("{} {verb} on {}@{number}", names.join(", "), area.name);
    let hint = format!("roll back {} first, in this order", names.join(", then "));
    Refusal::new(Code::DependedOnBy, message, hint)
        .with(json!({ "area": area.name, "version": number, "later": rows, "order": names }))
}
