//! `promotion validate`: a run that is tried in full and not carried out (`SPEC P15`).

use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::moving::freeze::Freeze;
use crate::moving::go_on::way_of;
use crate::moving::promoting::keep;
use crate::moving::route;
use crate::moving::validated::{self, Met};
use crate::ops::promotion::{fit, run};
use crate::records::conflict::MoveConflict;
use crate::records::deployment::Deployment;
use crate::records::promotion::{Promotion, PromotionStatus};
use crate::records::validation::{AreaCheck, AreaSaid, Outcome, TaskAhead, Validation};
use crate::words::details::Details;
use crate::words::names::OperationId;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;

/// What the ledger entry of one is called.
pub const VALIDATION: &str = "validation";

/// A run that was tried.
#[derive(Clone, PartialEq, Debug)]
pub struct Tried {
    /// The record, as it stands.
    promotion: Promotion,
    /// The plan of the run, or why there is none.
    pub run: Result<Plan, Box<Refusal>>,
}

/// Plans the run of a promotion exactly as it would run now. Who may run it may try it; somebody who only reads may not,
/// because programs of targets are asked.
///
/// # Errors
/// `unknown-promotion`; `not-open` for one that is over; `not-permitted`; faults. Whatever else a run would be refused for
/// is what came of it.
pub fn attempt(snapshot: &Snapshot<'_>, content: &dyn Content, id: OperationId) -> Result<Tried, Stop> {
    let promotion = fit(snapshot, id, Promotion::can_run)?.clone();
    route::privilege(snapshot, &way_of(snapshot, &promotion)?)?;
    let running = untried(&promotion);
    let run = match run(snapshot, content, &running, Freeze::Respect) {
        Ok(plan) => Ok(plan),
        Err(Stop::Refused(refusal)) if refusal.code != Code::NotPermitted => Err(refusal),
        Err(stop) => return Err(stop),
    };
    Ok(Tried { promotion, run })
}

/// What a run came to when it was tried.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Came {
    /// What names its plan; empty where there is none.
    pub plan: String,
    /// What the areas said that it deploys to.
    pub areas: Vec<AreaCheck>,
}

/// The next task that a deployment waits for, where that is why it was refused, and that it is done.
pub fn task_ahead(snapshot: &Snapshot<'_>, asked: &Deployment, refusal: &Refusal) -> Option<(TaskAhead, Event)> {
    let Details::Task { change, task: number, area } = &*refusal.details else { return None };
    let (number, revision) = (*number, asked.changes.iter().find(|(key, _)| key == change)?.1);
    let (_, known) = snapshot.state.change(change)?;
    let text = known.tasks.iter().find(|task| task.number == number)?.text.clone();
    let (change, area) = (change.clone(), area.clone());
    let done = Event::TaskDone { change: change.clone(), number, area, revision };
    Some((TaskAhead { change, number, text }, done))
}

/// What there is to be kept of a run that was tried in this state.
///
/// # Errors
/// `unknown-stage` for a record whose way is gone.
pub fn validation(snapshot: &Snapshot<'_>, tried: &Tried, came: Came) -> Result<Validation, Stop> {
    let outcome = outcome(tried, came.plan);
    let grounds = validated::grounds(snapshot, &tried.promotion, &met(snapshot, tried)?);
    let (by, at, seq) = (snapshot.actor.user.clone(), snapshot.now, snapshot.seq());
    Ok(Validation { by, at, seq, outcome, areas: came.areas, grounds })
}

/// Keeps with the record what came of trying it. The state may be a later one than it was tried in: what has changed
/// between them outdates it like any later change.
///
/// # Errors
/// `not-open` where it ran meanwhile, `record-changed` where it was edited; `not-permitted` for who may not any more.
pub fn plan(snapshot: &Snapshot<'_>, tried: &Tried, validation: &Validation) -> Result<Plan, Stop> {
    let promotion = fit(snapshot, tried.promotion.id, Promotion::can_run)?;
    if untried(promotion) != untried(&tried.promotion) {
        let message = format!("{} was edited while it was tried", promotion.id);
        let remedy = Remedy::ShowPromotion { promotion: promotion.id };
        return Err(Refusal::new(Code::RecordChanged, message, remedy).into());
    }
    let privilege = route::privilege(snapshot, &way_of(snapshot, promotion)?)?;
    let kept = Promotion { validation: Some(Box::new(validation.clone())), ..promotion.clone() };
    let mut plan = keep(snapshot, kept, &says(validation));
    plan.kind = VALIDATION;
    plan.privileges.push(privilege);
    if let Ok(run) = &tried.run {
        plan.warnings.extend(run.warnings.iter().cloned());
    }
    Ok(plan)
}

/// A record but for what was tried of it.
fn untried(promotion: &Promotion) -> Promotion {
    Promotion { validation: None, ..promotion.clone() }
}

fn outcome(tried: &Tried, plan: String) -> Outcome {
    let run = match &tried.run {
        Ok(run) => run,
        Err(refusal) => {
            let Refusal { code, message, remedy, .. } = &**refusal;
            return Outcome::Refused {
                code: code.as_str().to_owned(),
                message: message.clone(),
                remedy: remedy.clone(),
            };
        }
    };
    match record(run).filter(|record| record.status == PromotionStatus::Conflicted) {
        Some(record) => Outcome::Conflicts { plan, conflicts: record.conflicts.clone() },
        None => Outcome::Goes { plan },
    }
}

/// The record as the run would leave it.
fn record(run: &Plan) -> Option<&Promotion> {
    run.events.iter().find_map(|event| match event {
        Event::Promotion(promotion) => Some(&**promotion),
        _ => None,
    })
}

fn met(snapshot: &Snapshot<'_>, tried: &Tried) -> Result<Met, Refusal> {
    let way = way_of(snapshot, &tried.promotion)?;
    let run = tried.run.as_ref().ok();
    let along = run.and_then(record).into_iter().flat_map(|record| &record.changes);
    let changes = tried.promotion.changes.iter().chain(along).map(|one| one.change.clone()).collect();
    let areas = run.into_iter().flat_map(Plan::deployments).map(|asked| asked.area.clone()).collect();
    Ok(Met { stages: way.stages.into_iter().chain([way.source]).collect(), changes, areas })
}

fn says(validation: &Validation) -> String {
    let failing = validation.areas.iter().filter(|check| matches!(check.said, AreaSaid::Fails { .. }));
    let failing: Vec<_> = failing.map(|check| check.area.as_str()).collect();
    match &validation.outcome {
        Outcome::Goes { .. } if failing.is_empty() => "would go".to_owned(),
        Outcome::Goes { .. } => format!("would go, but not to {}", failing.join(", ")),
        Outcome::Conflicts { conflicts, .. } => {
            let one = |conflict: &MoveConflict| format!("{} on {}", conflict.change, conflict.path);
            let told: Vec<_> = conflicts.iter().map(one).collect();
            format!("would stop: {}", told.join(", "))
        }
        Outcome::Refused { message, .. } => format!("would be refused: {message}"),
    }
}
