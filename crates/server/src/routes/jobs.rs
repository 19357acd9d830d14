//! `jobs list|show|wait|run|cancel|retry` (`SPEC A9`).

use crate::failure::Said;
use crate::page::{Order, Page};
use crate::parse::written;
use crate::views::deployment::{in_operation, problem, said, version, waits};
use crate::views::drift;
use crate::views::waiting::interrupted;
use switchback_api::verbs::jobs::{
    CalledOff, CancelRequest, Job, ListRequest, Listed, Planned, RetryRequest, RunRequest, ShowRequest, Shown, Touched,
    WaitRequest,
};
use switchback_api::{Answer, Failure, Warning};
use switchback_core::records::job::{self, JobState, PAUSED};
use switchback_core::words::names::OperationId;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_engine::desk::Desk;
use switchback_engine::run::Done;
use switchback_engine::visit::{Depth, Jobs};
use switchback_engine::worker::Until;

/// Lists jobs, newest first.
pub fn list(desk: &Desk<'_>, request: ListRequest) -> Result<Listed, Failure> {
    desk.look().said()?;
    let page = Page::of("jobs", request.limit, request.cursor.as_deref())?;
    let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let jobs = desk.ledger.jobs(usize::MAX).said()?.into_iter();
    let wanted = jobs.filter(|job| is(&request.state, job.state.as_str()) && is(&request.area, job.area.as_str()));
    let (jobs, next) = page.cut(wanted, Order::NewestFirst, |job| job.id);
    let jobs = jobs.iter().map(|job| told(desk, job)).collect::<Result<_, _>>()?;
    Ok(Listed { jobs, next })
}

/// Shows one job, with what its hooks said.
pub fn show(desk: &Desk<'_>, request: ShowRequest) -> Result<Shown, Failure> {
    let job = desk.job(id(desk, &request.job)?).said()?;
    Ok(Shown { job: told(desk, &job)? })
}

/// The newest job of a deployment; `None` where nobody queued one.
pub(super) fn of(desk: &Desk<'_>, deployment: OperationId) -> Result<Option<Job>, Failure> {
    let all = desk.ledger.jobs_of(deployment).said()?;
    let newest = all.iter().rev().find(|job| job.deployment == deployment);
    newest.map(|job| told(desk, job)).transpose()
}

fn told(desk: &Desk<'_>, job: &job::Job) -> Result<Job, Failure> {
    let state = desk.look().said()?;
    let asked = state.deployment(job.deployment);
    let status = asked.map(|asked| &asked.status);
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
        problem: asked.and_then(problem).or_else(|| waits(job)),
        said: said(job, status),
    })
}

/// Waits until jobs have ended, running what may run.
pub fn wait(desk: &Desk<'_>, request: WaitRequest) -> Result<Touched, Failure> {
    let ids = named_or_open(desk, &request.jobs)?;
    if desk.visit.depth == Depth::Act {
        until_ended(desk, &ids)?;
    }
    touched(desk, &ids)
}

/// Runs what is queued: all of it, or some jobs and what they wait for.
pub fn run(desk: &Desk<'_>, request: RunRequest) -> Result<Touched, Failure> {
    let ids = named_or_open(desk, &request.jobs)?;
    match (desk.visit.depth, request.jobs.is_empty()) {
        (Depth::Plan, _) => {}
        (Depth::Act, true) => {
            desk.house.work(Until::Idle).said()?;
            until_ended(desk, &ids)?;
        }
        (Depth::Act, false) => desk.run_jobs(&ids).said()?,
    }
    touched(desk, &ids)
}

fn named_or_open(desk: &Desk<'_>, names: &[String]) -> Result<Vec<u64>, Failure> {
    match names.is_empty() {
        true => Ok(desk.ledger.open_jobs().said()?.iter().map(|job| job.id).collect()),
        false => ids(desk, names),
    }
}

fn until_ended(desk: &Desk<'_>, ids: &[u64]) -> Result<(), Failure> {
    for id in ids {
        desk.house.work(Until::Ended(desk.job(*id).said()?.deployment)).said()?;
    }
    Ok(())
}

/// Cancels jobs, and what waits for them.
pub fn cancel(desk: &Desk<'_>, request: CancelRequest) -> Result<Answer<CalledOff, Planned>, Failure> {
    let ids = ids(desk, &request.jobs)?;
    let done = desk.cancel_jobs(&ids).said()?;
    let touched = touched(desk, &ids)?;
    Ok(match done.depth {
        Depth::Act => Answer::Done(CalledOff { touched }),
        Depth::Plan => Answer::Plan(planned(done, touched)),
    })
}

/// Queues failed or cancelled jobs again, and runs them.
pub fn retry(desk: &Desk<'_>, request: RetryRequest) -> Result<Answer<Touched, Planned>, Failure> {
    let ids = ids(desk, &request.jobs)?;
    let done = desk.retry_jobs(&ids).said()?;
    if (desk.visit.depth, desk.visit.jobs) == (Depth::Act, Jobs::Wait) {
        until_ended(desk, &ids)?;
    }
    let touched = touched(desk, &ids)?;
    Ok(match done.depth {
        Depth::Act => Answer::Done(touched),
        Depth::Plan => Answer::Plan(planned(done, touched)),
    })
}

fn planned(done: Done, touched: Touched) -> Planned {
    Planned { says: done.plan.says, jobs: touched.jobs, hash: done.hash }
}

fn touched(desk: &Desk<'_>, ids: &[u64]) -> Result<Touched, Failure> {
    let mut jobs = Vec::new();
    for id in ids {
        jobs.push(told(desk, &desk.job(*id).said()?)?);
    }
    let open = |job: &&Job| ["queued", "running"].contains(&job.state.as_str());
    let left = jobs.iter().filter(|job| open(job) && desk.house.is_interrupted());
    let mut warnings: Vec<Warning> = left.map(|job| interrupted(&job.deployment, &job.area)).collect();
    let state = desk.look().said()?;
    for job in &jobs {
        let asked = OperationId::parse(&job.deployment).and_then(|id| state.deployment(id));
        warnings.extend(asked.into_iter().flat_map(|asked| drift::warnings(&in_operation(&state, asked))));
    }
    Ok(Touched { jobs, warnings })
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
    of(desk, deployment)?.map(|job| job.id).ok_or_else(unknown).said()
}
