//! `log`: the entries of the ledger, newest first.

use crate::door::Said;
use crate::parse::written;
use crate::views::reason::warnings;
use switchback_api::Failure;
use switchback_api::verbs::log::{Log, LogEntry, LogRequest};
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::ledger::StoredEntry;
use switchback_core::words::names::Seq;
use switchback_engine::look::read;
use switchback_engine::session::Session;

/// How many entries are told unless somebody asks for more.
const USUAL: u64 = 50;

/// Tells the newest entries.
pub fn log(session: &mut Session, request: LogRequest) -> Result<Log, Failure> {
    let limit = request.limit.map_or(USUAL, u64::from);
    let (head, _) = session.ledger.head().said()?;
    let after = Seq(head.0.saturating_sub(limit));
    let rows = session.ledger.entries(after, usize::MAX).said()?;
    let entries = rows.iter().rev().map(|row| entry(session, row)).collect::<Result<_, _>>()?;
    Ok(Log { entries })
}

fn entry(session: &Session, row: &StoredEntry) -> Result<LogEntry, Failure> {
    let entry = read(row).said()?;
    Ok(LogEntry {
        seq: row.seq.0,
        at: written(session, row.at),
        actor: row.actor.clone(),
        kind: row.kind.clone(),
        operation: entry.body.operation.map(|id| id.to_string()),
        says: entry.body.says,
        reason: entry.body.reason,
        warnings: warnings(&entry.body.warnings),
        hash: row.hash.clone(),
    })
}
