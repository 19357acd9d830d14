//! `jobs list|show|wait|run|cancel|retry` (`SPEC A9`).

use crate::failure::Said;
use crate::parse::written;
use crate::views::deployment::{problem, said, version};
use crate::wait;
use switchback_api::verbs::jobs::{
    CancelRequest, Job, ListRequest, Listed, Planned, RetryRequest, RunRequest, ShowRequest, Shown, Touched,
    WaitRequest,
};
use switchback_api::{Answer, Failure};
use switchback_core::records::job::{self, JobState, PAUSED};
use switchback_core::words::names::OperationId;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_engine::desk::Desk;
use switchback_engine::failure::EngineFailure;
use switchback_engine::run::Done;
use switchback_engine::visit::Depth;
use switchback_engine::worker::Until;

/// What somebody does with jobs.
type Handled = Result<Answer<Touched, Planned>, Failure>;

/// Lists jobs, newest first.
pub fn list(desk: &Desk<'_>, request: ListRequest) -> Result<Listed, Failure> {
    let limit = request.limit.map_or(usize::MAX, |limit| limit as usize);
    let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let jobs = desk.ledger.jobs(usize::MAX).said()?.into_iter();
    let wanted = jobs.filter(|job| is(&request.state, job.state.as_str()) && is(&request.area, job.area.as_str()));
    let jobs = wanted.take(limit).map(|job| told(desk, &job)).collect::<Result<_, _>>()?;
    Ok(Listed { jobs })
}

/// Shows one job, with what its hooks said.
pub fn show(desk: &Desk<'_>, request: ShowRequest) -> Result<Shown, Failure> {
    let job = desk.job(id(desk, &request.job)?).said()?;
    Ok(Shown { job: told(desk, &job)? })
}

fn told(desk: &Desk<'_>, job: &job::Job) -> Result<Job, Failure> {
    let state = desk.look().said()?;
    let status = state.deployment(job.deployment).map(|asked| &asked.status);
    let paused = job.run_at == PAUSED;
    Ok(Job {
        id: job.id,
        area: job.area.to_string(),
        deployment: job.deployment.to_string(),
        operation: job.operation.to_string(),
        state: job.state.as_str().to_owned(),
        sequence: job.sequence,
        attempts: job.attempts,
        run_at: if paused { "after its manual task".to_owned() } else { written(desk, job.run_at) },
        worker: Some(job.worker.clone()).filter(|worker| job.state == JobState::Running && !worker.is_empty()),
        version: status.and_then(version),
        problem: status.and_then(problem),
        said: said(job, status),
    })
}

/// Waits until jobs have ended, running what may run.
pub fn wait(desk: &Desk<'_>, request: WaitRequest) -> Result<Touched, Failure> {
    run_named(desk, &request.jobs)
}

/// Runs what is queued.
pub fn run(desk: &Desk<'_>, request: RunRequest) -> Result<Touched, Failure> {
    run_named(desk, &request.jobs)
}

fn run_named(desk: &Desk<'_>, names: &[String]) -> Result<Touched, Failure> {
    let ids: Vec<u64> = match names.is_empty() {
        true => desk.ledger.open_jobs().said()?.iter().map(|job| job.id).collect(),
        false => ids(desk, names)?,
    };
    if desk.visit.depth == Depth::Act {
        desk.house.work(Until::Idle).said()?;
        for id in &ids {
            desk.house.work(Until::Ended(desk.job(*id).said()?.deployment)).said()?;
        }
    }
    touched(desk, &ids)
}

/// Cancels jobs, and what waits for them.
pub fn cancel(desk: &Desk<'_>, request: CancelRequest) -> Handled {
    let ids = ids(desk, &request.jobs)?;
    handled(desk, &ids, desk.cancel_jobs(&ids))
}

/// Queues failed or cancelled jobs again, and runs them.
pub fn retry(desk: &Desk<'_>, request: RetryRequest) -> Handled {
    let ids = ids(desk, &request.jobs)?;
    let done = desk.retry_jobs(&ids);
    if done.is_ok() {
        wait::until_idle(desk)?;
    }
    handled(desk, &ids, done)
}

fn handled(desk: &Desk<'_>, ids: &[u64], done: Result<Done, EngineFailure>) -> Handled {
    let done = done.said()?;
    let touched = touched(desk, ids)?;
    Ok(match done.depth {
        Depth::Act => Answer::Done(touched),
        Depth::Plan => Answer::Plan(Planned { says: done.plan.says, jobs: touched.jobs, hash: done.hash }),
    })
}

fn touched(desk: &Desk<'_>, ids: &[u64]) -> Result<Touched, Failure> {
    let mut jobs = Vec::new();
    for id in ids {
        jobs.push(told(desk, &desk.job(*id).said()?)?);
    }
    Ok(Touched { jobs })
}

/// Jobs by number, or by their deployment, `D-4`.
fn ids(desk: &Desk<'_>, names: &[String]) -> Result<Vec<u64>, Failure> {
    names.iter().map(|name| id(desk, name)).collect()
}

fn id(desk: &Desk<'_>, name: &str) -> Result<u64, Failure> {
    if let Ok(number) = name.parse() {
        return desk.job(number).map(|job| job.id).said();
    }
    let unknown = || Refusal::unknown(Code::UnknownJob, name, &[]);
    let deployment = OperationId::parse(name).ok_or_else(unknown).said()?;
    let jobs = desk.ledger.jobs_of(deployment).said()?;
    let found = jobs.iter().rev().find(|job| job.deployment == deployment);
    found.map(|job| job.id).ok_or_else(unknown).said()
}
