//! `behind STAGE`: what higher stages hold that this one lacks, with a verdict on each (`SPEC P1`, `P2`).

use crate::failure::Said;
use crate::parse::stages;
use crate::views::candidate::candidates;
use switchback_api::Failure;
use switchback_api::verbs::behind::{Behind, BehindRequest};
use switchback_core::moving::candidates::{compared_with, is_of, verdicts};
use switchback_core::records::promotion::Direction;
use switchback_core::words::names::StageName;
use switchback_engine::desk::Desk;

/// Tells what a stage is behind.
pub fn behind(desk: &Desk<'_>, request: BehindRequest) -> Result<Behind, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let destination = snapshot.stage(&StageName::new(&request.stage)).said()?;
    let from = compared_with(&snapshot, destination, stages(&request.from)).said()?;
    let mut candidates = Vec::new();
    for (source, _) in &from {
        let ends = (source, &destination.name);
        let mut found = verdicts(&snapshot, &*desk.repo, Direction::Back, ends).said()?;
        found.retain(|one| is_of(&snapshot, one.change, request.project.as_deref(), request.release.as_deref()));
        candidates.extend(self::candidates((desk, &state), &found, ends));
    }
    let (stage, from) = (destination.name.to_string(), from.iter().map(|(name, _)| name.to_string()).collect());
    Ok(Behind { stage, from, candidates })
}
