//! One lookout for all pipelines: it sees from outside what somebody wrote, whoever wrote, and says in whose pipelines there
//! is something to look at; nobody else asks while nothing happens.

use crate::repository::{Around, Repository};
use crate::shared::Shared;
use std::time::{Duration, Instant};
use switchback_core::words::names::Time;
use switchback_ledger::Imprint;

/// How often branches are looked at, and what the dead may have left.
const AROUND: Duration = Duration::from_secs(5);

/// How exactly file systems tell times at least: what was written once may have been written again in the same moment.
const COARSE: Duration = Duration::from_secs(2);

/// By how much the clock may go astray from the time that passes, in milliseconds, before it counts as set.
const ASTRAY: i64 = 2_000;

/// What was seen last.
#[derive(Default)]
pub struct Lookout {
    seen: Vec<Seen>,
    /// When it was looked around last.
    around: Option<Instant>,
    clock: Option<(Instant, Time)>,
}

/// Of one repository.
#[derive(Default)]
struct Seen {
    ledger: Imprint,
    /// Since when its ledger has not been looked at once more.
    written: Option<Instant>,
    around: Around,
}

/// Whether a ledger was written since the last look.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Written {
    Now,
    /// It was some time ago, and no file system hides a second write behind that one any longer.
    Perhaps,
    No,
}

/// What is new.
#[derive(PartialEq, Eq, Debug, Default)]
pub struct News {
    /// Whether a ledger was written: a pipeline may have begun.
    pub is_written: bool,
    /// The places of the repositories in whose pipelines somebody is to look.
    pub places: Vec<usize>,
}

impl Lookout {
    /// Looks once.
    pub fn look(&mut self, shared: &Shared, now: Time) -> News {
        let mut news = News::default();
        let is_set = self.is_set(Instant::now(), now);
        let looks_around = self.around.is_none_or(|looked| looked.elapsed() >= AROUND);
        if looks_around {
            self.around = Some(Instant::now());
        }
        let there: Vec<_> = shared.kept().iter().map(|kept| kept.there().ok()).collect();
        self.seen.resize_with(there.len(), Seen::default);
        for (place, (seen, repository)) in self.seen.iter_mut().zip(there).enumerate() {
            let ledger = repository.and_then(|one| one.imprint().ok()).unwrap_or_default();
            let written = seen.written(ledger);
            let is_around = looks_around && repository.is_some_and(|one| seen.has_around(one));
            news.is_written |= written == Written::Now;
            if written != Written::No || is_around || is_set {
                news.places.push(place);
            }
        }
        news
    }

    /// Whether somebody set the clock, or the machine slept, since the last look: then what is due is another.
    fn is_set(&mut self, at: Instant, now: Time) -> bool {
        let before = self.clock.replace((at, now));
        before.is_some_and(|(then, was)| {
            let passed = i64::try_from((at - then).as_millis()).unwrap_or(i64::MAX);
            (now.0 - was.0).saturating_sub(passed).abs() > ASTRAY
        })
    }
}

impl Seen {
    /// Whether somebody is to look at the ledger, which looks like this now.
    fn written(&mut self, ledger: Imprint) -> Written {
        if std::mem::replace(&mut self.ledger, ledger) != ledger {
            self.written = Some(Instant::now());
            return Written::Now;
        }
        match self.written.take_if(|since| since.elapsed() >= COARSE) {
            Some(_) => Written::Perhaps,
            None => Written::No,
        }
    }

    /// Whether branches were moved, or somebody left what they had yet to do.
    fn has_around(&mut self, repository: &Repository) -> bool {
        let around = repository.around().unwrap_or_default();
        let is_new = self.around != around || around.is_anything_left();
        self.around = around;
        is_new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_set_is_noticed_and_one_that_goes_is_not() {
        let (mut lookout, began) = (Lookout::default(), Instant::now());
        let mut after =
            |seconds: u64, clock: i64| lookout.is_set(began + Duration::from_secs(seconds), Time(clock * 1000));
        assert!(!after(0, 100));
        assert!(!after(1, 101));
        assert!(!after(100, 199), "a second more or less is the clock's own");
        assert!(after(101, 190), "set back");
        assert!(!after(102, 191));
        assert!(after(103, 3_800), "set forward, or the machine slept");
        assert!(!after(104, 3_801));
    }
}
