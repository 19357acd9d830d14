//! `stage adopt STAGE`: a rewritten branch is taken as it is (`SPEC L8`).

use crate::operate::{Answered, finish};
use switchback_api::verbs::adopt::AdoptRequest;
use switchback_core::words::names::StageName;
use switchback_engine::adopt::adopt as carry;
use switchback_engine::desk::Desk;

/// Adopts a stage's branch.
pub fn adopt(desk: &Desk<'_>, asked: AdoptRequest) -> Answered {
    finish(desk, carry(desk, &StageName::new(&asked.stage)))
}
