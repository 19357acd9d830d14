//! `run-due`: promotions and schedules whose time has come (`SPEC P12`). Rights, gates and the plan are looked at again;
//! what no longer holds is reported, not forced.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::mass::{self, ToAll};
use crate::run::Done;
use crate::schedule;
use crate::visit::Visit;
use serde_json::json;
use switchback_core::ledger::state::State;
use switchback_core::ops;
use switchback_core::ops::mass::MassRequest;
use switchback_core::ops::promotion::{Request, plan};
use switchback_core::pipeline::Schedule;
use switchback_core::words::names::{OperationId, Time, UserName};

/// What ran.
pub enum Ran {
    /// A scheduled promotion.
    Promotion(OperationId, Result<Done, EngineFailure>),
    /// A recurring back-promotion.
    Schedule(String, Result<ToAll, EngineFailure>),
}

/// Runs what is due. Jobs are queued, and left to workers.
///
/// # Errors
/// A fault of the ledger or the repository; what one promotion says is its own result.
pub fn run_due(desk: &Desk<'_>) -> Result<Vec<Ran>, EngineFailure> {
    let state = desk.look()?;
    let now = desk.clock.now();
    let mut ran = Vec::new();
    for promotion in state.promotions.iter().filter(|promotion| promotion.is_due(now)) {
        ran.push(Ran::Promotion(promotion.id, as_owner(desk, &promotion.owner, promotion.id)));
    }
    for recurring in &state.pipeline().settings().schedules {
        let name = recurring.name();
        let zone = &state.pipeline().settings().time_zone;
        let last = since(&state, &name).or_else(|| first_seen(desk));
        if let Some(due) = schedule::due(recurring, zone, last, now) {
            let result = run_schedule(desk, recurring, due);
            ran.push(Ran::Schedule(name, result));
        }
    }
    Ok(ran)
}

/// A scheduled promotion runs with its owner's rights, not with those of whoever keeps the timer.
fn as_owner(desk: &Desk<'_>, owner: &UserName, promotion: OperationId) -> Result<Done, EngineFailure> {
    let visit = Visit { principal: (desk.house.people)(owner), ..desk.visit.clone() };
    desk.beside(&visit, |owner| run_promotion(owner, promotion))
}

fn run_promotion(desk: &Desk<'_>, promotion: OperationId) -> Result<Done, EngineFailure> {
    let run = Request::RunDue { promotion };
    match desk.carry_out(&run, |snapshot, content| plan(snapshot, content, &run)) {
        Err(EngineFailure::Refused(refusal)) => {
            let fail = Request::Fail { promotion, why: refusal.message.clone() };
            let failed = desk.carry_out(&fail, |snapshot, content| plan(snapshot, content, &fail))?;
            desk.hear(failed.warnings);
            Err(EngineFailure::Refused(refusal))
        }
        other => other,
    }
}

fn run_schedule(desk: &Desk<'_>, recurring: &Schedule, due: Time) -> Result<ToAll, EngineFailure> {
    let result = mass::mass(desk, &MassRequest::recurring(recurring))?;
    let ran = ops::schedule::Ran { schedule: recurring.name(), due };
    let noted =
        desk.carry_out(&json!({ "schedule": ran.schedule }), |snapshot, _| Ok(ops::schedule::plan(snapshot, &ran)))?;
    desk.hear(noted.warnings);
    Ok(result)
}

/// From when on a schedule can be due: it does not fire again for a time that it ran for, nor for one before it was put
/// in force.
fn since(state: &State, name: &str) -> Option<Time> {
    let ran = state.schedules.get(name);
    let put = state.configuration.as_ref().and_then(|configuration| configuration.schedules.get(name));
    ran.max(put).copied()
}

/// Where the ledger keeps no configuration, a schedule that never ran is due from the pipeline's beginning on, not from
/// the dawn of time.
fn first_seen(desk: &Desk<'_>) -> Option<Time> {
    desk.entries(switchback_core::words::names::Seq(0), 1).ok()?.first().map(|entry| entry.at)
}
