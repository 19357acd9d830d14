//! `stage adopt`: a rewritten branch is taken as it is (`SPEC L8`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::gather;
use crate::run::Done;
use switchback_core::ops::adopt::{self, Arrival};
use switchback_core::words::names::StageName;

/// Adopts a stage's branch.
///
/// # Errors
/// `unknown-stage`, `not-permitted` without `configure`, `no-common-base`, `plan-outdated`, or a fault.
pub fn adopt(desk: &Desk<'_>, stage: &StageName) -> Result<Done, EngineFailure> {
    let state = desk.look()?;
    let snapshot = desk.snapshot(&state);
    let (line, stage) = (snapshot.line(stage)?, snapshot.stage(stage)?);
    let arrival = Arrival::Rewritten(gather::rewritten(desk, stage, line.base)?);
    desk.carry_out_as_it_stands(&arrival.asked(), |snapshot, content| adopt::plan(snapshot, content, &arrival))
}
