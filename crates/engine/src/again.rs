//! A job is tried again when what stopped it passes by itself: nobody need be asked for that.

use crate::failure::EngineFailure;
use crate::patience::Patience;
use crate::watch::{Stopped, Watch};
use std::thread;
use std::time::{Duration, Instant};
use switchback_core::words::fault::Fault;

/// How often it is asked, during a pause, whether somebody wants the job to stop.
const LOOK: Duration = Duration::from_millis(250);

/// How often one job was tried, and how long that goes on.
pub(crate) struct Again {
    patience: Patience,
    tries: u32,
}

impl Again {
    /// For a job that begins.
    pub(crate) fn begin() -> Self {
        Self { patience: Patience::of_a_job(), tries: 1 }
    }

    /// Pauses before the next try, longer each time. `false` when it has been tried long enough, another worker holds the
    /// job, or the program shall end.
    pub(crate) fn pause(&mut self, watch: &Watch) -> bool {
        let Some(pause) = self.patience.next() else { return false };
        let began = Instant::now();
        while !gives_way(watch) {
            let Some(left) = pause.checked_sub(began.elapsed()) else {
                self.tries += 1;
                return true;
            };
            thread::sleep(left.min(LOOK));
        }
        false
    }

    /// What is said of a job that is not tried any more.
    pub(crate) fn given_up(&self, failure: EngineFailure) -> EngineFailure {
        match failure {
            EngineFailure::Fault(fault) if self.tries > 1 => {
                let message = format!("{} (tried {} times)", fault.message, self.tries);
                Fault { message, ..fault }.into()
            }
            other => other,
        }
    }
}

/// Whether trying again may help without anybody doing anything.
pub(crate) fn passes(failure: &EngineFailure) -> bool {
    matches!(failure, EngineFailure::Fault(fault) if fault.passes())
}

/// A job that was called off is tried on: only then does its area come to stand as it was.
fn gives_way(watch: &Watch) -> bool {
    matches!(watch.stopped(), Some(Stopped::Interrupted | Stopped::TakenOver))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interrupt::Interrupt;

    fn busy() -> EngineFailure {
        Fault::new("ledger-busy", "the ledger is locked", "try again").into()
    }

    #[test]
    fn what_is_given_up_says_how_often_it_was_tried() {
        let (mut again, watch) = (Again::begin(), Watch::new(Interrupt::default()));
        assert_eq!(again.given_up(busy()).said().1, "the ledger is locked");
        assert!(again.pause(&watch));
        watch.call_off();
        assert!(again.pause(&watch), "the area is to stand as it was");
        assert_eq!(again.given_up(busy()).said().1, "the ledger is locked (tried 3 times)");
    }

    #[test]
    fn it_gives_way_at_once() {
        let (interrupt, mut again) = (Interrupt::default(), Again::begin());
        let (ending, lost) = (Watch::new(interrupt.clone()), Watch::new(Interrupt::default()));
        interrupt.raise();
        lost.lose();
        assert!(!again.pause(&ending) && !again.pause(&lost));
        assert_eq!(again.tries, 1);
    }

    #[test]
    fn only_what_passes_is_tried_again() {
        assert!(passes(&busy()));
        assert!(!passes(&Fault::new("disk-full", "no room", "make room").into()));
    }
}
