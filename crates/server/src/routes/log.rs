//! `log`: the entries of the ledger, newest first.

use crate::failure::Said;
use crate::parse::written;
use crate::views::reason::warnings;
use std::collections::BTreeMap;
use switchback_api::Failure;
use switchback_api::verbs::log::{Log, LogEntry, LogRequest};
use switchback_core::areas::unsettled;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::state::State;
use switchback_core::ports::ledger::StoredEntry;
use switchback_core::words::names::{OperationId, Seq};
use switchback_core::words::warning::Warning;
use switchback_engine::desk::Desk;
use switchback_engine::look::read;

/// How many entries are told unless somebody asks for more.
const USUAL: u64 = 50;

/// Tells the newest entries.
pub fn log(desk: &Desk<'_>, request: LogRequest) -> Result<Log, Failure> {
    let limit = request.limit.map_or(USUAL, u64::from);
    let (head, _) = desk.ledger.head().said()?;
    let after = Seq(head.0.saturating_sub(limit));
    let rows = desk.ledger.entries(after, usize::MAX).said()?;
    let state = desk.look().said()?;
    let failed = unsettled(desk, &state);
    let entries = rows.iter().rev().map(|row| entry(desk, row, (&state, &failed))).collect::<Result<_, _>>()?;
    Ok(Log { entries })
}

/// The entries after a position, oldest first.
pub fn after(desk: &Desk<'_>, position: Seq, limit: usize) -> Result<Vec<LogEntry>, Failure> {
    let rows = desk.ledger.entries(position, limit).said()?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let state = desk.look().said()?;
    let failed = unsettled(desk, &state);
    rows.iter().map(|row| entry(desk, row, (&state, &failed))).collect()
}

/// What failed and nobody has settled is a warning on the operation that asked for it (`SPEC D7`). The entries are told
/// all the same where objects are missing that it takes.
fn unsettled(desk: &Desk<'_>, state: &State) -> BTreeMap<OperationId, Warning> {
    let areas = state.pipeline().areas_in_use();
    areas.flat_map(|area| unsettled::unsettled(state, &*desk.repo, area).unwrap_or_default()).collect()
}

fn entry(
    desk: &Desk<'_>,
    row: &StoredEntry,
    what: (&State, &BTreeMap<OperationId, Warning>),
) -> Result<LogEntry, Failure> {
    let (state, failed) = what;
    let entry = read(row, state).said()?;
    let asked_for = |event: &Event| match event {
        Event::DeploymentAsked(asked) => failed.get(&asked.id),
        _ => None,
    };
    let warned = entry.body.warnings.iter().chain(entry.body.events.iter().filter_map(asked_for));
    let warned = warnings(warned);
    Ok(LogEntry {
        seq: row.seq.0,
        at: written(desk, row.at),
        actor: row.actor.clone(),
        kind: row.kind.clone(),
        operation: entry.body.operation.map(|id| id.to_string()),
        says: entry.body.says,
        reason: entry.body.reason,
        through: entry.body.through,
        warnings: warned,
        hash: row.hash.clone(),
    })
}
