//! `demote`: the result tells change by change (`SPEC D9`).

use crate::door::Said;
use crate::failure::said;
use crate::operate::{Answered, one_plan};
use crate::parse::{keys, stage, wish};
use crate::views::{operation, plan};
use switchback_api::operation::ChangeResult;
use switchback_api::verbs::demote::DemoteRequest;
use switchback_api::{Answer, Failure, Operation, Preview};
use switchback_core::moving::freeze::Freeze;
use switchback_core::ops::demote::{Dependents, Request};
use switchback_core::words::names::{ChangeKey, StageName};
use switchback_engine::demote::{Demotions, Outcome, Together, demote as carry};
use switchback_engine::run::Done;
use switchback_engine::session::{Depth, Session};

/// Demotes.
pub fn demote(session: &mut Session, asked: DemoteRequest) -> Answered {
    let request = request(session, &asked)?;
    let plans = if asked.all_or_nothing { 1 } else { request.changes.len() };
    one_plan(session, plans, "demote one change at a time, or all as one with `--all-or-nothing`")?;
    let together = if asked.all_or_nothing { Together::AllOrNothing } else { Together::OneByOne };
    let demotions = carry(session, &request, together).said()?;
    tell(session, demotions)
}

fn request(session: &Session, asked: &DemoteRequest) -> Result<Request, Failure> {
    let mut changes: Vec<ChangeKey> = keys(&asked.changes);
    if asked.recursive {
        let state = session.look().said()?;
        let children: Vec<_> = changes.iter().flat_map(|key| state.descendants(key)).collect();
        // Children leave before their parent: they were built for it.
        changes.splice(0..0, children);
        let mut seen = std::collections::BTreeSet::new();
        changes.retain(|key| seen.insert(key.clone()));
    }
    Ok(Request {
        changes,
        from: stage(&asked.from),
        to: StageName::new(&asked.to),
        deploy: wish(&asked.deploy),
        dependents: dependents(asked)?,
        freeze: if asked.override_freeze { Freeze::Override } else { Freeze::Respect },
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
fn tell(session: &Session, demotions: Demotions) -> Answered {
    let mut told = Operation { kind: "demotion".to_owned(), ..Operation::default() };
    let alone = demotions.results.len() == 1;
    let mut previews: Vec<Done> = Vec::new();
    for (changes, outcome) in demotions.results {
        match outcome {
            Outcome::Demoted(done) if done.depth == Depth::Preview => previews.push(*done),
            Outcome::Demoted(done) => add(&mut told, operation::told(session, &done)?),
            Outcome::Stopped(failure) if alone => return Err(said(failure)),
            Outcome::Stopped(failure) => told.results.extend(stopped(&changes, &said(failure))),
            Outcome::NotRun => told.results.extend(changes.iter().map(|key| row(key, "not-run"))),
        }
    }
    match session.options.depth {
        Depth::Carry => Ok(Answer::Done(told)),
        Depth::Preview => {
            let all: Vec<&Done> = previews.iter().collect();
            let mut whole: Preview = plan::told(session, &all)?;
            whole.operation.results.extend(told.results);
            Ok(Answer::Plan(whole))
        }
    }
}

fn add(told: &mut Operation, one: Operation) {
    told.operation = told.operation.take().or(one.operation);
    let separator = if told.says.is_empty() { "" } else { "; " };
    told.says = format!("{}{separator}{}", told.says, one.says);
    told.results.extend(one.results);
    told.rewritten.extend(one.rewritten);
    told.deployments.extend(one.deployments);
    told.warnings.extend(one.warnings);
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
