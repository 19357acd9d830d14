//! `back-promote --mass`: one row for each destination (`SPEC P9`).

use super::promote::promotion_options;
use crate::failure::{Said, said};
use crate::operate::{Answered, one_plan};
use crate::parse::{stages, start};
use crate::views::promotion::moved;
use crate::views::reason::{locked, problem};
use crate::views::{conflict, operation, plan};
use crate::wait;
use switchback_api::operation::{MovedChange, Row};
use switchback_api::verbs::mass::MassRequest;
use switchback_api::{Answer, Failure, Operation};
use switchback_core::ledger::state::State;
use switchback_core::ops::mass::MassRequest as Mass;
use switchback_core::words::names::{OperationKind, StageName};
use switchback_core::words::remedy::Addition;
use switchback_engine::desk::Desk;
use switchback_engine::mass::{ToOne, mass as carry};
use switchback_engine::run::Done;
use switchback_engine::visit::Depth;

/// Back-promotes everything eligible from a stage to its lower stages.
pub fn mass(desk: &Desk<'_>, asked: MassRequest) -> Answered {
    let request = Mass {
        from: StageName::new(&asked.from),
        to: stages(&asked.to),
        project: asked.options.project.clone(),
        release: asked.options.release.clone(),
        options: promotion_options(&asked.options)?,
        start: start(desk, &asked.start)?,
    };
    one_plan(desk, usize::MAX, Addition::Drafts)?;
    let all = carry(desk, &request).said()?;
    rows(desk, all)
}

/// Runs what the rows queued, and tells them.
pub fn rows(desk: &Desk<'_>, all: Vec<ToOne>) -> Answered {
    let done: Vec<&Done> = all.iter().filter_map(|one| one.result.as_ref()?.as_ref().ok()).collect();
    for one in done.iter().filter(|one| one.plan.deployments().next().is_some()) {
        wait::until_ended(desk, one.plan.operation)?;
    }
    let mut told = Operation { kind: "mass-back-promotion".to_owned(), says: says(&all), ..Operation::default() };
    for one in &done {
        let one = operation::told(desk, one)?;
        told.deployments.extend(one.deployments);
        told.warnings.extend(one.warnings);
    }
    let previewed = plan::told(desk, &done)?;
    for one in all {
        told.promotions.push(row(desk, one)?);
    }
    Ok(match desk.visit.depth {
        Depth::Act => Answer::Done(told),
        Depth::Plan => Answer::Plan(switchback_api::Preview { operation: told, ..previewed }),
    })
}

fn says(all: &[ToOne]) -> String {
    let made = all.iter().filter(|one| matches!(one.result, Some(Ok(_)))).count();
    let plural = if made == 1 { "" } else { "s" };
    format!("{made} promotion{plural} for {} lower stages that lack something", all.len())
}

fn row(desk: &Desk<'_>, one: ToOne) -> Result<Row, Failure> {
    let now = desk.look().said()?;
    let mut told = Row { destination: one.destination.to_string(), ..Row::default() };
    let state = match &one.result {
        Some(Ok(done)) if done.depth == Depth::Plan => std::sync::Arc::clone(&done.after),
        _ => now,
    };
    if let Some(row) = &one.row {
        told.locked = row.locked.iter().map(|verdict| locked(&state, verdict)).collect();
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
    Ok(Row {
        operation: Some(promotion.id.to_string()),
        status: promotion.status.as_str().to_owned(),
        changes,
        conflicts: conflict::conflicts(desk, &promotion.conflicts)?,
        ..row
    })
}
