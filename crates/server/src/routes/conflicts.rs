//! `conflicts P-N`: what a promotion waits for (`SPEC X1`).

use crate::door::Said;
use crate::parse;
use crate::views::conflict;
use switchback_api::Failure;
use switchback_api::verbs::conflicts::{Conflicts, ConflictsRequest};
use switchback_engine::session::Session;

/// Tells the open conflicts of a promotion.
pub fn conflicts(session: &mut Session, request: ConflictsRequest) -> Result<Conflicts, Failure> {
    let state = session.look().said()?;
    let record = session.snapshot(&state).promotion(parse::promotion(&request.promotion)?).said()?;
    Ok(Conflicts { conflicts: conflict::conflicts(session, &record.conflicts)? })
}
