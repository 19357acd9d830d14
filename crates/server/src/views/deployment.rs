//! Deployments and rollbacks.

use super::reason::change_at;
use switchback_api::operation::Deployment;
use switchback_api::reason::Problem;
use switchback_core::ledger::state::State;
use switchback_core::records::deployment::{self, DeploymentStatus};
use switchback_core::words::names::OperationId;

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
    let said = |code: &str, message: &str, hint: &str| {
        Some(Problem { code: code.to_owned(), message: message.to_owned(), hint: hint.to_owned() })
    };
    match status {
        DeploymentStatus::Failed { code, message, hint } => said(code, message, hint),
        DeploymentStatus::Cancelled { message } => {
            said("cancelled", message, "try it again with `switchback jobs retry`")
        }
        _ => None,
    }
}
