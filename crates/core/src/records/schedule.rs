//! What became of recurring runs (`SPEC P12`).

use crate::words::names::{OperationId, StageName, Time};
use serde::{Deserialize, Serialize};

/// How a schedule ran last.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LastRun {
    /// The moment it was due: it does not run for that one again.
    pub due: Time,
    /// When it ran.
    pub at: Time,
    /// The promotions it made.
    pub promotions: Vec<OperationId>,
    /// What it did not do though it was asked to, until a later run or a person moved something that way.
    pub failures: Vec<RunFailure>,
}

/// Something that a recurring run was to do and did not.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RunFailure {
    /// From which stage.
    pub source: StageName,
    /// To which stage; `None` where the run as a whole came to nothing.
    pub destination: Option<StageName>,
    /// The refusal's or fault's code.
    pub code: String,
    /// The sentence.
    pub message: String,
}

impl LastRun {
    /// Something has moved from a stage to another: whoever did it has looked.
    pub fn has_moved(&mut self, source: &StageName, destination: &StageName) {
        self.failures.retain(|failure| {
            failure.source != *source || failure.destination.as_ref().is_some_and(|to| to != destination)
        });
    }
}
