//! Deployments and rollbacks.

use super::reason::change_at;
use super::remedy::next;
use switchback_api::operation::Deployment;
use switchback_api::reason::Problem;
use switchback_core::ledger::state::State;
use switchback_core::records::deployment::{self, DeploymentStatus};
use switchback_core::records::job::Job;
use switchback_core::words::names::OperationId;
use switchback_core::words::remedy::{Mended, Remedy};

/// A deployment, as it stands.
pub fn deployment(asked: &deployment::Deployment) -> Deployment {
    Deployment {
        area: asked.area.to_string(),
        deployment: asked.id.to_string(),
        kind: asked.kind.as_str().to_owned(),
        status: asked.status.as_str().to_owned(),
        version: version(&asked.status),
        changes: asked.changes.iter().map(change_at).collect(),
        problem: problem(&asked.status),
    }
}

/// Some deployments, as they stand.
pub fn by_id(state: &State, ids: &[OperationId]) -> Vec<Deployment> {
    ids.iter().filter_map(|id| state.deployment(*id)).map(deployment).collect()
}

/// The version a deployment made.
pub fn version(status: &DeploymentStatus) -> Option<u32> {
    match status {
        DeploymentStatus::Succeeded { version } => Some(version.0),
        _ => None,
    }
}

/// Why a deployment made none.
pub fn problem(status: &DeploymentStatus) -> Option<Problem> {
    let said = |code: &str, message: &str, remedy: &Remedy| {
        let (hint, remedy) = next(remedy);
        Some(Problem { code: code.to_owned(), message: message.to_owned(), hint, remedy })
    };
    match status {
        DeploymentStatus::Failed { code, message, remedy, .. } => said(code, message, remedy),
        DeploymentStatus::Cancelled { message } => {
            said("cancelled", message, &Remedy::RetryJob { after: Mended::Nothing })
        }
        DeploymentStatus::Void { message } => said("void", message, &"nothing is left to do".into()),
        DeploymentStatus::Queued | DeploymentStatus::Succeeded { .. } | DeploymentStatus::Unchanged => None,
    }
}

/// The last lines that hooks of a job printed: kept with its outcome, or with why it failed.
pub fn said(job: &Job, status: Option<&DeploymentStatus>) -> Vec<String> {
    if let Some(DeploymentStatus::Failed { output, .. }) = status {
        return output.clone();
    }
    let outcome: serde_json::Value = serde_json::from_str(&job.outcome).unwrap_or_default();
    let lines = outcome["said"].as_array().into_iter().flatten();
    lines.filter_map(|line| line.as_str().map(str::to_owned)).collect()
}
