//! `back-promote`: to one or several lower stages, each with a promotion of its own (`SPEC P9`).

use crate::operate::{Answered, finish, finish_all};
use crate::parse::{promoting, stages};
use switchback_api::verbs::back_promote::BackPromoteRequest;
use switchback_core::moving::promoting::Request;
use switchback_core::ops::back_promote::plan;
use switchback_core::records::promotion::Direction;
use switchback_engine::desk::Desk;
use switchback_engine::mass::to_several;

/// Back-promotes.
pub fn back_promote(desk: &Desk<'_>, asked: BackPromoteRequest) -> Answered {
    let BackPromoteRequest { changes, from, to, options, start } = asked;
    let request = promoting(desk, (changes, from), (&options, &start))?;
    let request = Request { direction: Direction::Back, ..request };
    match stages(&to).as_slice() {
        [one] => {
            let done = desk.carry_out(&request, |snapshot, content| plan(snapshot, content, &request, one));
            finish(desk, done)
        }
        several => finish_all(desk, to_several(desk, &request, several)),
    }
}
