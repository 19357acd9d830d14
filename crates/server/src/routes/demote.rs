//! `demote`: the result tells change by change (`SPEC D9`).

use crate::failure::{Said, said};
use crate::operate::{Answered, one_plan};
use crate::parse::{keys, stage, wish};
use crate::views::{made, operation, plan, reason, waiting};
use crate::wait;
use switchback_api::operation::ChangeResult;
use switchback_api::verbs::demote::DemoteRequest;
use switchback_api::{Answer, Failure, Operation, Preview};
use switchback_core::moving::family::children_first;
use switchback_core::moving::freeze::Freeze;
use switchback_core::ops::demote::{Dependents, Request, StayingContent};
use switchback_core::words::names::{ChangeKey, OperationId, StageName};
use switchback_core::words::remedy::Addition;
use switchback_engine::demote::{Demotions, Outcome, Together, demote as carry};
use switchback_engine::desk::Desk;
use switchback_engine::run::Done;
use switchback_engine::visit::Depth;

/// Demotes.
pub fn demote(desk: &Desk<'_>, asked: DemoteRequest) -> Answered {
    let request = request(desk, &asked)?;
    let plans = if asked.all_or_nothing { 1 } else { request.changes.len() };
    one_plan(desk, plans, Addition::OneChange)?;
    let together = if asked.all_or_nothing { Together::AllOrNothing } else { Together::OneByOne };
    let demotions = carry(desk, &request, together).said()?;
    tell(desk, demotions)
}

fn request(desk: &Desk<'_>, asked: &DemoteRequest) -> Result<Request<Option<StageName>>, Failure> {
    let named = keys(&asked.changes);
    Ok(Request {
        changes: if asked.recursive { children_first(&*desk.look().said()?, &named) } else { named },
        from: stage(&asked.from),
        to: stage(&asked.to),
        deploy: wish(&asked.deploy),
        dependents: dependents(asked)?,
        freeze: if asked.override_freeze { Freeze::Override } else { Freeze::Respect },
        withdraw: asked.withdraw,
        content: if asked.anyway { StayingContent::Leave } else { StayingContent::Refuse },
        then: Vec::new(),
        part_of: None,
        ran: Vec::new(),
    })
}

fn dependents(asked: &DemoteRequest) -> Result<Dependents, Failure> {
    match (asked.with_dependents, asked.rewrite_dependents) {
        (true, true) => Err(Failure::usage("dependents are taken along or rewritten, not both")),
        (true, false) => Ok(Dependents::Take),
        (false, true) => Ok(Dependents::Rewrite),
        (false, false) => Ok(Dependents::Refuse),
    }
}

/// A single refused change is the refusal itself; among several it is one row.
fn tell(desk: &Desk<'_>, demotions: Demotions) -> Answered {
    wait::until_ended(desk, demotions.operation)?;
    let mut told = Operation { kind: "demotion".to_owned(), ..Operation::default() };
    let alone = demotions.results.len() == 1;
    let mut previews: Vec<Done> = Vec::new();
    for (changes, outcome) in demotions.results {
        match outcome {
            Outcome::Demoted(done) if done.depth == Depth::Plan => previews.push(*done),
            Outcome::Demoted(done) => operation::join(&mut told, operation::told(desk, &done)?),
            Outcome::Begun(done) => operation::join(&mut told, begun(desk, &done, (&changes, alone))?),
            Outcome::Later => operation::join(&mut told, later(desk, demotions.operation, &changes)?),
            Outcome::Stopped(failure) if alone => return Err(said(failure)),
            Outcome::Stopped(failure) => told.results.extend(stopped(&changes, &said(failure))),
            Outcome::NotRun => told.results.extend(changes.iter().map(|key| row(key, "not-run"))),
        }
    }
    match desk.visit.depth {
        Depth::Act => Ok(Answer::Done(told)),
        Depth::Plan => {
            let all: Vec<&Done> = previews.iter().collect();
            let mut whole: Preview = plan::told(desk, &all)?;
            whole.operation.results.extend(told.results);
            Ok(Answer::Plan(whole))
        }
    }
}

fn stopped(changes: &[ChangeKey], failure: &Failure) -> Vec<ChangeResult> {
    let one = |key: &ChangeKey| match failure {
        Failure::Refused(refused) => ChangeResult { refused: Some((**refused).clone()), ..row(key, "refused") },
        Failure::Fault(fault) => ChangeResult { fault: Some(fault.clone()), ..row(key, "failed") },
        Failure::Usage(_) | Failure::Bug(_) => row(key, "failed"),
    };
    changes.iter().map(one).collect()
}

fn row(key: &ChangeKey, status: &str) -> ChangeResult {
    ChangeResult { change: key.to_string(), status: status.to_owned(), ..ChangeResult::default() }
}

/// A demotion that began with its development areas, as it stands now.
fn begun(desk: &Desk<'_>, done: &Done, what: (&[ChangeKey], bool)) -> Result<Operation, Failure> {
    let (changes, alone) = what;
    let told = later(desk, done.plan.operation, changes)?;
    let stopped = told.results.iter().find_map(|result| result.refused.clone());
    if let (true, Some(refused)) = (alone, stopped) {
        return Err(Failure::Refused(Box::new(refused)));
    }
    let then = done.plan.then.as_deref().unwrap_or(&done.plan);
    let mut warnings = reason::warnings(then.warnings.iter().chain(&done.warnings));
    warnings.extend(told.warnings);
    Ok(Operation { says: then.says.clone(), warnings, ..told })
}

/// What became of changes that a worker carries on with.
fn later(desk: &Desk<'_>, id: Option<OperationId>, changes: &[ChangeKey]) -> Result<Operation, Failure> {
    let state = desk.look().said()?;
    let told = Operation { kind: "demotion".to_owned(), ..Operation::default() };
    let Some(record) = id.and_then(|id| state.demotion(id)) else { return Ok(told) };
    let mut told = operation::of_demotion(&state, record, (told, changes));
    waiting::tell(desk, &mut told)?;
    made::tell(desk, id, &mut told)?;
    Ok(told)
}
