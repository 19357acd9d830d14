//! `stage adopt`: a stage's branch is taken as it stands (`SPEC L8`). What stands there of ours is what it was: the line
//! goes back to where the branch goes its own way, and what follows is judged like anything else that was pushed.

use crate::arrivals::Standing;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::gather;
use crate::look::Moment;
use crate::run::Done;
use std::collections::BTreeSet;
use switchback_core::ledger::entry::{Entry, Event};
use switchback_core::ledger::fold::Attribution;
use switchback_core::ops::adopt::{self, Arrival};
use switchback_core::pipeline::stage::Stage;
use switchback_core::records::line::{Line, Source};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Seq, StageName};
use switchback_core::words::object::CommitId;

/// Adopts a stage's branch.
///
/// # Errors
/// `unknown-stage`, `not-permitted` without `configure`, `no-common-base`, `plan-outdated`, or a fault.
pub fn adopt(desk: &Desk<'_>, stage: &StageName) -> Result<Done, EngineFailure> {
    let state = desk.look()?;
    let snapshot = desk.snapshot(&state);
    let (line, stage) = (snapshot.line(stage)?, snapshot.stage(stage)?);
    let arrival = match desk.standing(stage, line)? {
        Standing::Level | Standing::Behind(_) => Arrival::Nothing(stage.name.clone()),
        Standing::Ahead(tip) => Arrival::Pushed(gather::stretch(desk, stage, (line.head, tip))?),
        Standing::Rewritten(_) => rewritten(desk, stage, line)?,
    };
    let asked = serde_json::json!({ "adopt": stage.name });
    desk.carry_out_as_it_stands(&asked, |snapshot, content| adopt::on_request(snapshot, content, &arrival))
}

/// A rewritten branch: the line as it was where the branch goes its own way, and what follows from there.
fn rewritten(desk: &Desk<'_>, stage: &Stage, line: &Line) -> Result<Arrival, EngineFailure> {
    let tip = gather::branch_tip(desk, stage)?;
    let line = match fork(desk, stage, (line, tip))? {
        Some(line) => line,
        None => {
            let base = desk.repo.merge_base(line.base, tip)?.ok_or_else(|| gather::no_common_base(&stage.branch))?;
            Line::new(base, desk.repo.commit_info(base)?.tree)
        }
    };
    let stretch = gather::stretch(desk, stage, (line.head, tip))?;
    Ok(Arrival::Rewritten(Box::new(line), stretch))
}

/// Where a line ended once: after which entry, and how many of its facts.
struct Position {
    seq: Seq,
    facts: usize,
    head: CommitId,
}

/// The line as it was when it ended last at a commit that the branch still holds.
fn fork(desk: &Desk<'_>, stage: &Stage, (line, tip): (&Line, CommitId)) -> Result<Option<Line>, EngineFailure> {
    let entries = desk.entries(Seq(0), usize::MAX)?;
    let known: Vec<Position> = entries.iter().flat_map(|entry| positions(entry, &stage.name)).collect();
    // Cheap for the many, exact for the few that lie before the line's base.
    let since_base: BTreeSet<CommitId> = desk.repo.range(line.base, tip)?.iter().map(|info| info.id).collect();
    for position in known.iter().rev() {
        if since_base.contains(&position.head) || desk.repo.reaches(tip, position.head)? {
            return line_at(desk, &stage.name, (position, &entries)).map(Some);
        }
    }
    Ok(None)
}

fn positions(entry: &Entry, of: &StageName) -> Vec<Position> {
    let head = |event: &Event| match event {
        Event::StageAdopted { stage, head, .. } | Event::CommitsAdopted { stage, head, .. } if stage == of => {
            Some(*head)
        }
        Event::Applied { stage, item, .. } if stage == of && item.source != Source::Held => Some(item.commit),
        Event::Removed { stage, commit, .. } if stage == of => Some(*commit),
        _ => None,
    };
    let facts = entry.body.events.iter().enumerate();
    facts.filter_map(|(at, event)| Some(Position { seq: entry.seq, facts: at + 1, head: head(event)? })).collect()
}

fn line_at(desk: &Desk<'_>, stage: &StageName, at: (&Position, &[Entry])) -> Result<Line, EngineFailure> {
    let (position, entries) = at;
    let before = Seq(position.seq.0.saturating_sub(1));
    let mut state = match before {
        Seq(0) => switchback_core::ledger::state::State::default(),
        seq => desk.look_back(Moment::Seq(seq))?,
    };
    if let Some(entry) = entries.iter().find(|entry| entry.seq == position.seq) {
        let told = Attribution { by: &entry.actor, at: entry.at, reason: entry.body.reason.as_deref() };
        state.take_all(&entry.body.events[..position.facts], told).map_err(Fault::from)?;
    }
    let missing = || Fault::new("ledger-corrupt", format!("stage {stage} has no line there"), "run `git fsck`");
    Ok(state.lines.remove(stage).ok_or_else(missing)?)
}
