//! `promote`: changes climb.

use crate::content::Content;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::moving::ahead_of_schedule;
use crate::moving::promoting::{self, Request};
use crate::records::promotion::Direction;

/// Plans a promotion (`SPEC P5`).
///
/// # Errors
/// Those of [`promoting::plan`].
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    let request = Request { direction: Direction::Forward, ..request.clone() };
    let plan = promoting::plan(snapshot, content, &request)?;
    Ok(ahead_of_schedule::told(snapshot, plan))
}
