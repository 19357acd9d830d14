//! Recurring runs: when they come, and what became of the last (`SPEC P12`).

use crate::parse::written;
use switchback_api::verbs::status::{RunFailure, RunPromotion, ScheduleStatus};
use switchback_core::ledger::state::State;
use switchback_core::ops::automatic;
use switchback_core::pipeline::connection::Connection;
use switchback_core::records::schedule;
use switchback_core::words::names::{OperationId, Time};
use switchback_engine::desk::Desk;
use switchback_engine::run_due::{Coming, coming};

/// Every schedule in force, as seen from a moment.
pub fn schedules(desk: &Desk<'_>, state: &State, now: Time) -> Vec<ScheduleStatus> {
    let recurring = coming(desk, state, now).into_iter().map(|one| told(desk, state, one));
    let by_themselves = automatic::connections(state.pipeline());
    recurring.chain(by_themselves.iter().map(|one| by_itself(desk, state, one))).collect()
}

/// A connection that moves changes by itself, told as what runs again and again (`SPEC P14`).
fn by_itself(desk: &Desk<'_>, state: &State, connection: &Connection) -> ScheduleStatus {
    let last = state.schedules.get(&connection.name());
    ScheduleStatus {
        moves: connection.moves.as_str().to_owned(),
        from: connection.from.to_string(),
        to: vec![connection.to.to_string()],
        cron: connection.mode.as_str().to_owned(),
        deploy: true,
        next_run: None,
        is_due: false,
        ..ran(desk, state, last)
    }
}

/// What came of the last time.
fn ran(desk: &Desk<'_>, state: &State, last: Option<&schedule::LastRun>) -> ScheduleStatus {
    let promotions = last.map(|run| run.promotions.as_slice()).unwrap_or_default();
    let failures = last.map(|run| run.failures.as_slice()).unwrap_or_default();
    ScheduleStatus {
        last_run: last.map(|run| written(desk, run.at)),
        promotions: promotions.iter().filter_map(|id| promotion(state, *id)).collect(),
        failures: failures.iter().map(failure).collect(),
        ..ScheduleStatus::default()
    }
}

fn told(desk: &Desk<'_>, state: &State, coming: Coming<'_>) -> ScheduleStatus {
    let Coming { schedule, at, is_due, last } = coming;
    ScheduleStatus {
        moves: schedule.moves.as_str().to_owned(),
        from: schedule.from.to_string(),
        to: schedule.destinations(state.pipeline()).iter().map(ToString::to_string).collect(),
        cron: schedule.cron.clone(),
        deploy: schedule.deploy,
        next_run: at.map(|at| written(desk, at)),
        is_due,
        ..ran(desk, state, last)
    }
}

fn promotion(state: &State, id: OperationId) -> Option<RunPromotion> {
    let record = state.promotion(id)?;
    let (promotion, status) = (id.to_string(), record.status.as_str().to_owned());
    Some(RunPromotion { promotion, destination: record.destination.to_string(), status })
}

fn failure(failure: &schedule::RunFailure) -> RunFailure {
    RunFailure {
        destination: failure.destination.as_ref().map(ToString::to_string),
        code: failure.code.clone(),
        message: failure.message.clone(),
    }
}
