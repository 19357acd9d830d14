//! A server watches what is done in its pipelines: a line and a figure for each operation and each job.

use crate::meters::Meters;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use switchback_core::ports::witness::{Came, Witness, Work};
use switchback_core::words::names::OperationId;
use switchback_telemetry::{Place, link, place};
use tracing::{Span, debug, field::Empty, info, info_span, warn};

/// Of how many operations it is known which span they are, for the jobs that follow.
const REMEMBERED: usize = 1024;

/// Watches for the log, for figures and for traces.
pub struct Watching {
    meters: Arc<Meters>,
    /// Where operations are among spans, the newest last; empty where no span is sent.
    places: Mutex<VecDeque<(String, OperationId, Place)>>,
}

impl Watching {
    /// Counts there.
    pub fn new(meters: Arc<Meters>) -> Self {
        Self { meters, places: Mutex::default() }
    }

    /// Remembers where an operation is, so that its jobs, which others run later, are known to follow from it.
    fn remember(&self, pipeline: &str, operation: OperationId, span: &Span) {
        let Some(place) = place(span) else { return };
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.push_back((pipeline.to_owned(), operation, place));
        if places.len() > REMEMBERED {
            places.pop_front();
        }
    }

    /// Says that the span of a job follows from its operation, where this server carried that out.
    fn follow(&self, pipeline: &str, operation: OperationId, span: &Span) {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let found = places.iter().rev().find(|(name, id, _)| name == pipeline && *id == operation);
        if let Some((_, _, place)) = found {
            link(span, place);
        }
    }
}

impl Witness for Watching {
    fn watch(&self, pipeline: &str, work: Work<'_>, run: &mut dyn FnMut() -> Came) {
        let (span, what) = begun(pipeline, work);
        if let Work::Job(job) = work {
            self.follow(pipeline, job.operation, &span);
        }
        let began = Instant::now();
        let came = span.in_scope(run);
        let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        match work {
            Work::Operation(_) => {
                span.record("kind", came.kind);
                span.record("operation", came.operation.map(|id| id.to_string()));
                if let Some(operation) = came.operation {
                    self.remember(pipeline, operation, &span);
                }
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
