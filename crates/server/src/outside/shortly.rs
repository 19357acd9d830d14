//! What is kept for some minutes, to be taken once. In memory alone: whoever is on the way when a server ends begins anew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::words::names::Time;

/// The most that is kept. Where more come, those go that would be the first to run out.
const MOST: usize = 10_000;

/// Things by the fingerprint of a secret that somebody brings.
pub struct Shortly<T>(Mutex<HashMap<Fingerprint, (Time, T)>>);

impl<T> Default for Shortly<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Shortly<T> {
    /// Keeps something until a moment.
    pub fn keep(&self, under: Fingerprint, thing: T, (now, until): (Time, Time)) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (ends, _)| now < *ends);
        if all.len() >= MOST
            && let Some(first) = all.iter().min_by_key(|(_, (ends, _))| *ends).map(|(under, _)| *under)
        {
            all.remove(&first);
        }
        all.insert(under, (until, thing));
    }

    /// Takes it, if it is still there; nobody else gets it.
    pub fn take(&self, under: &Fingerprint, now: Time) -> Option<T> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(under).filter(|(ends, _)| now < *ends).map(|(_, thing)| thing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn under(number: usize) -> Fingerprint {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Fingerprint::new(bytes)
    }

    #[test]
    fn it_is_there_once_and_for_a_while() {
        let all = Shortly::default();
        all.keep(under(1), "a", (Time(0), Time(10)));
        all.keep(under(2), "b", (Time(0), Time(10)));
        assert_eq!(all.take(&under(1), Time(9)), Some("a"));
        assert_eq!(all.take(&under(1), Time(9)), None);
        assert_eq!(all.take(&under(2), Time(10)), None);
    }

    #[test]
    fn it_does_not_grow() {
        let all = Shortly::default();
        for number in 0..=MOST {
            all.keep(under(number), number, (Time(0), Time(10 + number as i64)));
        }
        assert_eq!(all.0.lock().unwrap().len(), MOST);
        assert_eq!(all.take(&under(0), Time(1)), None, "the first to run out");
        assert_eq!(all.take(&under(MOST), Time(1)), Some(MOST));
    }
}
