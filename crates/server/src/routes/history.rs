//! `history`: deployments and rollbacks, with what may be rolled back (`SPEC R7`, `H3`).

use crate::failure::Said;
use crate::page::{Order, Page};
use crate::parse::{time, until, written};
use crate::views::deployment::{problem, version};
use crate::views::drift::{Met, met};
use crate::views::reason::{change_at, refusal};
use crate::views::{self, decision};
use switchback_api::Failure;
use switchback_api::verbs::history::{History, HistoryEntry, HistoryRequest};
use switchback_core::areas::obstacles;
use switchback_core::foresee::settled;
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::Area;
use switchback_core::records::deployment::Deployment;
use switchback_core::words::names::{AreaName, OperationId, StageName, VersionNo};
use switchback_engine::desk::Desk;

/// Tells what was deployed and rolled back, newest first: an order in which rollbacks can be executed.
pub fn history(desk: &Desk<'_>, request: HistoryRequest) -> Result<History, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    check(&snapshot, &request)?;
    let since = request.since.as_ref().map(|text| time(desk, text)).transpose()?;
    let until = request.until.as_ref().map(|text| until(desk, text)).transpose()?;
    let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let wanted = |asked: &&Deployment| {
        let has = |key: &String| asked.changes.iter().any(|(change, _)| change.as_str() == key);
        is(&request.area, asked.area.as_str())
            && is(&request.stage, &stage_of(desk, asked))
            && is(&request.kind, asked.kind.as_str())
            && is(&request.by, asked.by.as_str())
            && request.change.as_ref().is_none_or(has)
            && since.is_none_or(|since| asked.at >= since)
            && until.is_none_or(|until| asked.at <= until)
    };
    let page = Page::of("history", request.limit, request.cursor.as_deref())?;
    let unsettled = unsettled(desk, &state, &request)?;
    let beyond = |asked: &&Deployment| page.after().is_none_or(|after| asked.id.number < *after);
    let told = state.deployments.iter().rev().filter(beyond).filter(wanted).map(|asked| {
        let entry = entry(desk, &snapshot, (asked, &unsettled))?;
        Ok((asked.id.number, entry))
    });
    // One that cannot be told ends the list, and is why nothing is told.
    let told = told.filter(|told| told.as_ref().map_or(true, |(_, entry)| entry.rollbackable || !request.rollbackable));
    let (told, next) = page.cut(told, Order::NewestFirst, |told| told.as_ref().map_or(0, |(number, _)| *number));
    let entries = told.into_iter().map(|told| told.map(|(_, entry)| entry)).collect::<Result<_, Failure>>()?;
    Ok(History { entries, next })
}

/// Filters that name nothing are told, not answered with an empty list.
fn check(snapshot: &Snapshot<'_>, request: &HistoryRequest) -> Result<(), Failure> {
    if let Some(name) = &request.stage {
        snapshot.stage(&StageName::new(name)).said()?;
    }
    if let Some(name) = &request.area {
        snapshot.area(&AreaName::new(name)).said()?;
    }
    if let Some(key) = &request.change {
        snapshot.change(&switchback_core::words::names::ChangeKey::new(key)).said()?;
    }
    Ok(())
}

/// The stage of a deployment's area; empty where the configuration knows the area no more.
pub(super) fn stage_of(desk: &Desk<'_>, asked: &Deployment) -> String {
    desk.pipeline().area(&asked.area).map(|area| area.stage.to_string()).unwrap_or_default()
}

/// One deployment, as it stands in the list.
pub(super) fn one(desk: &Desk<'_>, state: &State, asked: &Deployment) -> Result<HistoryEntry, Failure> {
    let of_area = HistoryRequest { area: Some(asked.area.to_string()), ..HistoryRequest::default() };
    let unsettled = unsettled(desk, state, &of_area)?;
    entry(desk, &desk.snapshot(state), (asked, &unsettled))
}

/// What failed and nobody has settled, in the areas that are asked about.
fn unsettled(desk: &Desk<'_>, state: &State, request: &HistoryRequest) -> Result<Vec<OperationId>, Failure> {
    let is = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| wanted == name);
    let asked = |area: &&Area| is(&request.area, area.name.as_str()) && is(&request.stage, area.stage.as_str());
    let each = state.pipeline().areas_in_use().filter(asked).map(|area| views::unsettled::told(desk, state, area));
    Ok(each.collect::<Result<Vec<_>, _>>()?.concat())
}

fn entry(
    desk: &Desk<'_>,
    snapshot: &Snapshot<'_>,
    what: (&Deployment, &[OperationId]),
) -> Result<HistoryEntry, Failure> {
    let asked = what.0;
    let obstacles = obstacles::obstacles(snapshot, &*desk.repo, asked).said()?;
    let made = version(&asked.status).map(VersionNo);
    let settled = made.map(|number| settled::by_version(snapshot, &asked.area, number));
    let area = snapshot.state.area(&asked.area);
    let Met { kept, overwritten, set_aside } = met(snapshot.state, asked);
    Ok(HistoryEntry {
        deployment: asked.id.to_string(),
        area: asked.area.to_string(),
        stage: stage_of(desk, asked),
        version: version(&asked.status),
        kind: asked.kind.as_str().to_owned(),
        status: asked.status.as_str().to_owned(),
        changes: asked.changes.iter().map(change_at).collect(),
        operation: asked.operation.to_string(),
        by: asked.by.to_string(),
        at: written(desk, asked.at),
        reason: asked.reason.clone(),
        reverts: made.and_then(|number| area.version(number)?.reverts).map(|number| number.0),
        problem: problem(asked),
        unsettled: what.1.contains(&asked.id),
        kept,
        overwritten,
        set_aside,
        auto_resolved: decision::automatic(desk, snapshot.state, &settled.unwrap_or_default()),
        rollbackable: obstacles.is_empty(),
        reasons: obstacles.iter().map(refusal).collect(),
    })
}
