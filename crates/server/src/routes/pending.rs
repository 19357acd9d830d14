//! `pending`: what stages hold that their areas do not, and the other way round (`SPEC H3`, `R5`).

use crate::failure::Said;
use switchback_api::Failure;
use switchback_api::verbs::pending::{Pending, PendingArea, PendingChange, PendingRequest};
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::Area;
use switchback_core::words::names::AreaName;
use switchback_engine::desk::Desk;

/// Tells what is pending.
pub fn pending(desk: &Desk<'_>, request: PendingRequest) -> Result<Pending, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let areas = match &request.area {
        Some(name) => vec![snapshot.area(&AreaName::new(name)).said()?],
        None => desk.pipeline.areas().iter().collect(),
    };
    Ok(Pending { areas: areas.into_iter().map(|area| of_area(&state, area)).collect() })
}

fn of_area(state: &State, area: &Area) -> PendingArea {
    let held = state.area(&area.name);
    let receipts = state.lines.get(&area.stage).map(|line| &line.receipts);
    let at_stage = receipts.into_iter().flat_map(|receipts| receipts.iter());
    let leftover =
        held.held.iter().map(|(ix, _)| *ix).filter(|ix| !receipts.is_some_and(|receipts| receipts.holds(*ix)));
    let all = at_stage.chain(leftover).map(|ix| {
        let revision = receipts.and_then(|receipts| receipts.revision(ix));
        (ix, revision, held.holding(ix).map(|held| held.revision))
    });
    let changes = all.filter(|(_, revision, held)| revision != held).map(|(ix, revision, there)| PendingChange {
        change: state.key(ix).to_string(),
        revision: revision.map(|revision| revision.0),
        held: there.map(|revision| revision.0),
        on_hold: held.on_hold.contains(&ix),
    });
    PendingArea {
        area: area.name.to_string(),
        stage: area.stage.to_string(),
        version: held.current().map(|version| version.number.0),
        changes: changes.collect(),
    }
}
