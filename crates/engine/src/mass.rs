//! Back-promotion to several destinations: each is its own operation, and one may fail while the rest complete
//! (`SPEC P9`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::run::Done;
use crate::visit::Depth;
use std::sync::Arc;
use switchback_core::content::Content;
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::ledger::state::State;
use switchback_core::moving::promoting;
use switchback_core::ops::back_promote;
use switchback_core::ops::mass::{MassRequest, MassRow, preview};
use switchback_core::words::names::StageName;

/// What became of one destination.
pub struct ToOne {
    /// Where to.
    pub destination: StageName,
    /// What would go and what is locked, in a mass back-promotion.
    pub row: Option<MassRow>,
    /// `None` when everything was locked.
    pub result: Option<Result<Done, EngineFailure>>,
}

/// Back-promotes one request to several destinations.
pub fn to_several(desk: &Desk<'_>, request: &promoting::Request, to: &[StageName]) -> Vec<ToOne> {
    let mut ahead = None;
    let mut all = Vec::new();
    for destination in to {
        let decide = |snapshot: &Snapshot<'_>, content: &dyn Content| {
            back_promote::plan(snapshot, content, request, destination)
        };
        let result = next(desk, &mut ahead, request, decide);
        all.push(ToOne { destination: destination.clone(), row: None, result: Some(result) });
    }
    all
}

/// Back-promotes everything eligible from a stage to its lower stages.
///
/// # Errors
/// Those of [`preview`]; a destination's own refusal is its result.
pub fn mass(desk: &Desk<'_>, request: &MassRequest) -> Result<Vec<ToOne>, EngineFailure> {
    let state = desk.look_and_reconcile()?;
    let snapshot = desk.snapshot(&state);
    let rows = preview(&snapshot, &*desk.repo, request)?;
    let (mut ahead, mut all) = (None, Vec::new());
    for row in rows {
        let result = row
            .request(&snapshot, request)
            .map(|one| next(desk, &mut ahead, &one, |snapshot, content| promoting::plan(snapshot, content, &one)));
        all.push(ToOne { destination: row.destination.clone(), row: Some(row), result });
    }
    Ok(all)
}

/// Carries one of several out. A preview looks at the world as those before it would leave it, so that each has the
/// number it will have.
fn next(
    desk: &Desk<'_>,
    ahead: &mut Option<Arc<State>>,
    asked: &promoting::Request,
    decide: impl Fn(&Snapshot<'_>, &dyn Content) -> Result<Plan, Stop>,
) -> Result<Done, EngineFailure> {
    let done = match ahead.as_ref().filter(|_| desk.visit.depth == Depth::Plan) {
        Some(state) => desk.preview_in(Arc::clone(state), decide),
        None => desk.carry_out(asked, decide),
    }?;
    *ahead = Some(Arc::clone(&done.after));
    Ok(done)
}
