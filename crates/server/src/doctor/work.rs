//! Work that was to be done and was not.

use super::{Found, Looked, Subject};
use switchback_core::areas::unsettled;
use switchback_core::records::job::{Job, JobState, PAUSED};
use switchback_core::words::names::Time;
use switchback_engine::run_due::coming;

/// Jobs that nobody carries on, and deployments that failed and that nobody has settled.
pub fn jobs(Subject { desk, state }: &Subject<'_>) -> Looked {
    let now = desk.clock.now();
    let mut found: Vec<Found> = desk.ledger.open_jobs()?.iter().filter(|job| is_left(job, now)).map(left).collect();
    for area in state.pipeline().areas_in_use() {
        let failed = unsettled::unsettled(state, &*desk.repo, area)?;
        found.extend(failed.into_iter().map(|(_, warning)| Found::heard(warning)));
    }
    Ok(found)
}

/// Somebody began it, and nobody has it any more. One that waits for a person's task waits rightly.
fn is_left(job: &Job, now: Time) -> bool {
    match job.state {
        JobState::Running => job.lease_until < now,
        JobState::Queued => job.attempts > 0 && job.run_at <= now && job.run_at != PAUSED,
        JobState::Succeeded | JobState::Failed | JobState::Cancelled | JobState::Void => false,
    }
}

fn left(job: &Job) -> Found {
    let Job { id, deployment, area, .. } = job;
    let message = format!("job {id} ({deployment} in {area}) was begun, and its worker is gone");
    Found::warning(message, "start the server or run the jobs that are queued: the next worker finishes it")
}

/// Recurring runs that did not do all they were to do.
pub fn schedules(Subject { desk, state }: &Subject<'_>) -> Looked {
    let mut found = Vec::new();
    for one in coming(desk, state, desk.clock.now()) {
        let name = one.schedule.name();
        for failure in one.last.iter().flat_map(|run| &run.failures) {
            let message = format!("schedule {name} did not do all it was to do: {}", failure.message);
            found.push(Found::warning(message, "settle that, and move by hand what it was to move"));
        }
        if one.at.is_none() {
            let message = format!("schedule {name} comes at no time that can be read");
            found.push(Found::fault(message, "put a configuration in force whose cron pattern can be read"));
        }
    }
    Ok(found)
}
