//! `promote`.

use crate::operate::{Answered, finish};
use crate::parse::{promoting, stage};
use switchback_api::verbs::promote::PromoteRequest;
use switchback_core::moving::promoting::Request;
use switchback_core::ops::promote::plan;
use switchback_engine::desk::Desk;

/// Promotes.
pub fn promote(desk: &Desk<'_>, asked: PromoteRequest) -> Answered {
    let PromoteRequest { changes, from, to, options, start } = asked;
    let request = Request { to: stage(&to), ..promoting(desk, (changes, from), (&options, &start))? };
    finish(desk, desk.carry_out(&request, |snapshot, content| plan(snapshot, content, &request)))
}
