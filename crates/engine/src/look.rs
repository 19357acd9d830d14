//! look: the first room of the corridor. Reads the ledger and folds it; nothing is written but snapshots, which are a
//! cache.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use serde_json::Value;
use std::sync::Arc;
use switchback_core::ledger::entry::{Body, Entry, Event, FORMAT};
use switchback_core::ledger::fold::Attribution;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::{SNAPSHOT, State};
use switchback_core::ledger::stored::{self, Unreadable};
use switchback_core::ops::configure;
use switchback_core::ports::ledger::StoredEntry;
use switchback_core::records::kept;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{ChangeKey, Seq, Time, UserName};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::{Place, Remedy};

/// A snapshot is kept after this many entries, so that no start folds many more.
const SNAPSHOT_EVERY: u64 = 32;

/// With very many changes a snapshot costs more: one entry more for this many changes.
const CHANGES_PER_ENTRY: u64 = 100;

/// An entry of so many bytes is never read twice: a snapshot is kept right after it.
const LARGE: usize = 64 << 10;

/// How many entries are read at a time.
const PAGE: usize = 1000;

/// How far back to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Moment {
    /// Up to this entry.
    Seq(Seq),
    /// Up to this time.
    Time(Time),
}

impl Desk<'_> {
    /// The state now. Reads, and writes nothing.
    ///
    /// # Errors
    /// `not-initialized`, `pipeline-begun-elsewhere`, or a fault.
    pub fn look(&self) -> Result<Arc<State>, EngineFailure> {
        let state = self.look_or_begin()?;
        match state.administrator {
            Some(_) if state.in_force.is_read() => Ok(state),
            Some(_) => self.furnished(state),
            None => Err(self.unrecorded()),
        }
    }

    /// The state with what its configuration says.
    fn furnished(&self, mut state: Arc<State>) -> Result<Arc<State>, EngineFailure> {
        self.house.furnish(&mut state)?;
        Ok(state)
    }

    /// The same where the pipeline may not have begun: then it is the empty state. Where the configuration in force cannot
    /// be read, the state has none.
    pub(crate) fn look_or_begin(&self) -> Result<Arc<State>, EngineFailure> {
        let mut state = self.house.known();
        if state.seq == Seq(0) {
            state = Arc::new(self.stored(Seq(u64::MAX))?);
        }
        self.fold_on(&mut state, |_| true)?;
        // Whoever needs it is told by `look`.
        drop(self.house.furnish(&mut state));
        self.house.learn(&state);
        Ok(state)
    }

    /// The state after an entry of one's own, which was folded before it was appended.
    pub(crate) fn arrived_at(&self, after: State, row: &StoredEntry) -> Result<Arc<State>, EngineFailure> {
        let mut after = after;
        (after.seq, after.at) = (row.seq, row.at);
        let after = Arc::new(after);
        self.house.learn(&after);
        let every = SNAPSHOT_EVERY.max(after.changes.len() as u64 / CHANGES_PER_ENTRY);
        if after.seq == Seq(1) || after.seq.0.is_multiple_of(every) || row.body.len() > LARGE {
            self.keep(&after)?;
        }
        Ok(after)
    }

    /// The state after a plan.
    ///
    /// # Errors
    /// A fault for facts that cannot be: nothing is appended then.
    pub(crate) fn ahead(&self, state: &State, plan: &Plan) -> Result<State, EngineFailure> {
        self.with_facts(state, &plan.events)
    }

    /// The state after some facts.
    ///
    /// # Errors
    /// As [`ahead`](Desk::ahead).
    pub(crate) fn with_facts(&self, state: &State, events: &[Event]) -> Result<State, EngineFailure> {
        self.with_facts_at(state, events, self.clock.now())
    }

    /// The same with facts of a moment: what an entry of that moment will be folded into, to the letter.
    ///
    /// # Errors
    /// As [`ahead`](Desk::ahead).
    pub(crate) fn with_facts_at(&self, state: &State, events: &[Event], at: Time) -> Result<State, EngineFailure> {
        let by = &self.visit.principal.user;
        let told = Attribution { by, at, reason: self.visit.reason.as_deref() };
        let mut after = Arc::new(state.after(events, told).map_err(Fault::from)?);
        drop(self.house.furnish(&mut after));
        Ok(Arc::unwrap_or_clone(after))
    }

    /// Whether the pipeline has a record at all.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn is_initialized(&self) -> Result<bool, EngineFailure> {
        Ok(self.ledger.head()?.0 > Seq(0))
    }

    /// The state at a past moment (`SPEC H2`).
    ///
    /// # Errors
    /// `unknown-moment` before the first entry or after the last.
    pub fn look_back(&self, moment: Moment) -> Result<State, EngineFailure> {
        let up_to = match moment {
            Moment::Seq(seq) => seq,
            Moment::Time(time) => self.last_until(time)?,
        };
        let mut state = Arc::new(self.stored(up_to)?);
        self.fold_on(&mut state, |row| row.seq <= up_to)?;
        let reached = state.seq > Seq(0) && state.seq == up_to;
        match reached {
            true => Ok(Arc::unwrap_or_clone(self.furnished(state)?)),
            false => {
                let message = "the ledger does not reach to that moment";
                Err(Refusal::new(Code::UnknownMoment, message, Place::Entries).into())
            }
        }
    }

    /// The last entry that is not later than a time. One before it may be: a clock that ran ahead once hides nothing.
    fn last_until(&self, time: Time) -> Result<Seq, EngineFailure> {
        let (mut last, mut reached) = (Seq(0), Seq(0));
        loop {
            let rows = self.ledger.entries(reached, PAGE)?;
            let Some(newest) = rows.last() else { return Ok(last) };
            reached = newest.seq;
            last = rows.iter().rev().find(|row| row.at <= time).map_or(last, |row| row.seq);
        }
    }

    /// The entries after a position.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn entries(&self, after: Seq, limit: usize) -> Result<Vec<Entry>, EngineFailure> {
        let state = self.look_or_begin()?;
        let rows = self.ledger.entries(after, limit)?;
        Ok(rows.iter().map(|row| read(row, &state)).collect::<Result<_, _>>()?)
    }

    /// The entries that may be about a change, oldest first.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn entries_about(&self, change: &ChangeKey) -> Result<Vec<Entry>, EngineFailure> {
        let state = self.look_or_begin()?;
        let (mut found, mut reached) = (Vec::new(), Seq(0));
        loop {
            let rows = self.ledger.entries(reached, PAGE)?;
            let Some(last) = rows.last() else { return Ok(found) };
            reached = last.seq;
            // What gives stages other names is about every change.
            let names = |row: &&StoredEntry| row.kind == configure::KIND || stored::may_name(&row.body, change);
            let about = rows.iter().filter(|row| row.seq <= state.seq).filter(names);
            for row in about {
                found.push(read(row, &state)?);
            }
        }
    }

    /// The state, folded from the first entry on, whatever snapshots say.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn fold_anew(&self) -> Result<State, EngineFailure> {
        let mut state = Arc::new(State::default());
        self.fold_on(&mut state, |_| true)?;
        Ok(Arc::unwrap_or_clone(state))
    }

    fn stored(&self, up_to: Seq) -> Result<State, EngineFailure> {
        let stored = self.ledger.snapshot(SNAPSHOT, up_to)?;
        Ok(stored.and_then(|(_, bytes)| whole(bytes)).unwrap_or_default())
    }

    fn fold_on(&self, state: &mut Arc<State>, wanted: impl Fn(&StoredEntry) -> bool) -> Result<(), EngineFailure> {
        loop {
            let rows = self.ledger.entries(state.seq, PAGE)?;
            let full = rows.len() == PAGE;
            for row in rows {
                if !wanted(&row) {
                    return Ok(());
                }
                let entry = read(&row, state)?;
                Arc::make_mut(state).take(&entry).map_err(Fault::from)?;
            }
            if !full {
                return Ok(());
            }
        }
    }

    /// Keeps a snapshot of the state, so that the next start is short.
    ///
    /// # Errors
    /// A fault of the ledger.
    fn keep(&self, state: &State) -> Result<(), EngineFailure> {
        match postcard::to_stdvec(state) {
            Ok(bytes) => Ok(self.ledger.keep_snapshot(SNAPSHOT, state.seq, &summed(bytes))?),
            Err(error) => {
                let message = format!("the state cannot be stored: {error}");
                Err(Fault::new("ledger-failed", message, "report this as a bug").into())
            }
        }
    }
}

