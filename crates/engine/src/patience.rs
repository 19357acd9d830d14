//! How long somebody tries again: who lost a swap, where others were quicker and it is planned anew from what they left;
//! and a job that a fault stopped which passes.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher as _, Hasher as _};
use std::thread;
use std::time::{Duration, Instant};
use switchback_core::words::fault::Fault;

/// How long it is tried.
const LONG_ENOUGH: Duration = Duration::from_secs(30);
/// The first pause is shorter than this.
const FIRST: Duration = Duration::from_millis(16);
/// No pause is longer than this.
const LONGEST: Duration = Duration::from_millis(500);
/// The same for a job that a fault stopped which passes: whoever causes it is done when it is done.
const OF_A_JOB: (Duration, Duration, Duration) =
    (Duration::from_secs(300), Duration::from_millis(500), Duration::from_secs(15));

/// One errand's patience. The time is that of the machine: a clock that stands still must not make it endless.
pub(crate) struct Patience {
    until: Option<Instant>,
    pause: Duration,
    longest: Duration,
}

impl Patience {
    /// For a while.
    pub(crate) fn limited() -> Self {
        Self { until: Instant::now().checked_add(LONG_ENOUGH), pause: FIRST, longest: LONGEST }
    }

    /// As long as it takes: somebody else says when it is over.
    pub(crate) fn endless() -> Self {
        Self { until: None, pause: FIRST, longest: LONGEST }
    }

    /// For a job: minutes, with longer and longer pauses.
    pub(crate) fn of_a_job() -> Self {
        let (long_enough, pause, longest) = OF_A_JOB;
        Self { until: Instant::now().checked_add(long_enough), pause, longest }
    }

    /// Pauses before the next try, for another time than those who lost along with it; `false` when it has been long
    /// enough.
    pub(crate) fn pause(&mut self) -> bool {
        self.next().map(thread::sleep).is_some()
    }

    /// The same pause, for whoever has to be heard meanwhile; `None` when it has been long enough.
    pub(crate) fn next(&mut self) -> Option<Duration> {
        if self.until.is_some_and(|until| Instant::now() >= until) {
            return None;
        }
        let pause = self.pause.mul_f64(share());
        self.pause = (self.pause * 2).min(self.longest);
        Some(pause)
    }
}

/// What is said when it is at its end.
pub(crate) fn busy() -> Fault {
    Fault::new("ledger-busy", "others kept changing the pipeline while this was planned", "try again")
}

/// Something between a quarter and the whole, differing from process to process and from time to time.
fn share() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    0.25 + 0.75 * (f64::from((random >> 40) as u32) / f64::from(1_u32 << 24))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_differ_and_grow_and_come_to_an_end() {
        let shares: Vec<f64> = (0..100).map(|_| share()).collect();
        assert!(shares.iter().all(|share| (0.25..=1.0).contains(share)), "{shares:?}");
        assert!(shares.iter().any(|share| *share != shares[0]));
        let mut patience = Patience { until: Some(Instant::now()), pause: FIRST, longest: LONGEST };
        assert!(!patience.pause());
        let mut patience = Patience::limited();
        assert!(patience.pause() && patience.pause());
        assert_eq!(patience.pause, FIRST * 4);
    }
}
