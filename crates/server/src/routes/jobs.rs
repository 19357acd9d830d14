//! `jobs list|wait|run|cancel|retry` (`SPEC A9`).

use crate::door::Said;
use crate::parse::written;
use crate::views::deployment::{problem, version};
use switchback_api::Failure;
use switchback_api::verbs::jobs::{
    CancelRequest, Job, ListRequest, Listed, RetryRequest, RunRequest, Touched, WaitRequest,
};
use switchback_core::ports::ledger::Ledger;
use switchback_core::records::job::{self, JobState};
use switchback_core::words::names::{OperationId, Time};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_engine::session::Session;

/// Lists jobs, newest first.
pub fn list(session: &mut Session, request: ListRequest) -> Result<Listed, Failure> {
    let limit = request.limit.map_or(usize::MAX, |limit| limit as usize);
    let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let jobs = session.ledger.jobs(usize::MAX).said()?.into_iter();
    let wanted = jobs.filter(|job| is(&request.state, job.state.as_str()) && is(&request.area, job.area.as_str()));
    let jobs = wanted.take(limit).map(|job| told(session, &job)).collect::<Result<_, _>>()?;
    Ok(Listed { jobs })
}

fn told(session: &Session, job: &job::Job) -> Result<Job, Failure> {
    let state = session.look().said()?;
    let status = state.deployment(job.deployment).map(|asked| &asked.status);
    let paused = job.run_at == Time(i64::MAX);
    Ok(Job {
        id: job.id,
        area: job.area.to_string(),
        deployment: job.deployment.to_string(),
        operation: job.operation.to_string(),
        state: job.state.as_str().to_owned(),
        sequence: job.sequence,
        attempts: job.attempts,
        run_at: if paused { "after its manual task".to_owned() } else { written(session, job.run_at) },
        worker: Some(job.worker.clone()).filter(|worker| job.state == JobState::Running && !worker.is_empty()),
        version: status.and_then(version),
        problem: status.and_then(problem),
    })
}

/// Waits for jobs, running what may run.
pub fn wait(session: &mut Session, request: WaitRequest) -> Result<Touched, Failure> {
    run_named(session, &request.jobs)
}

/// Runs what is queued.
pub fn run(session: &mut Session, request: RunRequest) -> Result<Touched, Failure> {
    run_named(session, &request.jobs)
}

fn run_named(session: &Session, names: &[String]) -> Result<Touched, Failure> {
    let before: Vec<u64> = match names.is_empty() {
        true => {
            let jobs = session.ledger.jobs(usize::MAX).said()?;
            let open = |job: &&job::Job| matches!(job.state, JobState::Queued | JobState::Running);
            jobs.iter().filter(open).map(|job| job.id).collect()
        }
        false => ids(session, names)?,
    };
    session.run_jobs(None).said()?;
    for id in names.iter().zip(&before).map(|(_, id)| *id) {
        let operation = session.job(id).said()?.deployment;
        session.run_jobs(Some(operation)).said()?;
    }
    touched(session, &before)
}

/// Cancels queued jobs.
pub fn cancel(session: &mut Session, request: CancelRequest) -> Result<Touched, Failure> {
    let ids = ids(session, &request.jobs)?;
    for id in &ids {
        session.cancel_job(*id).said()?;
    }
    touched(session, &ids)
}

/// Queues failed or cancelled jobs again, and runs them.
pub fn retry(session: &mut Session, request: RetryRequest) -> Result<Touched, Failure> {
    let ids = ids(session, &request.jobs)?;
    for id in &ids {
        session.retry_job(*id).said()?;
    }
    if session.options.patience == switchback_engine::session::Patience::Wait {
        session.run_jobs(None).said()?;
    }
    touched(session, &ids)
}

fn touched(session: &Session, ids: &[u64]) -> Result<Touched, Failure> {
    let mut jobs = Vec::new();
    for id in ids {
        jobs.push(told(session, &session.job(*id).said()?)?);
    }
    Ok(Touched { jobs })
}

/// Jobs by number, or by their deployment, `D-4`.
fn ids(session: &Session, names: &[String]) -> Result<Vec<u64>, Failure> {
    names.iter().map(|name| id(session, name)).collect()
}

fn id(session: &Session, name: &str) -> Result<u64, Failure> {
    if let Ok(number) = name.parse() {
        return session.job(number).map(|job| job.id).said();
    }
    let deployment = OperationId::parse(name);
    let jobs = session.ledger.jobs(usize::MAX).said()?;
    let found = jobs.iter().find(|job| Some(job.deployment) == deployment);
    found.map(|job| job.id).ok_or_else(|| Refusal::unknown(Code::UnknownJob, name, &[])).said()
}
