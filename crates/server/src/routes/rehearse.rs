//! `rehearse CHANGE...`: which of these go together, in which order, and what breaks first.

use crate::failure::Said;
use crate::parse::{keys, stage};
use crate::views::{conflict, decision};
use switchback_api::Failure;
use switchback_api::verbs::rehearse::{Rehearsal, RehearseRequest, Stays};
use switchback_core::foresee::rehearse;
use switchback_core::ledger::state::State;
use switchback_core::records::receipt::ChangeIx;
use switchback_engine::desk::Desk;

/// Tries some changes on a stage.
pub fn rehearse(desk: &Desk<'_>, request: RehearseRequest) -> Result<Rehearsal, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let keys = keys(&request.changes);
    let stage = rehearse::stage(&snapshot, &keys, stage(&request.to).as_ref()).said()?;
    let done = rehearse::rehearse(&snapshot, &*desk.repo, &stage, &keys).said()?;
    let mut stays = Vec::new();
    for one in &done.stays {
        stays.push(Stays {
            change: state.key(one.change).to_string(),
            conflicts: conflict::conflicts(desk, &one.conflicts)?,
            needs: one.needs.iter().map(ToString::to_string).collect(),
        });
    }
    Ok(Rehearsal {
        stage: stage.to_string(),
        goes: named(&state, &done.goes),
        breaks_first: done.breaks_first.map(|ix| state.key(ix).to_string()),
        stays,
        there: named(&state, &done.there),
        auto_resolved: decision::recorded(desk, &state, &done.carried.decisions),
    })
}

fn named(state: &State, changes: &[ChangeIx]) -> Vec<String> {
    changes.iter().map(|ix| state.key(*ix).to_string()).collect()
}
