//! `run-due`: promotions and schedules whose time has come (`SPEC P12`), and what goes by itself (`SPEC P14`). Rights, gates and the plan are looked at again;
//! what no longer holds is reported, not forced.

use crate::automatic::{Moved, move_by_itself, move_what_is_new};
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::House;
use crate::mass::{self, ToAll};
use crate::run::Done;
use crate::schedule;
use crate::visit::Visit;
use serde_json::json;
use switchback_core::ledger::state::State;
use switchback_core::moving::line_taken;
use switchback_core::ops;
use switchback_core::ops::mass::MassRequest;
use switchback_core::ops::promotion::{Request, plan};
use switchback_core::ops::schedule::climbing;
use switchback_core::pipeline::{Schedule, ScheduleMove};
use switchback_core::records::schedule::{LastRun, RunFailure};
use switchback_core::words::names::{OperationId, Seq, StageName, Time, UserName};

/// What ran.
pub enum Ran {
    /// A scheduled promotion.
    Promotion(OperationId, Result<Done, EngineFailure>),
    /// A recurring run.
    Schedule(String, Result<ToAll, EngineFailure>),
    /// What went by itself.
    Automatic(Moved),
}

/// Runs what is due. Jobs are queued, and left to workers.
///
/// # Errors
/// A fault of the ledger or the repository; what one promotion says is its own result.
pub fn run_due(desk: &Desk<'_>) -> Result<Vec<Ran>, EngineFailure> {
    let mut ran = by_the_clock(desk)?;
    ran.extend(move_by_itself(desk)?.into_iter().map(Ran::Automatic));
    Ok(ran)
}

/// What has its time.
fn by_the_clock(desk: &Desk<'_>) -> Result<Vec<Ran>, EngineFailure> {
    let state = desk.look()?;
    let now = desk.clock.now();
    let mut ran = Vec::new();
    // What is about to be moved by another is left until that is over: the time stays due (`SPEC P14`).
    let is_free = |stage: &StageName| line_taken::taker(&state, stage).is_none();
    let due = state.open_promotions().filter(|promotion| promotion.is_due(now));
    for promotion in due.filter(|promotion| is_free(&promotion.destination)) {
        ran.push(Ran::Promotion(promotion.id, as_owner(desk, &promotion.owner, promotion.id)));
    }
    for recurring in &state.pipeline().settings().schedules {
        let name = recurring.name();
        let zone = &state.pipeline().settings().time_zone;
        let last = last_due(desk, &state, &name);
        let free = recurring.destinations(state.pipeline()).iter().all(is_free);
        if let Some(due) = schedule::due(recurring, zone, last, now).filter(|_| free) {
            let result = run_schedule(desk, recurring, due);
            ran.push(Ran::Schedule(name, result));
        }
    }
    Ok(ran)
}

impl House {
    /// Runs what is due while nobody asks: schedules with the rights of whoever put them in force, jobs left to workers.
    ///
    /// # Errors
    /// As [`run_due`].
    pub fn run_due(&self) -> Result<Vec<Ran>, EngineFailure> {
        let Some(by) = self.put_in_force_by()? else { return Ok(Vec::new()) };
        let visit = Visit::of((self.people)(&by));
        let desk = self.receive(&visit)?;
        let mut ran = by_the_clock(&desk)?;
        ran.extend(move_what_is_new(&desk)?.into_iter().map(Ran::Automatic));
        Ok(ran)
    }

    /// With whose rights happens what the configuration asks for and nobody else does: whoever put it in force. `None`
    /// while nothing has begun.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub(crate) fn put_in_force_by(&self) -> Result<Option<UserName>, EngineFailure> {
        let worker = Visit::worker();
        let desk = self.receive(&worker)?;
        if !desk.is_initialized()? {
            return Ok(None);
        }
        let state = desk.look()?;
        let by = state.configuration.as_ref().map(|configuration| &configuration.by);
        Ok(by.or(state.administrator.as_ref()).cloned())
    }
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

/// What came of it is kept, whatever it was: a run that failed is told until somebody moved what it did not.
fn run_schedule(desk: &Desk<'_>, recurring: &Schedule, due: Time) -> Result<ToAll, EngineFailure> {
    let result = match recurring.moves {
        ScheduleMove::BackPromote => mass::mass(desk, &MassRequest::recurring(recurring)),
        ScheduleMove::Promote => mass::climb(desk, climbing(&desk.pipeline(), recurring)),
    };
    let (promotions, failures) = (made(&result), failures(recurring, &result));
    let ran = ops::schedule::Ran { schedule: recurring.name(), due, promotions, failures };
    let asked = json!({ "schedule": ran.schedule });
    let kept = desk.carry_out_as_it_stands(&asked, |snapshot, _| Ok(ops::schedule::plan(snapshot, &ran)));
    let all = result?;
    desk.hear(kept?.warnings);
    Ok(all)
}

fn made(result: &Result<ToAll, EngineFailure>) -> Vec<OperationId> {
    let each = result.iter().flat_map(|all| &all.each);
    each.filter_map(|one| one.result.as_ref()?.as_ref().ok()?.plan.operation).collect()
}

fn failures(recurring: &Schedule, result: &Result<ToAll, EngineFailure>) -> Vec<RunFailure> {
    let failure = |destination: Option<&StageName>, failure: &EngineFailure| {
        let (code, message) = failure.said();
        let (source, destination) = (recurring.from.clone(), destination.cloned());
        RunFailure { source, destination, code: code.to_owned(), message: message.to_owned() }
    };
    match result {
        Err(whole) => vec![failure(None, whole)],
        Ok(all) => {
            let failed = all.each.iter().filter_map(|one| Some((one, one.result.as_ref()?.as_ref().err()?)));
            failed.map(|(one, why)| failure(Some(&one.destination), why)).collect()
        }
    }
}

/// When a schedule runs next.
pub struct Coming<'a> {
    /// Which.
    pub schedule: &'a Schedule,
    /// The moment; `None` for a pattern that cannot be read any more.
    pub at: Option<Time>,
    /// Whether that has passed, and whoever looks after the clock has yet to come by.
    pub is_due: bool,
    /// How it ran last.
    pub last: Option<&'a LastRun>,
}

/// Every schedule in force, as seen from a moment.
pub fn coming<'a>(desk: &Desk<'_>, state: &'a State, now: Time) -> Vec<Coming<'a>> {
    let settings = state.pipeline().settings();
    let one = |schedule: &'a Schedule| {
        let name = schedule.name();
        let owed = schedule::due(schedule, &settings.time_zone, last_due(desk, state, &name), now);
        let at = owed.or_else(|| schedule::next_due(schedule, &settings.time_zone, now));
        Coming { schedule, at, is_due: owed.is_some(), last: state.schedules.get(&name) }
    };
    settings.schedules.iter().map(one).collect()
}

/// From when on a schedule can be due: it does not fire again for a time that it ran for, nor for one before it was put
/// in force. Where the ledger keeps no configuration, one that never ran is due from the pipeline's beginning on, not from
/// the dawn of time.
fn last_due(desk: &Desk<'_>, state: &State, name: &str) -> Option<Time> {
    let ran = state.schedules.get(name).map(|run| &run.due);
    let put = state.configuration.as_ref().and_then(|configuration| configuration.schedules.get(name));
    let first = || desk.entries(Seq(0), 1).ok()?.first().map(|entry| entry.at);
    ran.max(put).copied().or_else(first)
}
