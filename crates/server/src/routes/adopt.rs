//! `stage adopt STAGE`: a rewritten branch is taken as it is (`SPEC L8`).

use crate::operate::{Answered, finish};
use switchback_api::verbs::adopt::AdoptRequest;
use switchback_core::words::names::StageName;
use switchback_engine::adopt::adopt as carry;
use switchback_engine::session::Session;

/// Adopts a stage's branch.
pub fn adopt(session: &mut Session, asked: AdoptRequest) -> Answered {
    finish(session, carry(session, &StageName::new(&asked.stage)))
}
