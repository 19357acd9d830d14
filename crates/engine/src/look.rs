//! look: the first room of the corridor. Reads the ledger and folds it; nothing is written but snapshots, which are a
//! cache.

use crate::failure::EngineFailure;
use crate::session::Session;
use std::rc::Rc;
use switchback_core::ledger::entry::{Body, Entry, FORMAT};
use switchback_core::ledger::state::State;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::ledger::StoredEntry;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Seq, Time, UserName};
use switchback_core::words::refusal::{Code, Refusal};

/// The format of stored snapshots. Another one is not read: the entries are folded again.
const SNAPSHOT: u32 = 5;

/// A snapshot is kept after this many entries, so that no start folds many more.
const SNAPSHOT_EVERY: u64 = 32;

/// With very many changes a snapshot costs more: one entry more for this many changes.
const CHANGES_PER_ENTRY: u64 = 100;

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

impl Session {
    /// The state now.
    ///
    /// # Errors
    /// `not-initialized`, or a fault of the ledger.
    pub fn look(&self) -> Result<Rc<State>, EngineFailure> {
        let mut state = Rc::clone(&self.known.borrow());
        if state.seq == Seq(0) {
            state = Rc::new(self.stored(Seq(u64::MAX))?);
        }
        let before = state.seq;
        self.fold_on(&mut state, |_| true)?;
        *self.known.borrow_mut() = Rc::clone(&state);
        let every = SNAPSHOT_EVERY.max(state.changes.len() as u64 / CHANGES_PER_ENTRY);
        if state.seq.0 / every > before.0 / every {
            self.keep(&state)?;
        }
        match state.administrator {
            Some(_) => Ok(state),
            None => Err(not_initialized(self.pipeline.name()).into()),
        }
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
            Moment::Time(_) => Seq(u64::MAX),
        };
        let mut state = Rc::new(match moment {
            Moment::Seq(seq) => self.stored(seq)?,
            Moment::Time(_) => State::default(),
        });
        self.fold_on(&mut state, |row| match moment {
            Moment::Seq(seq) => row.seq <= seq,
            Moment::Time(time) => row.at <= time,
        })?;
        let reached = state.seq > Seq(0) && (up_to == Seq(u64::MAX) || state.seq == up_to);
        match reached {
            true => Ok(Rc::unwrap_or_clone(state)),
            false => {
                let message = "the ledger does not reach to that moment";
                Err(Refusal::new(Code::UnknownMoment, message, "see its entries with `switchback log`").into())
            }
        }
    }

    /// The entries after a position.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn entries(&self, after: Seq, limit: usize) -> Result<Vec<Entry>, EngineFailure> {
        let rows = self.ledger.entries(after, limit)?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    /// The state, folded from the first entry on, whatever snapshots say.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn fold_anew(&self) -> Result<State, EngineFailure> {
        let mut state = Rc::new(State::default());
        self.fold_on(&mut state, |_| true)?;
        Ok(Rc::unwrap_or_clone(state))
    }

    fn stored(&self, up_to: Seq) -> Result<State, EngineFailure> {
        let bytes = self.ledger.snapshot(SNAPSHOT, up_to)?;
        let state = bytes.and_then(|(_, bytes)| postcard::from_bytes::<State>(&bytes).ok());
        Ok(state.map(State::indexed).unwrap_or_default())
    }

    fn fold_on(&self, state: &mut Rc<State>, wanted: impl Fn(&StoredEntry) -> bool) -> Result<(), EngineFailure> {
        loop {
            let rows = self.ledger.entries(state.seq, PAGE)?;
            let full = rows.len() == PAGE;
            for row in rows {
                if !wanted(&row) {
                    return Ok(());
                }
                Rc::make_mut(state).take(&read(&row)?);
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
    pub fn keep(&self, state: &State) -> Result<(), EngineFailure> {
        match postcard::to_stdvec(state) {
            Ok(bytes) => Ok(self.ledger.keep_snapshot(SNAPSHOT, state.seq, &bytes)?),
            Err(error) => {
                let message = format!("the state cannot be stored: {error}");
                Err(Fault::new("ledger-failed", message, "report this as a bug").into())
            }
        }
    }
}

/// Reads an entry, whichever format it has.
pub fn read(row: &StoredEntry) -> Result<Entry, Fault> {
    let body: Body = serde_json::from_str(&row.body).map_err(|error| {
        let message = format!("entry {} of the ledger cannot be read: {error}", row.seq);
        Fault::new("ledger-corrupt", message, "restore a copy of the ledger; `switchback verify` names what is wrong")
    })?;
    if body.format > FORMAT {
        let message = format!("entry {} of the ledger was written by a newer Switchback", row.seq);
        return Err(Fault::new("ledger-newer", message, "use that version of Switchback here too"));
    }
    Ok(Entry { seq: row.seq, at: row.at, actor: UserName::new(&row.actor), kind: row.kind.clone(), body })
}

fn not_initialized(pipeline: &str) -> Refusal {
    let message = format!("the pipeline `{pipeline}` has no record in this repository yet");
    Refusal::new(Code::NotInitialized, message, "begin one with `switchback init`")
}
