//! `conflicts --ahead`: which changes in flight would conflict when they meet.

use crate::failure::Said;
use crate::views::conflict;
use switchback_api::Failure;
use switchback_api::verbs::encounters::{Encounter, EncounterPath, Encounters, EncountersRequest};
use switchback_core::foresee::encounter;
use switchback_core::ledger::state::State;
use switchback_core::words::names::ChangeKey;
use switchback_engine::desk::Desk;

/// Tells what lies ahead.
pub fn encounters(desk: &Desk<'_>, request: EncountersRequest) -> Result<Encounters, Failure> {
    let state = desk.look().said()?;
    for key in &request.changes {
        desk.snapshot(&state).change(&ChangeKey::new(key)).said()?;
    }
    let told = desk.encounters().said()?.into_iter().map(|found| encounter(&state, &found));
    let is_asked = |one: &Encounter| {
        let named = |key: &String| *key == one.change || one.other.as_ref() == Some(key);
        request.changes.is_empty() || request.changes.iter().any(named)
    };
    Ok(Encounters { encounters: told.filter(is_asked).collect() })
}

fn encounter(state: &State, found: &encounter::Encounter) -> Encounter {
    let both = [Some(found.change), found.other].into_iter().flatten();
    let mut owners: Vec<String> = both.map(|ix| state.at(ix).facts.owner.to_string()).collect();
    owners.dedup();
    let paths = found.conflicts.iter().map(|one| EncounterPath {
        path: one.path.to_string(),
        kind: conflict::kind(one.kind),
        why: one.why.clone(),
    });
    Encounter {
        stage: found.stage.to_string(),
        change: state.key(found.change).to_string(),
        other: found.other.map(|other| state.key(other).to_string()),
        owners,
        paths: paths.collect(),
    }
}
