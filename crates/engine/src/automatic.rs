//! What goes by itself (`SPEC P14`): after whatever has happened, every automatic connection is looked at once. What kept
//! something from going is kept in the ledger and told once; it is tried again when something has happened since.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::run::Done;
use serde_json::json;
use switchback_core::ops::{automatic, schedule};
use switchback_core::pipeline::connection::Connection;
use switchback_core::records::schedule::RunFailure;
use switchback_core::words::names::OperationId;
use switchback_core::words::refusal::Code;

/// What one connection came to.
pub struct Moved {
    /// Which.
    pub connection: Connection,
    /// The promotion, or what is told for the first time about why there is none.
    pub result: Result<Done, EngineFailure>,
}

/// Moves what can go by itself.
///
/// # Errors
/// A fault of the ledger or the repository; what keeps one connection from moving is its own result.
pub fn move_by_itself(desk: &Desk<'_>) -> Result<Vec<Moved>, EngineFailure> {
    let mut moved = Vec::new();
    for connection in automatic::connections(desk.look()?.pipeline()) {
        moved.extend(along(desk, &connection)?);
    }
    Ok(moved)
}

/// The same for who looks again and again, as rounds do: where nothing has happened since, nothing is looked at.
///
/// # Errors
/// As [`move_by_itself`].
pub fn move_what_is_new(desk: &Desk<'_>) -> Result<Vec<Moved>, EngineFailure> {
    if automatic::connections(desk.look()?.pipeline()).is_empty() {
        return Ok(Vec::new());
    }
    let (state, now) = (desk.look_and_reconcile()?, desk.clock.now());
    if !desk.house.looked.is_behind(&state, now) {
        return Ok(Vec::new());
    }
    let moved = move_by_itself(desk)?;
    desk.house.looked.keep(state.seq, now);
    Ok(moved)
}

/// One connection. There is nothing to tell where nothing waits, or where it is told already.
fn along(desk: &Desk<'_>, connection: &Connection) -> Result<Option<Moved>, EngineFailure> {
    let asked = json!({ "automatic": connection.name() });
    let result = desk.carry_out(&asked, |snapshot, content| automatic::plan(snapshot, content, connection));
    let nothing_waits = matches!(&result, Err(EngineFailure::Refused(no)) if no.code == Code::NothingToMove);
    let failure = result.as_ref().err().filter(|_| !nothing_waits);
    let promotion = result.as_ref().ok().and_then(|done| done.plan.operation);
    let state = desk.look()?;
    let is_known = promotion.is_none() && is_told(automatic::told(&state, connection), failure);
    if !is_known {
        tell(desk, connection, (promotion, failure))?;
    }
    Ok((!is_known && !nothing_waits).then(|| Moved { connection: connection.clone(), result }))
}

/// Whether the ledger tells that already. Faults are worded by the moment, so that their code is what they are known by.
fn is_told(told: &[RunFailure], failure: Option<&EngineFailure>) -> bool {
    match (told, failure.map(EngineFailure::said)) {
        ([], None) => true,
        ([told], Some((code, message))) => {
            let is_fault = matches!(failure, Some(EngineFailure::Fault(_)));
            told.code == code && (is_fault || told.message == message)
        }
        _ => false,
    }
}

/// Keeps what came of it, as of a schedule that ran.
fn tell(
    desk: &Desk<'_>,
    connection: &Connection,
    (promotion, failure): (Option<OperationId>, Option<&EngineFailure>),
) -> Result<(), EngineFailure> {
    let (schedule, due) = (connection.name(), desk.clock.now());
    let failures = failure.into_iter().map(|failure| kept(connection, failure)).collect();
    let ran = schedule::Ran { schedule, due, promotions: promotion.into_iter().collect(), failures };
    let asked = json!({ "automatic": ran.schedule });
    let kept = desk.carry_out_as_it_stands(&asked, |snapshot, _| Ok(schedule::plan(snapshot, &ran)))?;
    desk.hear(kept.warnings);
    Ok(())
}

fn kept(connection: &Connection, failure: &EngineFailure) -> RunFailure {
    let (code, message) = failure.said();
    let (source, destination) = (connection.from.clone(), Some(connection.to.clone()));
    RunFailure { source, destination, code: code.to_owned(), message: message.to_owned() }
}
