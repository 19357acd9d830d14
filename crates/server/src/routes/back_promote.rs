//! `back-promote`: to one or several lower stages, each with a promotion of its own (`SPEC P9`).

use super::mass::rows;
use super::promote::request;
use crate::operate::{Answered, finish, one_plan};
use crate::parse::stages;
use switchback_api::verbs::back_promote::BackPromoteRequest;
use switchback_core::moving::promoting::Request;
use switchback_core::ops::back_promote::plan;
use switchback_core::records::promotion::Direction;
use switchback_engine::mass::to_several;
use switchback_engine::session::Session;

/// Back-promotes.
pub fn back_promote(session: &mut Session, asked: BackPromoteRequest) -> Answered {
    let BackPromoteRequest { changes, from, to, options, start } = asked;
    let request = request(session, (changes, from), (&options, &start))?;
    let request = Request { direction: Direction::Back, ..request };
    match stages(&to).as_slice() {
        [one] => {
            let done = session.carry_out(&request, |snapshot, content| plan(snapshot, content, &request, one));
            finish(session, done)
        }
        several => {
            one_plan(session, several.len(), "name one destination")?;
            rows(session, to_several(session, &request, several))
        }
    }
}
