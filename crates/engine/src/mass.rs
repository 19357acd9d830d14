//! Back-promotion to several destinations: each is its own operation, and one may fail while the rest complete
//! (`SPEC P9`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::run::Done;
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
    let one = |destination: &StageName| {
        let result =
            desk.carry_out(request, |snapshot, content| back_promote::plan(snapshot, content, request, destination));
        ToOne { destination: destination.clone(), row: None, result: Some(result) }
    };
    to.iter().map(one).collect()
}

/// Back-promotes everything eligible from a stage to its lower stages.
///
/// # Errors
/// Those of [`preview`]; a destination's own refusal is its result.
pub fn mass(desk: &Desk<'_>, request: &MassRequest) -> Result<Vec<ToOne>, EngineFailure> {
    let state = desk.look_and_reconcile()?;
    let snapshot = desk.snapshot(&state);
    let rows = preview(&snapshot, &*desk.repo, request)?;
    let mut all = Vec::new();
    for row in rows {
        let result = row
            .request(&snapshot, request)
            .map(|one| desk.carry_out(&one, |snapshot, content| promoting::plan(snapshot, content, &one)));
        all.push(ToOne { destination: row.destination.clone(), row: Some(row), result });
    }
    Ok(all)
}
