//! Work is done before a witness, and in which words it hears what came of it.

use crate::failure::EngineFailure;
use crate::house::House;
use switchback_core::ports::witness::{Came, Work};
use switchback_core::records::deployment::DeploymentStatus;

impl House {
    /// Has work done before the witness of this house.
    pub(crate) fn witnessed<T>(&self, work: Work<'_>, run: impl Fn() -> T, came: impl Fn(&T) -> Came) -> T {
        let mut result = None;
        self.witness.watch(&self.name, work, &mut || {
            let done = run();
            let heard = came(&done);
            result = Some(done);
            heard
        });
        // Work is done, also where somebody did not watch.
        result.unwrap_or_else(run)
    }
}

/// What came of a job.
pub(crate) fn of_job(ended: &Result<Came, EngineFailure>) -> Came {
    match ended {
        Ok(came) => came.clone(),
        Err(failure) => failed(failure),
    }
}

/// What came of a job that ended without a version.
pub(crate) fn of_status(status: &DeploymentStatus) -> Came {
    match status {
        DeploymentStatus::Failed { code, .. } => Came::not(status.as_str(), code.clone()),
        other => Came::to(other.as_str()),
    }
}

/// What came of work that was in vain.
pub(crate) fn failed(failure: &EngineFailure) -> Came {
    let outcome = match failure {
        EngineFailure::Refused(_) => "refused",
        EngineFailure::Fault(_) | EngineFailure::Defect(_) => "failed",
    };
    Came::not(outcome, failure.said().0)
}
