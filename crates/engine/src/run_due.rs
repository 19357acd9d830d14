//! `run-due`: promotions and schedules whose time has come (`SPEC P12`). Rights, gates and the plan are looked at again;
//! what no longer holds is reported, not forced.

use crate::failure::EngineFailure;
use crate::mass::{self, ToOne};
use crate::run::Done;
use crate::schedule;
use crate::session::{Depth, Patience, Session};
use serde_json::json;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::Plan;
use switchback_core::moving::freeze::Freeze;
use switchback_core::moving::promoting::Start;
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

/// Runs what is due.
///
/// # Errors
/// A fault of the ledger or the repository; what one promotion says is its own result.
pub fn run_due(session: &mut Session) -> Result<Vec<Ran>, EngineFailure> {
    let state = session.look()?;
    let now = session.clock.now();
    let due = |promotion: &&switchback_core::records::promotion::Promotion| {
        promotion.status == PromotionStatus::Scheduled && promotion.scheduled_at.is_some_and(|at| at <= now)
    };
    let promotions: Vec<_> =
        state.promotions.iter().filter(due).map(|promotion| (promotion.id, promotion.owner.clone())).collect();
    let mut ran = Vec::new();
    for (id, owner) in promotions {
        let result = as_owner(session, &owner, |session| run_promotion(session, id));
        ran.push(Ran::Promotion(id, result));
    }
    for recurring in session.pipeline.settings().schedules.clone() {
        let name = name(&recurring);
        let zone = session.pipeline.settings().time_zone.clone();
        let last = state.schedules.get(&name).copied().or_else(|| first_seen(session));
        if let Some(moment) = schedule::due(&recurring, &zone, last, now) {
            ran.push(Ran::Schedule(name.clone(), run_schedule(session, &recurring, (name, moment))));
        }
    }
    if session.options.depth == Depth::Carry && session.options.patience == Patience::Wait {
        session.run_jobs(None)?;
    }
    Ok(ran)
}

/// A scheduled promotion runs with its owner's rights, not with those of whoever keeps the timer.
fn as_owner<T>(session: &mut Session, owner: &UserName, with: impl FnOnce(&Session) -> T) -> T {
    let own = crate::session::actor(&session.repo, Some(owner.as_str()));
    let keeper = std::mem::replace(&mut session.actor, own);
    let result = with(session);
    session.actor = keeper;
    result
}

fn run_promotion(session: &Session, promotion: OperationId) -> Result<Done, EngineFailure> {
    let run = Request::Run { promotion, freeze: Freeze::Respect };
    match session.carry_out(&run, |snapshot, content| plan(snapshot, content, &run)) {
        Err(EngineFailure::Refused(refusal)) => {
            let fail = Request::Fail { promotion, why: refusal.message.clone() };
            session.carry_out(&fail, |snapshot, content| plan(snapshot, content, &fail))?;
            Err(EngineFailure::Refused(refusal))
        }
        other => other,
    }
}

fn run_schedule(session: &Session, recurring: &Schedule, due: (String, Time)) -> Result<Vec<ToOne>, EngineFailure> {
    let deploy = if recurring.deploy { DeployWish::Defaults } else { DeployWish::Nothing };
    let request = MassRequest {
        from: recurring.from.clone(),
        to: recurring.to.clone(),
        project: None,
        release: None,
        options: PromotionOptions { deploy, ..PromotionOptions::default() },
        start: Start::Now,
    };
    let result = mass::mass(session, &request)?;
    let (schedule, moment) = due;
    session.carry_out(&json!({ "schedule": schedule }), |snapshot, _| {
        let mut plan = Plan::new(snapshot.seq(), "schedule");
        plan.says = format!("the schedule {schedule} ran");
        plan.events.push(Event::ScheduleRan { schedule: schedule.clone(), due: moment });
        Ok(plan)
    })?;
    Ok(result)
}

/// What names a schedule across edits of the others.
fn name(schedule: &Schedule) -> String {
    let to: Vec<_> = schedule.to.iter().map(|stage| stage.as_str()).collect();
    format!("{} {} {}", schedule.cron, schedule.from, to.join(","))
}

/// A schedule that never ran is due from the pipeline's beginning on, not from the dawn of time.
fn first_seen(session: &Session) -> Option<Time> {
    session.entries(switchback_core::words::names::Seq(0), 1).ok()?.first().map(|entry| entry.at)
}
