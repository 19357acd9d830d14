//! Shares a row of work among a few threads.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use switchback_core::words::fault::Fault;

/// Neighbouring paths share folders, so each thread takes this many at a time.
const STEP: usize = 64;
/// Below this many, a second thread costs more than it brings.
const WORTH: usize = 16;
/// File systems gain nothing from more.
const THREADS: usize = 4;

/// Hands out ranges of the work.
pub(super) struct Shares {
    next: AtomicUsize,
    length: usize,
    step: usize,
}

impl Shares {
    /// The next range; `None` when all are taken.
    pub(super) fn take(&self) -> Option<Range<usize>> {
        let start = self.next.fetch_add(self.step, Ordering::Relaxed);
        (start < self.length).then(|| start..self.length.min(start + self.step))
    }
}

/// Runs `work` on a few threads, which take their shares until none is left. The first fault is told.
pub(super) fn share<R: Send>(
    length: usize,
    work: impl Fn(&Shares) -> Result<R, Fault> + Sync,
) -> Result<Vec<R>, Fault> {
    let cores = thread::available_parallelism().map_or(1, usize::from).min(THREADS);
    let threads = cores.min(length / WORTH).max(1);
    let shares = Shares { next: AtomicUsize::new(0), length, step: STEP.min(length.div_ceil(threads)).max(1) };
    if threads == 1 {
        return work(&shares).map(|result| vec![result]);
    }
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(|| work(&shares))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}
