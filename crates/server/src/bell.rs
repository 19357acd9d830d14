//! Wakes those who have to do with a pipeline when its ledger was written, so that nobody keeps asking it.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// One pipeline's bell.
#[derive(Default)]
pub struct Bell {
    /// How often it rang.
    rang: Mutex<u64>,
    strike: Condvar,
}

/// Somebody whom a bell wakes.
pub struct Ear {
    bell: Arc<Bell>,
    /// How often it had rung when they last went to look.
    heard: u64,
}

impl Bell {
    /// Wakes everybody who waits, and keeps those from waiting who are looking just now.
    pub fn ring(&self) {
        *self.rang.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.strike.notify_all();
    }

    /// For somebody who has yet to look for the first time.
    pub fn ear(self: &Arc<Self>) -> Ear {
        let heard = *self.rang.lock().unwrap_or_else(PoisonError::into_inner);
        Ear { bell: Arc::clone(self), heard }
    }
}

impl Ear {
    /// Waits until the bell rings, at most so long; not at all where it rang since the last wait was over. Whether it rang.
    pub fn wait(&mut self, at_most: Duration) -> bool {
        let rang = self.bell.rang.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = self.heard;
        let waited = self.bell.strike.wait_timeout_while(rang, at_most, |rang| *rang == heard);
        self.heard = *waited.unwrap_or_else(PoisonError::into_inner).0;
        self.heard != heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    /// Longer than any test takes: whoever waits so long was not woken.
    const FOR_EVER: Duration = Duration::from_secs(24 * 3600);

    #[test]
    fn it_wakes_everybody_and_is_heard_by_who_was_looking() {
        let bell = Arc::new(Bell::default());
        let (mut looking, mut other) = (bell.ear(), bell.ear());
        bell.ring();
        bell.ring();
        assert!(looking.wait(FOR_EVER));
        assert_eq!((looking.heard, other.heard), (2, 0));
        assert!(!looking.wait(Duration::ZERO));
        thread::scope(|scope| {
            scope.spawn(|| looking.wait(FOR_EVER));
            bell.ring();
            other.wait(FOR_EVER);
        });
        assert_eq!((looking.heard, other.heard), (3, 3));
    }
}
