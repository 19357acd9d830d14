//! Back-promotions to several stages: one row for each destination (`SPEC P9`).

use super::promotion::moved;
use super::reason::{locked, problem};
use super::{conflict, deployment};
use crate::failure::{Said, said};
use switchback_api::Failure;
use switchback_api::operation::{MovedChange, Row};
use switchback_core::ledger::state::State;
use switchback_core::words::names::OperationKind;
use switchback_engine::desk::Desk;
use switchback_engine::mass::ToOne;
use switchback_engine::run::Done;
use switchback_engine::visit::Depth;

/// What became of all destinations, in one sentence.
pub fn says(all: &[ToOne]) -> String {
    let made = all.iter().filter(|one| matches!(one.result, Some(Ok(_)))).count();
    let plural = |count| if count == 1 { "" } else { "s" };
    let lacks = if all.len() == 1 { "lacks" } else { "lack" };
    let (promotions, stages) = (plural(made), plural(all.len()));
    format!("{made} promotion{promotions} for {} lower stage{stages} that {lacks} something", all.len())
}

/// One destination, with what became of it.
pub fn row(desk: &Desk<'_>, one: ToOne) -> Result<Row, Failure> {
    let now = desk.look().said()?;
    let mut told = Row { destination: one.destination.to_string(), ..Row::default() };
    let state = match &one.result {
        Some(Ok(done)) if done.depth == Depth::Plan => std::sync::Arc::clone(&done.after),
        _ => now,
    };
    if let Some(row) = &one.row {
        told.locked = row.locked.iter().map(|verdict| locked(desk, &state, verdict)).collect();
    }
    match one.result {
        None => "nothing-to-move".clone_into(&mut told.status),
        Some(Ok(done)) => told = made(desk, &state, (told, &done))?,
        Some(Err(failure)) => {
            let failure = said(failure);
            let refused = matches!(failure, Failure::Refused(_));
            told.status = if refused { "refused" } else { "failed" }.to_owned();
            told.problem = Some(problem(&failure));
        }
    }
    Ok(told)
}

fn made(desk: &Desk<'_>, state: &State, what: (Row, &Done)) -> Result<Row, Failure> {
    let (row, done) = what;
    let id = done.plan.operation.filter(|id| id.kind == OperationKind::Promotion);
    let Some(promotion) = id.and_then(|id| state.promotion(id)) else { return Ok(row) };
    let changes: Vec<MovedChange> = promotion.changes.iter().map(moved).collect();
    let asked = state.deployments.iter().filter(|one| one.operation == promotion.id);
    Ok(Row {
        operation: Some(promotion.id.to_string()),
        status: promotion.status.as_str().to_owned(),
        changes,
        conflicts: conflict::conflicts(desk, &promotion.conflicts)?,
        deployments: asked.map(|one| deployment::in_operation(state, one)).collect(),
        ..row
    })
}
