//! Somebody who watches the work of a pipeline while it is done: for a log, for figures, for a trace of who waits for what.
//! A witness hears everything and has no say.

use crate::records::job::Job;
use crate::words::names::{OperationId, Seq, UserName};

/// Work that is worth a line.
#[derive(Clone, Copy, Debug)]
pub enum Work<'a> {
    /// One request goes down the corridor, for this person.
    Operation(&'a UserName),
    /// A worker runs a job that it has leased.
    Job(&'a Job),
}

/// What came of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Came {
    /// One word out of few: `done`, `nothing`, `refused`, `failed`, `overtaken`; of a job its state, or `paused`,
    /// `put-back`.
    pub outcome: &'static str,
    /// What the plan is called; none where no rule made one.
    pub kind: Option<&'static str>,
    /// The operation.
    pub operation: Option<OperationId>,
    /// Where the ledger stood after it.
    pub seq: Option<Seq>,
    /// Why not.
    pub code: Option<String>,
}

impl Came {
    /// An outcome by its word alone.
    pub fn to(outcome: &'static str) -> Self {
        Self { outcome, kind: None, operation: None, seq: None, code: None }
    }

    /// It did not come about, for a reason with a code.
    pub fn not(outcome: &'static str, code: impl Into<String>) -> Self {
        Self { code: Some(code.into()), ..Self::to(outcome) }
    }
}

/// Somebody who watches.
pub trait Witness: Send + Sync {
    /// Watches work in a pipeline: has it done, once, and hears what came of it.
    fn watch(&self, pipeline: &str, work: Work<'_>, run: &mut dyn FnMut() -> Came);
}

/// Nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unwatched;

impl Witness for Unwatched {
    fn watch(&self, _pipeline: &str, _work: Work<'_>, run: &mut dyn FnMut() -> Came) {
        run();
    }
}
