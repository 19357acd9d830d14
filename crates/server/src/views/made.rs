//! What somebody should know about the versions that an operation's jobs made: kept with their outcomes.

use super::deployment::outcome;
use super::reason::warnings;
use crate::failure::Said;
use std::collections::BTreeSet;
use switchback_api::{Failure, Operation};
use switchback_core::records::job::Job;
use switchback_core::words::names::OperationId;
use switchback_core::words::warning::Warning;
use switchback_engine::desk::Desk;

/// Tells it in an operation's answer.
///
/// # Errors
/// A fault of the ledger.
pub fn tell(desk: &Desk<'_>, operation: Option<OperationId>, told: &mut Operation) -> Result<(), Failure> {
    let rollbacks = told.results.iter().flat_map(|result| result.rollbacks.iter().flatten());
    let made = told.deployments.iter().chain(rollbacks).filter(|one| one.version.is_some());
    let made: BTreeSet<String> = made.map(|one| one.deployment.clone()).collect();
    let Some(operation) = operation.filter(|_| !made.is_empty()) else { return Ok(()) };
    let jobs = desk.ledger.jobs_of(operation).said()?;
    let mine = jobs.iter().filter(|job| made.contains(&job.deployment.to_string()));
    told.warnings.extend(warnings(&mine.flat_map(warned).collect::<Vec<_>>()));
    Ok(())
}

fn warned(job: &Job) -> Vec<Warning> {
    serde_json::from_value(outcome(job)["warnings"].clone()).unwrap_or_default()
}
