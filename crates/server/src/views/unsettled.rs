//! Failures that nobody has settled, told with whatever tells of their area (`SPEC D7`).

use crate::failure::Said;
use switchback_api::Failure;
use switchback_core::areas::unsettled;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::Area;
use switchback_core::words::names::OperationId;
use switchback_engine::desk::Desk;

/// The deployments of an area that failed, and that nobody has settled; why is said beside the answer.
pub fn told(desk: &Desk<'_>, state: &State, area: &Area) -> Result<Vec<OperationId>, Failure> {
    let (failed, warnings) = unsettled::unsettled(state, &*desk.repo, area).said()?.into_iter().unzip();
    desk.hear(warnings);
    Ok(failed)
}

/// The same as they are written.
pub fn names(desk: &Desk<'_>, state: &State, area: &Area) -> Result<Vec<String>, Failure> {
    Ok(told(desk, state, area)?.iter().map(ToString::to_string).collect())
}
