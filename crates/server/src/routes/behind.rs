//! `behind STAGE`: what higher stages hold that this one lacks, with a verdict on each (`SPEC P1`, `P2`).

use crate::failure::Said;
use crate::parse::stages;
use crate::views::reason::reason;
use switchback_api::Failure;
use switchback_api::verbs::behind::{Behind, BehindRequest, Candidate};
use switchback_core::moving::choose::{candidates, is_of};
use switchback_core::moving::verdict::{FreezeRule, Judge, Route, Verdict};
use switchback_core::records::promotion::Direction;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::StageName;
use switchback_engine::desk::Desk;

/// Tells what a stage is behind.
pub fn behind(desk: &Desk<'_>, request: BehindRequest) -> Result<Behind, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let destination = snapshot.stage(&StageName::new(&request.stage)).said()?;
    let from = match request.from.is_empty() {
        true => destination.next.clone(),
        false => stages(&request.from),
    };
    let mut found: Vec<(ChangeIx, Verdict)> = Vec::new();
    for source in &from {
        snapshot.line(source).said()?;
        let ends = (source, &destination.name);
        for verdict in verdicts(desk, &state, ends, Direction::Back)? {
            found.push((verdict.change, verdict));
        }
    }
    let held = |ix| state.lines.get(&destination.name).and_then(|line| line.receipts.revision(ix));
    let wanted =
        found.iter().filter(|(ix, _)| is_of(&snapshot, *ix, request.project.as_deref(), request.release.as_deref()));
    let candidates = wanted.map(|(ix, verdict)| Candidate {
        change: state.key(*ix).to_string(),
        title: state.at(*ix).facts.title.clone(),
        revision: verdict.revision.0,
        held: held(*ix).map(|held| held.0),
        source: verdict.source.to_string(),
        eligible: verdict.eligible(),
        reasons: verdict.reasons.iter().map(reason).collect(),
    });
    Ok(Behind {
        stage: destination.name.to_string(),
        from: from.iter().map(ToString::to_string).collect(),
        candidates: candidates.collect(),
    })
}

/// A verdict on every candidate of a way.
pub fn verdicts(
    desk: &Desk<'_>,
    state: &switchback_core::ledger::state::State,
    ends: (&StageName, &StageName),
    direction: Direction,
) -> Result<Vec<Verdict>, Failure> {
    let (source, destination) = ends;
    let snapshot = desk.snapshot(state);
    let freeze = FreezeRule::Holds;
    let route = Route { direction, source, destination, along: &[], asking: None, freeze };
    let all = candidates(&snapshot, &route);
    // What could come along is no missing dependency.
    let along: Vec<_> = all.iter().map(|ix| state.key(*ix).clone()).collect();
    let Some(mut judge) = Judge::new(snapshot, &*desk.repo, Route { along: &along, ..route }) else {
        return Ok(Vec::new());
    };
    all.into_iter().map(|ix| judge.judge(ix)).collect::<Result<_, _>>().said()
}
