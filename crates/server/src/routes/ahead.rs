//! `ahead STAGE`: what this stage holds that the next ones lack, with a verdict on each (`SPEC P1`, `P2`).

use crate::failure::Said;
use crate::parse::stages;
use crate::views::reason::reason;
use switchback_api::Failure;
use switchback_api::verbs::ahead::{Ahead, AheadRequest, Candidate};
use switchback_core::ledger::state::State;
use switchback_core::moving::candidates::{compared_with, is_of, verdicts};
use switchback_core::moving::verdict::Verdict;
use switchback_core::records::line::Line;
use switchback_core::records::promotion::Direction;
use switchback_core::words::names::StageName;
use switchback_core::words::refusal::Code;
use switchback_engine::desk::Desk;

/// Tells what a stage is ahead with.
pub fn ahead(desk: &Desk<'_>, request: AheadRequest) -> Result<Ahead, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let source = snapshot.stage(&StageName::new(&request.stage)).said()?;
    let to = compared_with(&snapshot, source, stages(&request.to)).said()?;
    let mut candidates = Vec::new();
    for (destination, there) in &to {
        let ends = (&source.name, destination);
        let mut found = verdicts(&snapshot, &*desk.repo, Direction::Forward, ends).said()?;
        found.retain(|one| one.reasons.iter().all(|reason| reason.code != Code::AlreadyThere));
        found.retain(|one| is_of(&snapshot, one.change, request.project.as_deref(), request.release.as_deref()));
        candidates.extend(found.iter().map(|one| candidate((desk, &state), (destination, there), one)));
    }
    let (stage, to) = (source.name.to_string(), to.iter().map(|(name, _)| name.to_string()).collect());
    Ok(Ahead { stage, to, candidates })
}

fn candidate((desk, state): (&Desk<'_>, &State), there: (&StageName, &Line), verdict: &Verdict) -> Candidate {
    let (destination, line) = there;
    Candidate {
        change: state.key(verdict.change).to_string(),
        title: state.at(verdict.change).facts.title.clone(),
        revision: verdict.revision.0,
        held: line.receipts.revision(verdict.change).map(|held| held.0),
        destination: destination.to_string(),
        eligible: verdict.eligible(),
        reasons: verdict.reasons.iter().map(|one| reason(desk, one)).collect(),
    }
}
