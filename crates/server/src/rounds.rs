//! What a server does by itself: it runs jobs, and what the clock has made due (`SPEC A9`, `P12`). Each pipeline has a
//! thread of its own, so that a long deployment in one holds up no other. A lookout wakes those who have to do with a pipeline
//! when something happened there; else they rest until the clock makes something due.

use crate::bell::Bell;
use crate::lookout::Lookout;
use crate::notices;
use crate::reception::Reception;
use crate::remotes::Kept;
use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use switchback_core::records::job::PAUSED;
use switchback_core::words::names::Time;
use switchback_engine::failure::EngineFailure;
use switchback_engine::house::House;
use switchback_engine::interrupt::Interrupt;
use switchback_engine::worker::Until;
use tracing::{error, info, warn};

/// How often ledgers are looked at from outside, and how often one is asked while something is under way that may come to
/// its end without a word in it.
const LOOK: Duration = Duration::from_millis(250);

/// How often it is looked what is to be done, at most.
const SELDOM: Duration = Duration::from_secs(5);

/// How long anybody rests at most: whatever the lookout may have missed is found then.
pub const REST: Duration = Duration::from_secs(60);

/// How often it is looked whether a pipeline has begun.
const PIPELINES: Duration = Duration::from_secs(2);

/// How long to leave alone what failed.
const AFTER_A_FAULT: Duration = Duration::from_secs(5);

/// Who runs jobs, and what is due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rounds {
    /// This server.
    Own,
    /// Other processes; this one only looks what is new.
    Others,
}

/// The threads of a pipeline.
struct Round {
    thread: JoinHandle<()>,
    bell: Arc<Bell>,
}

/// Goes round until somebody wants it to stop; then what is under way has come to where stopping is safe.
pub fn go(reception: &Arc<Reception>, who: Rounds, interrupt: &Interrupt) {
    let mut rounds: HashMap<String, Round> = HashMap::new();
    let mut lookout = Lookout::default();
    let (mut begun, mut looked) = (Begun::Perhaps, None::<Instant>);
    while !interrupt.is_raised() {
        let news = lookout.look(&reception.shared, reception.clock.now());
        for (pipeline, _) in reception.shared.known().iter().filter(|(_, place)| news.places.contains(place)) {
            rounds.get(pipeline).into_iter().for_each(|round| round.bell.ring());
        }
        if news.is_written {
            begun = Begun::Perhaps;
        }
        let is_missing = begun == Begun::Perhaps || rounds.values().any(|round| round.thread.is_finished());
        if is_missing && looked.is_none_or(|looked| looked.elapsed() >= PIPELINES) {
            looked = Some(Instant::now());
            begun = begin(reception, (&mut rounds, who), interrupt);
        }
        thread::sleep(LOOK);
    }
    // Those who look at remotes wait for nothing else.
    reception.shared.kept().iter().for_each(Kept::look_soon);
    rounds.values().for_each(|round| round.bell.ring());
    rounds.into_values().for_each(|round| drop(round.thread.join()));
}

/// Whether every pipeline that has begun has its round.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Begun {
    All,
    /// Somebody wrote since, or one could not be looked at.
    Perhaps,
}

/// Begins to go round in each pipeline in which nobody does.
fn begin(
    reception: &Arc<Reception>,
    (rounds, who): (&mut HashMap<String, Round>, Rounds),
    interrupt: &Interrupt,
) -> Begun {
    let Ok(pipelines) = reception.shared.pipelines() else { return Begun::Perhaps };
    let mut begun = Begun::All;
    for pipeline in pipelines {
        if rounds.get(&pipeline).is_some_and(|round| !round.thread.is_finished()) {
            continue;
        }
        let Ok(house) = reception.entrance.house(Some(&pipeline)) else {
            begun = Begun::Perhaps;
            continue;
        };
        let (reception, interrupt, bell) = (Arc::clone(reception), interrupt.clone(), Arc::new(Bell::default()));
        let heard = Arc::clone(&bell);
        let thread = thread::spawn(move || of_house((&reception, &house), (who, &heard), &interrupt));
        rounds.insert(pipeline, Round { thread, bell });
    }
    begun
}

/// Promises to tell what happens in the pipelines that there are, before anything does.
pub fn promise(reception: &Reception) {
    for pipeline in reception.shared.pipelines().unwrap_or_default() {
        // What keeps a house from being opened is told by the rounds there.
        if let Ok(house) = reception.entrance.house(Some(&pipeline)) {
            drop(notices::rounds::promise(&house, &reception.ways, reception.clock.now()));
        }
    }
}

