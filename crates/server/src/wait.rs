//! Waiting for what an operation queued. The only place that decides whether, and how.

use crate::failure::Said;
use switchback_api::Failure;
use switchback_core::words::names::OperationId;
use switchback_engine::desk::Desk;
use switchback_engine::visit::{Depth, Jobs};
use switchback_engine::worker::Until;

/// Waits until an operation's jobs have ended, working meanwhile, if whoever asked means to wait.
pub fn until_ended(desk: &Desk<'_>, operation: Option<OperationId>) -> Result<(), Failure> {
    wait(desk, operation.map(Until::Ended))
}

/// The same until nothing may run any more.
pub fn until_idle(desk: &Desk<'_>) -> Result<(), Failure> {
    wait(desk, Some(Until::Idle))
}

fn wait(desk: &Desk<'_>, until: Option<Until<'_>>) -> Result<(), Failure> {
    match (desk.visit.depth, desk.visit.jobs, until) {
        (Depth::Act, Jobs::Wait, Some(until)) => desk.house.work(until).said(),
        _ => Ok(()),
    }
}
