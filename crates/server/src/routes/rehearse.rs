//! `rehearse CHANGE...`: which of these go together, in which order, and what breaks first.

use crate::failure::Said;
use crate::views::{conflict, decision};
use switchback_api::Failure;
use switchback_api::verbs::rehearse::{Rehearsal, RehearseRequest, Stays};
use switchback_core::foresee::rehearse;
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::ledger::state::State;
use switchback_core::moving::route::{self, Asked};
use switchback_core::records::promotion::Direction;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::{ChangeKey, StageName};
use switchback_core::words::refusal::Refusal;
use switchback_core::words::remedy::Addition;
use switchback_engine::desk::Desk;

/// Tries some changes on a stage.
pub fn rehearse(desk: &Desk<'_>, request: RehearseRequest) -> Result<Rehearsal, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let keys: Vec<ChangeKey> = request.changes.iter().map(ChangeKey::new).collect();
    let mut changes = Vec::new();
    for key in &keys {
        changes.push(snapshot.change(key).said()?.0);
    }
    let stage = stage(&snapshot, &keys, request.to.as_deref())?;
    let line = snapshot.line(&stage).said()?;
    let is_there = |ix: &ChangeIx| line.receipts.revision(*ix) >= Some(state.at(*ix).latest().number);
    let (there, trying): (Vec<ChangeIx>, Vec<ChangeIx>) = changes.into_iter().partition(is_there);
    let done = rehearse::rehearse(&snapshot, &*desk.repo, &stage, &trying).said()?;
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
        there: named(&state, &there),
        auto_resolved: done.carried.decisions.iter().filter_map(decision::recorded).collect(),
    })
}

/// The stage that is said; else where the changes would be promoted to.
fn stage(snapshot: &Snapshot<'_>, keys: &[ChangeKey], to: Option<&str>) -> Result<StageName, Failure> {
    if let Some(to) = to {
        return snapshot.stage(&StageName::new(to)).map(|stage| stage.name.clone()).said();
    }
    let asked = Asked { direction: Direction::Forward, from: None, to: None, changes: keys };
    let found = route::find(snapshot, asked).map(|way| way.destination);
    found.map_err(|no| Refusal { remedy: Addition::TrialStage.into(), ..no }).said()
}

fn named(state: &State, changes: &[ChangeIx]) -> Vec<String> {
    changes.iter().map(|ix| state.key(*ix).to_string()).collect()
}
