//! Until when a house has looked what could go by itself (`SPEC P14`), so that it looks again only after something happened.

use std::sync::{Mutex, PoisonError};
use switchback_core::ledger::state::State;
use switchback_core::words::names::{Seq, Time};

/// The position and the moment of the last look; nothing before the first.
#[derive(Default)]
pub(crate) struct Looked(Mutex<Option<(Seq, Time)>>);

impl Looked {
    /// Whether something has happened since: there is a new entry, or a freeze began or ended.
    pub fn is_behind(&self, state: &State, now: Time) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_none_or(|(seq, at)| seq != state.seq || state.pipeline().freezes_changed(at, now))
    }

    /// Keeps where it was looked from.
    pub fn keep(&self, seq: Seq, at: Time) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((seq, at));
    }
}
