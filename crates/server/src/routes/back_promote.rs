//! `back-promote`: to one or several lower stages, each with a promotion of its own (`SPEC P9`).

use super::mass::rows;
use super::promote::request;
use crate::operate::{Answered, finish, one_plan};
use crate::parse::stages;
use switchback_api::verbs::back_promote::BackPromoteRequest;
use switchback_core::moving::promoting::Request;
use switchback_core::ops::back_promote::plan;
use switchback_core::records::promotion::Direction;
use switchback_engine::desk::Desk;
use switchback_engine::mass::to_several;

/// Back-promotes.
pub fn back_promote(desk: &Desk<'_>, asked: BackPromoteRequest) -> Answered {
    let BackPromoteRequest { changes, from, to, options, start } = asked;
    let request = request(desk, (changes, from), (&options, &start))?;
    let request = Request { direction: Direction::Back, ..request };
    match stages(&to).as_slice() {
        [one] => {
            let done = desk.carry_out(&request, |snapshot, content| plan(snapshot, content, &request, one));
            finish(desk, done)
        }
        several => {
            one_plan(desk, several.len(), "name one destination")?;
            rows(desk, to_several(desk, &request, several))
        }
    }
}
