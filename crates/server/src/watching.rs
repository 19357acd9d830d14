//! A server watches what is done in its pipelines: a line and a figure for each operation and each job.

use crate::meters::Meters;
use std::sync::Arc;
use std::time::Instant;
use switchback_core::ports::witness::{Came, Witness, Work};
use tracing::{Span, debug, field::Empty, info, info_span, warn};

/// Watches for the log and for figures.
pub struct Watching {
    meters: Arc<Meters>,
}

impl Watching {
    /// Counts there.
    pub fn new(meters: Arc<Meters>) -> Self {
        Self { meters }
    }
}

impl Witness for Watching {
    fn watch(&self, pipeline: &str, work: Work<'_>, run: &mut dyn FnMut() -> Came) {
        let (span, what) = begun(pipeline, work);
        let began = Instant::now();
        let came = span.in_scope(run);
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match work {
            Work::Operation(_) => {
                span.record("kind", came.kind);
                span.record("operation", came.operation.map(|id| id.to_string()));
                self.meters.operation(pipeline, (came.kind, came.outcome));
            }
            Work::Job(_) => self.meters.job(pipeline, came.outcome),
        }
        span.in_scope(|| say(what, &came, ms));
    }
}

fn begun(pipeline: &str, work: Work<'_>) -> (Span, &'static str) {
    match work {
        Work::Operation(who) => {
            let person = who.as_str();
            (info_span!("operation", pipeline, person, kind = Empty, operation = Empty), "operation")
        }
        Work::Job(job) => {
            let (operation, deployment, area) = (job.operation, job.deployment, job.area.as_str());
            let (id, attempt) = (job.id, job.attempts);
            (info_span!("job", pipeline, job = id, %operation, %deployment, area, attempt), "job")
        }
    }
}

fn say(what: &str, came: &Came, ms: u64) {
    let (outcome, code, seq) = (came.outcome, came.code.as_deref(), came.seq.map(|seq| seq.0));
    match outcome {
        // What changes nothing is looked at again and again.
        "nothing" | "overtaken" => debug!(outcome, code, ms, "{what}"),
        "failed" => warn!(outcome, code, seq, ms, "{what}"),
        _ => info!(outcome, code, seq, ms, "{what}"),
    }
}
