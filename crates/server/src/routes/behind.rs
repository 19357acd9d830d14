//! `behind STAGE`: what higher stages hold that this one lacks, with a verdict on each (`SPEC P1`, `P2`).

use crate::failure::Said;
use crate::parse::stages;
use crate::views::reason::reason;
use switchback_api::Failure;
use switchback_api::verbs::behind::{Behind, BehindRequest, Candidate};
use switchback_core::ledger::state::State;
use switchback_core::moving::candidates::{compared_with, is_of, verdicts};
use switchback_core::moving::verdict::Verdict;
use switchback_core::records::line::Line;
use switchback_core::records::promotion::Direction;
use switchback_core::words::names::StageName;
use switchback_engine::desk::Desk;

/// Tells what a stage is behind.
pub fn behind(desk: &Desk<'_>, request: BehindRequest) -> Result<Behind, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let destination = snapshot.stage(&StageName::new(&request.stage)).said()?;
    let here = state.lines.get(&destination.name);
    let from = compared_with(&snapshot, destination, stages(&request.from)).said()?;
    let mut candidates = Vec::new();
    for (source, _) in &from {
        let ends = (source, &destination.name);
        let mut found = verdicts(&snapshot, &*desk.repo, Direction::Back, ends).said()?;
        found.retain(|one| is_of(&snapshot, one.change, request.project.as_deref(), request.release.as_deref()));
        candidates.extend(found.iter().map(|one| candidate((desk, &state), here, one)));
    }
    let (stage, from) = (destination.name.to_string(), from.iter().map(|(name, _)| name.to_string()).collect());
    Ok(Behind { stage, from, candidates })
}

fn candidate((desk, state): (&Desk<'_>, &State), here: Option<&Line>, verdict: &Verdict) -> Candidate {
    Candidate {
        change: state.key(verdict.change).to_string(),
        title: state.at(verdict.change).facts.title.clone(),
        revision: verdict.revision.0,
        held: here.and_then(|line| line.receipts.revision(verdict.change)).map(|held| held.0),
        source: verdict.source.to_string(),
        eligible: verdict.eligible(),
        reasons: verdict.reasons.iter().map(|one| reason(desk, one)).collect(),
    }
}
