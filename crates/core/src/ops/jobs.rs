//! `jobs cancel|retry`, and how a job ends without a version (`SPEC A8`, `A9`).

use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights::{self, Used};
use crate::ledger::snapshot::Snapshot;
use crate::moving::deploy_on_arrival;
use crate::pipeline::area::AreaClass;
use crate::pipeline::stage::OnFailure;
use crate::records::deployment::{Deployment, DeploymentKind, DeploymentStatus};
use crate::records::grant::{Privilege, Scope};
use crate::records::job::{Job, JobChange, JobState};
use crate::records::promotion::{Promotion, PromotionStatus};
use crate::words::details::Details;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Place, Remedy};
use serde_json::json;

/// The part of the queue that a plan about jobs is made from.
#[derive(Clone, Copy, Debug)]
pub struct Queue<'a> {
    /// The jobs it is about.
    pub chosen: &'a [Job],
    /// Every job that has not ended.
    pub open: &'a [Job],
}

/// How a job ended that made no version.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    /// What became of its deployment.
    pub status: &'a DeploymentStatus,
    /// The last lines that its hooks printed.
    pub said: &'a [String],
}

/// Plans to call jobs off. What waits for one goes with it; one that runs is told, and its worker recovers the area.
///
/// # Errors
/// `not-open` for a job that has ended, `not-permitted`; then none is called off.
pub fn cancel(snapshot: &Snapshot<'_>, queue: Queue<'_>) -> Result<Plan, Stop> {
    let mut plan = Plan::new(snapshot.seq(), "job-cancelled");
    let message = format!("{} cancelled it", snapshot.actor.user);
    let outcome = json!({ "status": "cancelled", "message": message }).to_string();
    for job in queue.chosen {
        plan.privileges.extend(may_handle(snapshot, job)?);
        match job.state {
            JobState::Queued => {
                call_off(&mut plan, job, &message);
                plan.queue.push(JobChange::Cancel { id: job.id, outcome: outcome.clone() });
            }
            JobState::Running => plan.queue.push(JobChange::CallOff { id: job.id, outcome: outcome.clone() }),
            _ => return Err(ended_already(job).into()),
        }
        cancel_waiting(&mut plan, (job, queue.open), &message);
    }
    plan.operation = queue.chosen.first().map(|job| job.operation);
    plan.says = says(queue.chosen, "is cancelled");
    Ok(plan)
}

/// Plans to queue failed or cancelled jobs again, all or none. `siblings` are all jobs of their operations.
///
/// # Errors
/// `not-retryable` for a job that has not ended, has nothing left to do, or waits for one that will not run;
/// `not-permitted`.
pub fn retry(snapshot: &Snapshot<'_>, chosen: &[Job], siblings: &[Job]) -> Result<Plan, Stop> {
    let mut plan = Plan::new(snapshot.seq(), "job-retried");
    for job in chosen {
        if !matches!(job.state, JobState::Failed | JobState::Cancelled) {
            let message = format!("job {} is {}", job.id, job.state.as_str());
            let advice = "only failed and cancelled jobs can be retried";
            let details = Details::Job { job: job.id, state: job.state.as_str() };
            return Err(Refusal::new(Code::NotRetryable, message, advice).with(details).into());
        }
        if let Some(first) = waits_for(job, (chosen, siblings)) {
            return Err(comes_first(job, first).into());
        }
        still_comes_first(snapshot, job)?;
        plan.privileges.extend(may_handle(snapshot, job)?);
        plan.events.push(Event::DeploymentRetried { deployment: job.deployment });
        plan.queue.push(JobChange::Retry { id: job.id, run_at: snapshot.now });
    }
    plan.operation = chosen.first().map(|job| job.operation);
    plan.says = says(chosen, "is tried again");
    Ok(plan)
}

/// Plans the end of a job that made no version. A failure stops what waits for it (`SPEC A8`); where the stage says
/// `undo-all`, what its siblings did is rolled back too.
pub fn end(snapshot: &Snapshot<'_>, queue: Queue<'_>, Ending { status, said: lines }: Ending<'_>) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), "deployment-ended");
    let state = match status {
        DeploymentStatus::Failed { .. } => JobState::Failed,
        DeploymentStatus::Cancelled { .. } => JobState::Cancelled,
        DeploymentStatus::Void { .. } => JobState::Void,
        _ => JobState::Succeeded,
    };
    let outcome = json!({ "status": status.as_str(), "said": lines }).to_string();
    for job in queue.chosen {
        plan.operation = Some(job.operation);
        plan.says = format!("{} in {} {}", job.deployment, job.area, said(status));
        plan.events.push(Event::DeploymentEnded { deployment: job.deployment, status: status.clone() });
        plan.queue.push(JobChange::Finish { id: job.id, token: job.token, state, outcome: outcome.clone() });
        if matches!(state, JobState::Failed | JobState::Cancelled) {
            let message = format!("{} in {} {} first", job.deployment, job.area, said(status));
            cancel_waiting(&mut plan, (job, queue.open), &message);
        }
        if state == JobState::Failed {
            plan.events.extend(undo_siblings(snapshot, job));
        }
    }
    plan
}

fn said(status: &DeploymentStatus) -> String {
    match status {
        DeploymentStatus::Cancelled { .. } => "was cancelled".to_owned(),
        DeploymentStatus::Void { .. } => "was void".to_owned(),
        other => other.as_str().to_owned(),
    }
}

