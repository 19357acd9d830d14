//! What may stop a running job: somebody called it off, its lease went to another worker, or the program shall end.

use crate::interrupt::Interrupt;
use std::sync::atomic::{AtomicU8, Ordering};

/// Why a job stops.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Stopped {
    /// Somebody cancelled it (`SPEC A9`).
    CalledOff,
    /// Another worker holds its lease.
    TakenOver,
    /// The program shall end; the job goes back into the queue.
    Interrupted,
}

/// Asked at every point where stopping is safe.
pub(crate) struct Watch {
    interrupt: Interrupt,
    news: AtomicU8,
}

const CALLED_OFF: u8 = 1;
const TAKEN_OVER: u8 = 2;

impl Watch {
    pub(crate) fn new(interrupt: Interrupt) -> Self {
        Self { interrupt, news: AtomicU8::new(0) }
    }

    /// The heartbeat heard that somebody called the job off.
    pub(crate) fn call_off(&self) {
        self.news.store(CALLED_OFF, Ordering::SeqCst);
    }

    /// The heartbeat heard that somebody else holds the lease.
    pub(crate) fn lose(&self) {
        self.news.store(TAKEN_OVER, Ordering::SeqCst);
    }

    /// Whether to stop, and why.
    pub(crate) fn stopped(&self) -> Option<Stopped> {
        match self.news.load(Ordering::SeqCst) {
            CALLED_OFF => Some(Stopped::CalledOff),
            TAKEN_OVER => Some(Stopped::TakenOver),
            _ if self.interrupt.is_raised() => Some(Stopped::Interrupted),
            _ => None,
        }
    }

    /// Whether to stop.
    pub(crate) fn wants_stop(&self) -> bool {
        self.stopped().is_some()
    }

    /// Stops here if somebody wants it.
    pub(crate) fn check(&self) -> Result<(), Stopped> {
        self.stopped().map_or(Ok(()), Err)
    }
}
