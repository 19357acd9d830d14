//! What stays queued and is not for a worker to end: it waits for a person, or the work was interrupted.

use super::deployment;
use crate::failure::Said;
use switchback_api::operation::{Deployment, INTERRUPTED};
use switchback_api::{Failure, Operation, Remedy, Warning};
use switchback_core::records::job::Job;
use switchback_engine::desk::Desk;
use switchback_engine::visit::Depth;

/// Tells it in an operation's answer.
///
/// # Errors
/// A fault of the ledger.
pub fn tell(desk: &Desk<'_>, told: &mut Operation) -> Result<(), Failure> {
    let rollbacks = told.results.iter_mut().flat_map(|result| result.rollbacks.iter_mut().flatten());
    let queued: Vec<_> = told.deployments.iter_mut().chain(rollbacks).filter(|one| one.status == "queued").collect();
    if queued.is_empty() || desk.visit.depth == Depth::Plan {
        return Ok(());
    }
    let jobs = desk.ledger.open_jobs().said()?;
    for one in queued {
        let job = jobs.iter().find(|job| job.deployment.to_string() == one.deployment);
        told.warnings.extend(job.and_then(|job| about(desk, job, one)));
    }
    Ok(())
}

fn about(desk: &Desk<'_>, job: &Job, one: &mut Deployment) -> Option<Warning> {
    let Some(problem) = deployment::waits(job) else {
        return desk.house.is_interrupted().then(|| interrupted(&one.deployment, &one.area));
    };
    let message = format!("{} waits in {}: {}", one.deployment, one.area, problem.message);
    let warning = Warning { code: problem.code.clone(), message, remedy: problem.remedy.clone() };
    one.problem = Some(problem);
    Some(warning)
}

/// Somebody interrupted the work, and this stays queued.
pub fn interrupted(deployment: &str, area: &str) -> Warning {
    Warning {
        code: INTERRUPTED.to_owned(),
        message: format!("the work was interrupted: {deployment} in {area} stays queued"),
        remedy: Some(Box::new(Remedy::GoOnOrCallOff { deployment: deployment.to_owned() })),
    }
}
