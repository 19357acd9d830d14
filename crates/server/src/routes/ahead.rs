//! `ahead STAGE`: what this stage holds that the next ones lack, with a verdict on each (`SPEC P1`, `P2`).

use super::behind::verdicts;
use crate::failure::Said;
use crate::parse::stages;
use crate::views::reason::reason;
use switchback_api::Failure;
use switchback_api::verbs::ahead::{Ahead, AheadRequest, Candidate};
use switchback_core::moving::choose::is_of;
use switchback_core::records::promotion::Direction;
use switchback_core::words::names::StageName;
use switchback_engine::desk::Desk;

/// Tells what a stage is ahead with.
pub fn ahead(desk: &Desk<'_>, request: AheadRequest) -> Result<Ahead, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let source = snapshot.stage(&StageName::new(&request.stage)).said()?;
    let to = match request.to.is_empty() {
        true => source.next.clone(),
        false => stages(&request.to),
    };
    let mut candidates = Vec::new();
    for destination in &to {
        let there = snapshot.line(destination).said()?;
        for verdict in verdicts(desk, &state, (&source.name, destination), Direction::Forward)? {
            let ix = verdict.change;
            if !is_of(&snapshot, ix, request.project.as_deref(), request.release.as_deref()) {
                continue;
            }
            candidates.push(Candidate {
                change: state.key(ix).to_string(),
                title: state.at(ix).facts.title.clone(),
                revision: verdict.revision.0,
                held: there.receipts.revision(ix).map(|held| held.0),
                destination: destination.to_string(),
                eligible: verdict.eligible(),
                reasons: verdict.reasons.iter().map(reason).collect(),
            });
        }
    }
    let (stage, to) = (source.name.to_string(), to.iter().map(ToString::to_string).collect());
    Ok(Ahead { stage, to, candidates })
}
