//! `log`: the entries of the ledger, newest first.

use crate::failure::Said;
use crate::parse::written;
use crate::views::reason::warnings;
use switchback_api::Failure;
use switchback_api::verbs::log::{Log, LogEntry, LogRequest};
use switchback_core::ledger::state::State;
use switchback_core::ports::ledger::StoredEntry;
use switchback_core::words::names::Seq;
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
    let entries = rows.iter().rev().map(|row| entry(desk, row, &state)).collect::<Result<_, _>>()?;
    Ok(Log { entries })
}

fn entry(desk: &Desk<'_>, row: &StoredEntry, state: &State) -> Result<LogEntry, Failure> {
    let entry = read(row, state).said()?;
    Ok(LogEntry {
        seq: row.seq.0,
        at: written(desk, row.at),
        actor: row.actor.clone(),
        kind: row.kind.clone(),
        operation: entry.body.operation.map(|id| id.to_string()),
        says: entry.body.says,
        reason: entry.body.reason,
        warnings: warnings(&entry.body.warnings),
        hash: row.hash.clone(),
    })
}