fn says(chosen: &[Job], what: &str) -> String {
    let each: Vec<_> = chosen.iter().map(|job| format!("{} in {}", job.deployment, job.area)).collect();
    format!("{} {what}", each.join(", "))
}

fn call_off(plan: &mut Plan, job: &Job, message: &str) {
    let status = DeploymentStatus::Cancelled { message: message.to_owned() };
    plan.events.push(Event::DeploymentEnded { deployment: job.deployment, status });
}

/// What waits for a job that will not succeed would wait for ever.
fn cancel_waiting(plan: &mut Plan, (job, open): (&Job, &[Job]), message: &str) {
    let ended: Vec<_> = plan.events.iter().filter_map(ended).collect();
    let waits = |other: &&Job| {
        other.state == JobState::Queued
            && other.group == job.group
            && other.sequence > job.sequence
            && !ended.contains(&other.deployment)
    };
    let waiting: Vec<&Job> = open.iter().filter(waits).collect();
    if waiting.is_empty() {
        return;
    }
    waiting.into_iter().for_each(|other| call_off(plan, other, message));
    let outcome = json!({ "status": "cancelled", "because_of": job.deployment }).to_string();
    plan.queue.push(JobChange::CancelAbove { group: job.group.clone(), sequence: job.sequence, outcome });
}

fn ended(event: &Event) -> Option<crate::words::names::OperationId> {
    match event {
        Event::DeploymentEnded { deployment, .. } => Some(*deployment),
        _ => None,
    }
}

fn undo_siblings(snapshot: &Snapshot<'_>, job: &Job) -> Vec<Event> {
    let Some(area) = snapshot.pipeline.area(&job.area) else { return Vec::new() };
    let undo = snapshot.pipeline.stage(&area.stage).is_some_and(|stage| stage.on_failure == OnFailure::UndoAll);
    // What comes before a move goes back in any case, once the last of them has ended (`SPEC P14`).
    let comes_first = snapshot.state.promotion(job.operation).is_some_and(|one| one.under_way.is_some());
    if !undo || comes_first {
        return Vec::new();
    }
    let same_group = |other: &&Deployment| {
        let stage = snapshot.pipeline.area(&other.area).map(|area| &area.stage);
        other.operation == job.operation && stage == Some(&area.stage) && other.kind == DeploymentKind::Deploy
    };
    let made = snapshot.state.deployments.iter().filter(same_group);
    deploy_on_arrival::undone(snapshot, made, &format!("{} in {} failed", job.deployment, job.area))
}

/// Handling a job asks what its deployment asked: nothing more on default areas than having moved there.
fn may_handle(snapshot: &Snapshot<'_>, job: &Job) -> Result<Option<Used>, Refusal> {
    let deployment = snapshot.deployment(job.deployment)?;
    let area = snapshot.area(&job.area)?;
    let own = deployment.by == snapshot.actor.user;
    if own && (area.default || area.class == AreaClass::Development) {
        return Ok(None);
    }
    let privilege = match deployment.kind {
        DeploymentKind::Rollback { .. } | DeploymentKind::Remove | DeploymentKind::Rewrite => Privilege::Rollback,
        DeploymentKind::Populate
        | DeploymentKind::Deploy
        | DeploymentKind::Repair
        | DeploymentKind::Adopt
        | DeploymentKind::Move => Privilege::Deploy,
    };
    rights::require(snapshot, privilege, Scope::Area(job.area.clone())).map(Some)
}

/// A deployment that came before a move is not made once the promotion failed for lack of it: its stage holds nothing of it
/// (`SPEC P14`).
fn still_comes_first(snapshot: &Snapshot<'_>, job: &Job) -> Result<(), Refusal> {
    let asked = snapshot.deployment(job.deployment)?;
    let failed = |one: &&Promotion| one.status == PromotionStatus::Failed && asked.kind == DeploymentKind::Deploy;
    let Some(promotion) = snapshot.state.promotion(job.operation).filter(failed) else { return Ok(()) };
    let id = promotion.id;
    let message = format!("{} was to come before {id}, which failed: run that again", job.deployment);
    Err(Refusal::new(Code::NotRetryable, message, Remedy::ShowPromotion { promotion: id })
        .with(Details::Job { job: job.id, state: job.state.as_str() }))
}

/// A job with a smaller sequence number that will not run, and is not tried again with it: it would wait for ever.
fn waits_for<'a>(job: &Job, (chosen, siblings): (&[Job], &'a [Job])) -> Option<&'a Job> {
    let before = |other: &&Job| {
        let stopped = matches!(other.state, JobState::Failed | JobState::Cancelled);
        let along = chosen.iter().any(|one| one.id == other.id);
        stopped && !along && other.group == job.group && other.sequence < job.sequence
    };
    siblings.iter().find(before)
}

fn comes_first(job: &Job, first: &Job) -> Refusal {
    let (id, state) = (first.id, first.state.as_str());
    let message = format!("job {} waits for job {id} in {}, which is {state}", job.id, first.area);
    Refusal::new(Code::NotRetryable, message, Remedy::RetryFirst { job: id })
        .with(Details::Job { job: job.id, state: job.state.as_str() })
}

fn ended_already(job: &Job) -> Refusal {
    let message = format!("job {} is {} already", job.id, job.state.as_str());
    Refusal::new(Code::NotOpen, message, Place::OpenJobs).with(Details::Job { job: job.id, state: job.state.as_str() })
}