/// The bytes of a state with their checksum behind them.
fn summed(mut bytes: Vec<u8>) -> Vec<u8> {
    let sum = crc32fast::hash(&bytes);
    bytes.extend(sum.to_le_bytes());
    bytes
}

/// A state from its bytes; `None` where they are not what was kept. Most of it is read much later, when it is too late to
/// fold the entries instead.
fn whole(mut bytes: Vec<u8>) -> Option<State> {
    let (stored, sum) = bytes.split_last_chunk()?;
    let (length, is_whole) = (stored.len(), crc32fast::hash(stored).to_le_bytes() == *sum);
    bytes.truncate(length);
    is_whole.then(|| kept::load(bytes).ok())?
}

/// Reads an entry, whichever format it has; takes the state at its position, or any later one.
///
/// # Errors
/// `ledger-newer` when a newer program wrote it, whatever else it says; `ledger-corrupt`.
pub fn read(row: &StoredEntry, state: &State) -> Result<Entry, Fault> {
    let body = stored::read(&row.body, state).map_err(|unreadable| match unreadable {
        Unreadable::Newer { format } => {
            let message =
                format!("entry {} of the ledger was written by a newer Switchback (format {format})", row.seq);
            Fault::new("ledger-newer", message, "use that version of Switchback here too")
        }
        Unreadable::Corrupt { why } => {
            let message = format!("entry {} of the ledger cannot be read: {why}", row.seq);
            Fault::new("ledger-corrupt", message, Remedy::RestoreLedger { file: None })
        }
    })?;
    Ok(Entry { seq: row.seq, at: row.at, actor: UserName::new(&row.actor), kind: row.kind.clone(), body })
}

/// What an entry says that no plan does.
pub(crate) struct Said<'a> {
    /// What was asked.
    pub asked: Value,
    /// Why.
    pub reason: Option<&'a str>,
    /// With which token.
    pub through: Option<&'a str>,
}

/// Writes what an entry says beside who and when.
///
/// # Errors
/// `ledger-failed`, which nothing that is stored meets.
pub(crate) fn written(plan: &Plan, hash: &str, said: Said<'_>) -> Result<String, Fault> {
    let Said { asked, reason, through } = said;
    let body = Body {
        format: FORMAT,
        operation: plan.operation,
        reason: reason.map(str::to_owned),
        through: through.map(str::to_owned),
        asked,
        says: plan.says.clone(),
        plan: hash.to_owned(),
        privileges: plan.privileges.clone(),
        warnings: plan.warnings.clone(),
        events: plan.events.clone(),
    };
    stored::write(&body).map_err(|error| {
        Fault::new("ledger-failed", format!("an entry cannot be written: {error}"), "report this as a bug")
    })
}
