//! `run-due`: promotions and schedules whose time has come (`SPEC P12`). Rights, gates and the plan are looked at again;
//! what no longer holds is reported, not forced.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::mass::{self, ToOne};
use crate::run::Done;
use crate::schedule;
use crate::visit::Visit;
use serde_json::json;
use switchback_core::moving::freeze::Freeze;
use switchback_core::moving::promoting::Start;
use switchback_core::ops;
use switchback_core::ops::mass::MassRequest;
use switchback_core::ops::promotion::{Request, plan};
use switchback_core::pipeline::Schedule;
use switchback_core::records::promotion::{DeployWish, PromotionOptions, PromotionStatus};
use switchback_core::words::names::{OperationId, Time, UserName};

/// What ran.
pub enum Ran {
    /// A scheduled promotion.
    Promotion(OperationId, Result<Done, EngineFailure>),
    /// A recurring back-promotion.
    Schedule(String, Result<Vec<ToOne>, EngineFailure>),
}

/// Runs what is due. Jobs are queued, and left to workers.
///
/// # Errors
/// A fault of the ledger or the repository; what one promotion says is its own result.
pub fn run_due(desk: &Desk<'_>) -> Result<Vec<Ran>, EngineFailure> {
    let state = desk.look()?;
    let now = desk.clock.now();
    let due = |promotion: &&switchback_core::records::promotion::Promotion| {
        promotion.status == PromotionStatus::Scheduled && promotion.scheduled_at.is_some_and(|at| at <= now)
    };
    let mut ran = Vec::new();
    for promotion in state.promotions.iter().filter(due) {
        ran.push(Ran::Promotion(promotion.id, as_owner(desk, &promotion.owner, promotion.id)));
    }
    for recurring in &desk.pipeline.settings().schedules {
        let name = name(recurring);
        let zone = &desk.pipeline.settings().time_zone;
        let last = state.schedules.get(&name).copied().or_else(|| first_seen(desk));
        if let Some(due) = schedule::due(recurring, zone, last, now) {
            let result = run_schedule(desk, recurring, schedule_ran(&name, due));
            ran.push(Ran::Schedule(name, result));
        }
    }
    Ok(ran)
}

/// A scheduled promotion runs with its owner's rights, not with those of whoever keeps the timer.
fn as_owner(desk: &Desk<'_>, owner: &UserName, promotion: OperationId) -> Result<Done, EngineFailure> {
    let visit = Visit { principal: (desk.house.people)(owner), ..desk.visit.clone() };
    run_promotion(&desk.house.receive(&visit)?, promotion)
}

fn run_promotion(desk: &Desk<'_>, promotion: OperationId) -> Result<Done, EngineFailure> {
    let run = Request::Run { promotion, freeze: Freeze::Respect };
    match desk.carry_out(&run, |snapshot, content| plan(snapshot, content, &run)) {
        Err(EngineFailure::Refused(refusal)) => {
            let fail = Request::Fail { promotion, why: refusal.message.clone() };
            desk.carry_out(&fail, |snapshot, content| plan(snapshot, content, &fail))?;
            Err(EngineFailure::Refused(refusal))
        }
        other => other,
    }
}

fn run_schedule(desk: &Desk<'_>, recurring: &Schedule, ran: ops::schedule::Ran) -> Result<Vec<ToOne>, EngineFailure> {
    let deploy = if recurring.deploy { DeployWish::Defaults } else { DeployWish::Nothing };
    let request = MassRequest {
        from: recurring.from.clone(),
        to: recurring.to.clone(),
        project: None,
        release: None,
        options: PromotionOptions { deploy, ..PromotionOptions::default() },
        start: Start::Now,
    };
    let result = mass::mass(desk, &request)?;
    desk.carry_out(&json!({ "schedule": ran.schedule }), |snapshot, _| Ok(ops::schedule::plan(snapshot, &ran)))?;
    Ok(result)
}

fn schedule_ran(name: &str, due: Time) -> ops::schedule::Ran {
    ops::schedule::Ran { schedule: name.to_owned(), due }
}

/// What names a schedule across edits of the others.
fn name(schedule: &Schedule) -> String {
    let to: Vec<_> = schedule.to.iter().map(|stage| stage.as_str()).collect();
    format!("{} {} {}", schedule.cron, schedule.from, to.join(","))
}

/// A schedule that never ran is due from the pipeline's beginning on, not from the dawn of time.
fn first_seen(desk: &Desk<'_>) -> Option<Time> {
    desk.entries(switchback_core::words::names::Seq(0), 1).ok()?.first().map(|entry| entry.at)
}
