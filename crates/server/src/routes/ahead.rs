//! `ahead STAGE`: what this stage holds that the next ones lack, with a verdict on each (`SPEC P1`, `P2`).

use crate::failure::Said;
use crate::parse::stages;
use crate::views::candidate::candidates;
use switchback_api::Failure;
use switchback_api::verbs::ahead::{Ahead, AheadRequest};
use switchback_core::moving::candidates::{compared_with, is_of, verdicts};
use switchback_core::records::promotion::Direction;
use switchback_core::words::names::StageName;
use switchback_engine::desk::Desk;

/// Tells what a stage is ahead with.
pub fn ahead(desk: &Desk<'_>, request: AheadRequest) -> Result<Ahead, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let source = snapshot.stage(&StageName::new(&request.stage)).said()?;
    let to = compared_with(&snapshot, source, stages(&request.to)).said()?;
    let mut candidates = Vec::new();
    for (destination, _) in &to {
        let ends = (&source.name, destination);
        let mut found = verdicts(&snapshot, &*desk.repo, Direction::Forward, ends).said()?;
        found.retain(|one| is_of(&snapshot, one.change, request.project.as_deref(), request.release.as_deref()));
        candidates.extend(self::candidates((desk, &state), &found, ends));
    }
    let (stage, to) = (source.name.to_string(), to.iter().map(|(name, _)| name.to_string()).collect());
    Ok(Ahead { stage, to, candidates })
}
