//! Who came lately. While nothing is changed about anybody they are known by what they bring, and nobody is looked up again:
//! every look-up there could be is answered by asking whether anything was changed (`docs/security.md`).

use crate::caller::{By, Caller};
use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use switchback_core::ports::people::People;
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::words::names::Time;
use switchback_people::{session, token};

/// How many are known at most; then all are looked up anew.
const MOST: usize = 4096;

/// Those who were let in while people were as they are.
#[derive(Default)]
pub struct Lately(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// How people were.
    version: u64,
    came: HashMap<Fingerprint, Caller>,
}

/// Whether somebody who was let in comes in now by the same means, and nothing is to be noted of it.
pub fn comes_in(caller: &Caller, now: Time) -> bool {
    match &caller.by {
        By::Token(of) => token::holds(of, now),
        By::Session(of) => session::holds(of, now),
        By::Console => false,
    }
}

impl Lately {
    /// Who comes with a secret of this fingerprint, if that is known and they come in now.
    pub fn find(&self, people: &dyn People, secret: &Fingerprint, now: Time) -> Option<Caller> {
        // Asked now and not remembered: whoever is shut out is so at once.
        let version = people.version().ok()?;
        let known = self.known();
        let caller = known.came.get(secret).filter(|_| known.version == version)?;
        comes_in(caller, now).then(|| caller.clone())
    }

    /// Keeps who was let in, as people were before anybody was looked up.
    pub fn keep(&self, version: u64, secret: Fingerprint, caller: &Caller) {
        let mut known = self.known();
        if known.version != version || known.came.len() >= MOST {
            *known = Known { version, came: HashMap::new() };
        }
        known.came.insert(secret, caller.clone());
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
