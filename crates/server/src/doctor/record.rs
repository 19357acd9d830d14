//! The ledger, and what must agree with it.

use super::{Found, Looked, Subject, remedy};
use crate::parse::written;
use switchback_core::ports::ledger::StoredEntry;
use switchback_core::words::names::{Seq, Time};
use switchback_core::words::remedy::Remedy;
use switchback_engine::lost_refs::{Lost, lost};

/// How many of the newest entries are read; all are verified by who asks for that.
const NEWEST: u64 = 20;

/// In milliseconds, how far clocks of two machines may be apart.
const APART: i64 = 60_000;

/// A last entry that lies in the future: the clock was wrong then, or is wrong now.
pub fn clock(Subject { desk, state }: &Subject<'_>) -> Looked {
    let (last, now) = (state.at, desk.clock.now());
    if last <= Time(now.0.saturating_add(APART)) {
        return Ok(Vec::new());
    }
    let (seq, last, now) = (state.seq, written(desk, last), written(desk, now));
    let message = format!("entry {seq} was written at {last}, and the clock says {now}");
    Ok(vec![Found::warning(message, "set the clock right; leases, schedules and sessions go by it")])
}

/// The newest entries, and how each follows from the one before.
pub fn ledger(Subject { desk, state }: &Subject<'_>) -> Looked {
    let after = Seq(state.seq.0.saturating_sub(NEWEST));
    let rows = desk.ledger.entries(after, usize::MAX)?;
    let broken = rows.iter().zip(rows.iter().skip(1)).filter(|(before, row)| before.hash != row.prev_hash);
    let told = |row: &StoredEntry| format!("entry {} does not follow from the one before it", row.seq);
    let mut found: Vec<Found> =
        broken.map(|(_, row)| Found::fault(told(row), Remedy::RestoreLedger { file: None })).collect();
    if let Err(failure) = desk.entries(after, usize::MAX) {
        found.push(Found::fault(failure.said().1, remedy(&failure)));
    }
    Ok(found)
}

/// A configuration at hand that is not what counts.
pub fn configuration(Subject { desk, .. }: &Subject<'_>) -> Looked {
    Ok(desk.about_configuration().map(Found::heard).into_iter().collect())
}

/// Branches that somebody pushed to, rewrote or removed.
pub fn branches(Subject { desk, state }: &Subject<'_>) -> Looked {
    Ok(desk.about_branches(state).into_iter().map(Found::heard).collect())
}

/// Refs that keep what the ledger names from git's housekeeping.
pub fn refs(Subject { desk, .. }: &Subject<'_>) -> Looked {
    let told = |one: &Lost| Found::fault(one.told(), Remedy::MendLedger);
    Ok(lost(desk)?.iter().map(told).collect())
}
