//! `demote`: several changes leave one at a time, each with its development areas rolled back first (`SPEC D5`, `D9`).

use crate::failure::EngineFailure;
use crate::run::Done;
use crate::session::{Depth, Patience, Session};
use serde_json::json;
use std::rc::Rc;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::{Plan, Prelude};
use switchback_core::ledger::state::State;
use switchback_core::moving::deploy_on_arrival::{self, Arrival};
use switchback_core::ops::demote::{self, Request};
use switchback_core::records::deployment::{Deployment, DeploymentKind, DeploymentStatus, Occasion};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{ChangeKey, OperationId};
use switchback_core::words::refusal::{Code, Refusal};

/// Whether several changes leave one at a time or as one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Together {
    /// One at a time: those before a refused one stand.
    OneByOne,
    /// All or none (`--all-or-nothing`).
    AllOrNothing,
}

/// What became of one change.
pub enum Outcome {
    /// It left.
    Demoted(Box<Done>),
    /// It did not.
    Stopped(EngineFailure),
    /// One before it did not, so it was not tried.
    NotRun,
}

/// What became of each change, in the order given.
pub struct Demotions {
    /// `M-2`; `None` when the first was refused.
    pub operation: Option<OperationId>,
    /// Change by change; as one, the first change stands for all.
    pub results: Vec<(Vec<ChangeKey>, Outcome)>,
}

/// Demotes.
///
/// # Errors
/// Only what keeps everything from beginning; a change's own refusal is its result.
pub fn demote(session: &Session, request: &Request, together: Together) -> Result<Demotions, EngineFailure> {
    let groups: Vec<Vec<ChangeKey>> = match together {
        Together::AllOrNothing => vec![request.changes.clone()],
        Together::OneByOne => request.changes.iter().map(|key| vec![key.clone()]).collect(),
    };
    let mut demotions = Demotions { operation: None, results: Vec::new() };
    let mut stopped = false;
    // A preview of the next change looks at the world as this one would leave it.
    let mut ahead: Option<Rc<State>> = None;
    for changes in groups {
        if stopped {
            demotions.results.push((changes, Outcome::NotRun));
            continue;
        }
        let part_of = demotions.operation;
        let one = Request { changes: changes.clone(), part_of, ..request.clone() };
        let result = match demote_one(session, one, ahead.take()) {
            Ok(done) => {
                demotions.operation = done.plan.operation;
                ahead = Some(Rc::clone(&done.beyond));
                Outcome::Demoted(Box::new(done))
            }
            Err(failure) => {
                stopped = true;
                Outcome::Stopped(failure)
            }
        };
        demotions.results.push((changes, result));
    }
    if let (Some(operation), Patience::Wait, Depth::Carry) =
        (demotions.operation, session.options.patience, session.options.depth)
    {
        session.run_jobs(Some(operation))?;
    }
    Ok(demotions)
}

fn demote_one(session: &Session, mut request: Request, ahead: Option<Rc<State>>) -> Result<Done, EngineFailure> {
    if let (Depth::Preview, Some(ahead)) = (session.options.depth, ahead) {
        return session.preview_in(ahead, |snapshot, content| demote::plan(snapshot, content, &request));
    }
    if session.options.depth == Depth::Carry {
        let state = session.look_and_reconcile()?;
        let plan = demote::plan(&session.snapshot(&state), &session.repo, &request)?;
        for prelude in &plan.first {
            request.ran.push(roll_back_first(session, prelude)?);
        }
    }
    session.carry_out(&request, |snapshot, content| demote::plan(snapshot, content, &request))
}

/// Rolls a development area back, at once (`SPEC D5`).
fn roll_back_first(session: &Session, prelude: &Prelude) -> Result<OperationId, EngineFailure> {
    let asked = json!({ "development_rollback": prelude.area, "changes": prelude.changes });
    let done = session.carry_out(&asked, |snapshot, _| {
        let area = snapshot.area(&prelude.area)?;
        let line = snapshot.state.area(&area.name);
        let held = prelude.changes.iter().filter_map(|key| {
            let (ix, _) = snapshot.state.change(key)?;
            Some((key.clone(), line.holding(ix)?.revision))
        });
        let changes: Vec<_> = held.collect();
        let id = deploy_on_arrival::nth_id(snapshot, 0);
        let arrival = Arrival { stage: &area.stage, changes: &changes, operation: id, already: 0 };
        let (kind, occasion) = (DeploymentKind::Remove, Occasion::Automatic);
        let asked = Deployment { kind, occasion, ..deploy_on_arrival::draft(snapshot, area, arrival) };
        let mut plan = Plan::new(snapshot.seq(), "rollback");
        plan.operation = Some(id);
        plan.says = format!("{id} rolls development area {} back before a demotion", area.name);
        plan.events.push(Event::DeploymentAsked(Box::new(asked)));
        Ok(plan)
    })?;
    let id = done.plan.operation.ok_or_else(|| Fault::new("bug", "a rollback has no id", "report this"))?;
    session.run_jobs(Some(id))?;
    let state = session.look()?;
    match state.deployment(id).map(|deployment| &deployment.status) {
        Some(DeploymentStatus::Succeeded { .. } | DeploymentStatus::Unchanged) => Ok(id),
        other => Err(failed(prelude, id, other).into()),
    }
}

fn failed(prelude: &Prelude, id: OperationId, status: Option<&DeploymentStatus>) -> Refusal {
    let why = match status {
        Some(DeploymentStatus::Failed { message, .. } | DeploymentStatus::Cancelled { message }) => message.clone(),
        _ => "it did not end".to_owned(),
    };
    let area = &prelude.area;
    let message = format!("development area {area} could not be rolled back first: {why}");
    Refusal::new(Code::DevelopmentRollbackFailed, message, "mend that, then demote again")
        .with(json!({ "area": area, "deployment": id, "changes": prelude.changes }))
}
