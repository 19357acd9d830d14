//! `log`: the entries of the ledger, newest first.

use crate::failure::Said;
use crate::page::{Order, Page};
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
const USUAL: u32 = 50;

/// Tells the newest entries.
pub fn log(desk: &Desk<'_>, request: LogRequest) -> Result<Log, Failure> {
    let page = Page::of("log", request.limit, request.cursor.as_deref())?.usually(USUAL);
    let (head, _) = desk.ledger.head().said()?;
    // Positions have no gaps: a page is so many below the one that was told last, and one more says whether there is more.
    let last = page.after().map_or(head.0, |after: &u64| head.0.min(after.saturating_sub(1)));
    let wanted = page.limit().unwrap_or(USUAL as usize).saturating_add(1);
    let after = Seq(last.saturating_sub(wanted as u64));
    let rows = desk.ledger.entries(after, (last - after.0) as usize).said()?;
    let state = desk.look().said()?;
    let failed = unsettled(desk, &state);
    let (rows, next) = page.cut(rows.iter().rev(), Order::NewestFirst, |row| row.seq.0);
    let entries = rows.into_iter().map(|row| entry(desk, row, (&state, &failed))).collect::<Result<_, _>>()?;
    Ok(Log { entries, next })
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