fn of_house((reception, house): (&Reception, &House), (who, bell): (Rounds, &Arc<Bell>), interrupt: &Interrupt) {
    thread::scope(|scope| {
        // What is new is told also while a job takes long.
        scope.spawn(|| {
            let mut ear = bell.ear();
            while !interrupt.is_raised() {
                // Whoever asks for something is told what is wrong with the ledger.
                let _ = reception.bus.look(house);
                ear.wait(REST);
            }
        });
        if who == Rounds::Own {
            // What is slow to be sent holds up no deployment.
            scope.spawn(|| notices::rounds::go((house, reception), bell.ear(), interrupt));
            work((reception, house), bell, interrupt);
        }
    });
}

fn work((reception, house): (&Reception, &House), bell: &Arc<Bell>, interrupt: &Interrupt) {
    let (mut looked, mut rest, mut said) = (None::<Instant>, SELDOM, None);
    let mut ear = bell.ear();
    while !interrupt.is_raised() {
        let timely = match looked {
            Some(looked) if looked.elapsed() < rest => Ok(()),
            _ => {
                looked = Some(Instant::now());
                look_after((reception, house), (bell, &mut said)).and_then(|()| {
                    reception.meters.went_round(house.name(), reception.clock.now());
                    rest = until(house.next_due()?, reception.clock.now());
                    Ok(())
                })
            }
        };
        let worked = timely.and_then(|()| if house.is_away() { Ok(()) } else { house.work(Until::Idle) });
        let left = || rest.saturating_sub(looked.map_or(Duration::ZERO, |looked| looked.elapsed()));
        let has_news = match worked.and_then(|()| is_under_way(house)) {
            Ok(true) => {
                ear.wait(LOOK);
                true
            }
            Ok(false) => ear.wait(left()),
            Err(failure) => {
                let (code, message) = failure.said();
                reception.meters.failed_round(house.name());
                error!(pipeline = house.name(), code, reason = message, "the rounds met a fault");
                wait(AFTER_A_FAULT, interrupt);
                true
            }
        };
        if has_news {
            rest = rest.min(SELDOM);
        }
    }
}

/// How long to rest for what is due then. What is owed and cannot be done yet is looked at again soon.
fn until(due: Option<Time>, now: Time) -> Duration {
    match due.map(|due| u64::try_from(due.0.saturating_sub(now.0)).unwrap_or_default()) {
        None => REST,
        Some(0) => SELDOM,
        Some(ms) => Duration::from_millis(ms).min(REST),
    }
}

/// Whether something may change without a word in the ledger: a remote answers again, or whoever holds a job dies.
fn is_under_way(house: &House) -> Result<bool, EngineFailure> {
    Ok(house.is_away() || house.open_jobs()?.iter().any(|job| job.run_at != PAUSED))
}

/// What nobody asks for: what the dead left is put right, what came to the base branch is offered or put in force, what was
/// pushed is recorded, and what is due is begun.
fn look_after(
    (reception, house): (&Reception, &House),
    (bell, said): (&Bell, &mut Option<String>),
) -> Result<(), EngineFailure> {
    house.put_right()?;
    if house.is_away() {
        // What cannot be kept where the branches are waits; it is looked at again and again whether it can be.
        return Ok(());
    }
    let offering = reception.ways.means().settings.configuration;
    if let Some(said) = house.look_at_offer(offering)? {
        info!(pipeline = house.name(), "{said}");
    }
    house.record_pushed()?;
    if house.check_areas()? > 0 {
        // What was found is told by others, and stands in no ledger.
        bell.ring();
    }
    let why = house.why_looks_are_unkept();
    if let Some(reason) = why.as_ref().filter(|_| why != *said) {
        warn!(
            pipeline = house.name(),
            reason, "what areas were found to hold is only remembered until the server ends"
        );
    }
    *said = why;
    house.run_due().map(drop)
}

fn wait(long: Duration, interrupt: &Interrupt) {
    let since = Instant::now();
    while since.elapsed() < long && !interrupt.is_raised() {
        thread::sleep(LOOK);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_rests_until_something_is_due_and_never_for_ever() {
        let rest = |due: Option<i64>| until(due.map(Time), Time(1_000));
        assert_eq!(rest(None), REST);
        assert_eq!(rest(Some(1_400)), Duration::from_millis(400));
        assert_eq!(rest(Some(i64::MAX)), REST);
        assert_eq!((rest(Some(1_000)), rest(Some(i64::MIN))), (SELDOM, SELDOM));
    }
}
