//! Deployments and rollbacks.

use super::drift::{Met, met};
use super::reason::change_at;
use super::remedy::next;
use switchback_api::operation::Deployment;
use switchback_api::reason::Problem;
use switchback_core::areas::unsettled::next_step;
use switchback_core::ledger::state::State;
use switchback_core::records::deployment::{self, DeploymentKind, DeploymentStatus, Occasion};
use switchback_core::records::job::{Job, PAUSED};
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
        problem: problem(asked),
        ..Deployment::default()
    }
}

/// The same among the others of its operation: one that was taken back because a sibling failed is `undone`.
pub fn in_operation(state: &State, asked: &deployment::Deployment) -> Deployment {
    let Met { kept, overwritten, set_aside } = met(state, asked);
    let told = Deployment { kept, overwritten, set_aside, ..deployment(asked) };
    let takes_back = |other: &&deployment::Deployment| is_undo(other, asked.operation) && other.area == asked.area;
    let taken_back = state.deployments.iter().filter(takes_back).any(|other| {
        let of_it = matches!(other.kind, DeploymentKind::Rollback { version } if Some(version.0) == told.version);
        of_it && version(&other.status).is_some()
    });
    match taken_back {
        true => Deployment { status: "undone".to_owned(), ..told },
        false => told,
    }
}

/// Whether a deployment takes back what a sibling did, because another of its operation failed (`SPEC A8`).
pub fn is_undo(asked: &deployment::Deployment, operation: OperationId) -> bool {
    asked.operation == operation && asked.occasion == Occasion::Automatic && asked.kind.takes_whole_back()
}

/// Some deployments, as they stand.
pub fn by_id(state: &State, ids: &[OperationId]) -> Vec<Deployment> {
    ids.iter().filter_map(|id| state.deployment(*id)).map(|asked| in_operation(state, asked)).collect()
}

/// The version a deployment made.
pub fn version(status: &DeploymentStatus) -> Option<u32> {
    match status {
        DeploymentStatus::Succeeded { version } => Some(version.0),
        _ => None,
    }
}

/// Why a deployment made none.
pub fn problem(asked: &deployment::Deployment) -> Option<Problem> {
    let said = |code: &str, message: &str, remedy: &Remedy| {
        let (hint, remedy) = next(remedy);
        Some(Problem { code: code.to_owned(), message: message.to_owned(), hint, remedy, said: Vec::new() })
    };
    match &asked.status {
        DeploymentStatus::Failed { code, message, remedy, output } => {
            said(code, message, &next_step(asked, remedy)).map(|problem| Problem { said: output.clone(), ..problem })
        }
        DeploymentStatus::Cancelled { message } => {
            let again = Remedy::RetryJob { after: Mended::Nothing, deployment: Some(asked.id) };
            said("cancelled", message, &again)
        }
        DeploymentStatus::Void { message } => said("void", message, &"nothing is left to do".into()),
        DeploymentStatus::Queued | DeploymentStatus::Succeeded { .. } | DeploymentStatus::Unchanged => None,
    }
}

/// What a job came to, as its worker left it.
pub fn outcome(job: &Job) -> serde_json::Value {
    serde_json::from_str(&job.outcome).unwrap_or_default()
}

/// For whom a job waits, if it does (`SPEC A12`).
pub fn waits(job: &Job) -> Option<Problem> {
    if job.run_at != PAUSED {
        return None;
    }
    let outcome = outcome(job);
    let text = |name: &str| outcome[name].as_str().unwrap_or_default().to_owned();
    let remedy = serde_json::from_value::<Remedy>(outcome["remedy"].clone());
    let (hint, remedy) = remedy.map_or_else(|_| (String::new(), None), |remedy| next(&remedy));
    Some(Problem { code: text("code"), message: text("message"), hint, remedy, said: Vec::new() })
}

/// The last lines that hooks of a job printed: kept with its outcome, or with why it failed.
pub fn said(job: &Job, status: Option<&DeploymentStatus>) -> Vec<String> {
    if let Some(DeploymentStatus::Failed { output, .. }) = status {
        return output.clone();
    }
    let outcome = outcome(job);
    let lines = outcome["said"].as_array().into_iter().flatten();
    lines.filter_map(|line| line.as_str().map(str::to_owned)).collect()
}
