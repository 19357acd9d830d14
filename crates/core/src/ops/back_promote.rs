//! `back-promote`: changes are carried back down, to one or several lower stages, each with a promotion of its own.

use crate::content::Content;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::moving::ahead_of_schedule;
use crate::moving::promoting::{self, Request};
use crate::records::promotion::Direction;
use crate::words::names::StageName;

/// Plans the back-promotion of a request to one of its destinations (`SPEC P5`). Several destinations are several
/// requests: they are independent (`SPEC P9`).
///
/// # Errors
/// Those of [`promoting::plan`].
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request, to: &StageName) -> Result<Plan, Stop> {
    let request = Request { direction: Direction::Back, to: Some(to.clone()), ..request.clone() };
    let plan = promoting::plan(snapshot, content, &request)?;
    Ok(ahead_of_schedule::told(snapshot, plan))
}
