//! `pending`: what stages hold that their areas do not, and the other way round (`SPEC H3`, `R5`).

use crate::failure::Said;
use crate::routes::area::of_place;
use crate::views::drift::written;
use crate::views::unsettled;
use switchback_api::Failure;
use switchback_api::verbs::pending::{Pending, PendingArea, PendingChange, PendingRequest};
use switchback_core::areas::kept::left_alone;
use switchback_core::areas::pending;
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
        None => snapshot.pipeline.areas_in_use().collect(),
    };
    Ok(Pending { areas: areas.into_iter().map(|area| of_area(desk, &state, area)).collect::<Result<_, _>>()? })
}

fn of_area(desk: &Desk<'_>, state: &State, area: &Area) -> Result<PendingArea, Failure> {
    let changes = pending::pending(state, &*desk.repo, area).said()?.into_iter().map(|one| PendingChange {
        change: state.key(one.change).to_string(),
        revision: one.at_stage.map(|revision| revision.0),
        held: one.in_area.map(|revision| revision.0),
        on_hold: one.on_hold,
    });
    let kept = left_alone(&*desk.repo, area, state.area(&area.name)).said()?;
    Ok(PendingArea {
        area: area.name.to_string(),
        stage: area.stage.to_string(),
        version: state.area(&area.name).current().map(|version| version.number.0),
        kept: written(&kept),
        changes: changes.collect(),
        failed: unsettled::names(desk, state, area)?,
        problem: of_place(desk, state, area),
    })
}
