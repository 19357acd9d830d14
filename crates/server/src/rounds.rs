//! What a server does by itself: it runs jobs, and what the clock has made due (`SPEC A9`, `P12`). Each pipeline has a
//! thread of its own, so that a long deployment in one holds up no other. One lookout for all of them sees from outside
//! whose ledger was written, whoever wrote, and wakes those who have to do with it; nobody else asks while nothing happens.

use crate::bell::{Bell, Ear};
use crate::notices;
use crate::reception::Reception;
use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use switchback_core::records::job::PAUSED;
use switchback_engine::failure::EngineFailure;
use switchback_engine::house::House;
use switchback_engine::interrupt::Interrupt;
use switchback_engine::worker::Until;
use tracing::{error, info};

/// How often ledgers are looked at from outside, and how often one is asked while something is under way that may come to
/// its end without a word in it.
const LOOK: Duration = Duration::from_millis(250);

/// How often the clock is looked at. So often a ledger is read, too, that did not seem to be written.
pub const CLOCK: Duration = Duration::from_secs(5);

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
    let mut seen = Vec::new();
    let (mut begun, mut looked) = (Begun::Perhaps, None::<Instant>);
    while !interrupt.is_raised() {
        let now = reception.shared.imprints();
        if now != seen {
            ring(&rounds, &reception.shared.known(), |place| now.get(place) != seen.get(place));
            (seen, begun) = (now, Begun::Perhaps);
        }
        let is_missing = begun == Begun::Perhaps || rounds.values().any(|round| round.thread.is_finished());
        if is_missing && looked.is_none_or(|looked| looked.elapsed() >= PIPELINES) {
            looked = Some(Instant::now());
            begun = begin(reception, (&mut rounds, who), interrupt);
        }
        thread::sleep(LOOK);
    }
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

fn ring(rounds: &HashMap<String, Round>, known: &[(String, usize)], is_written: impl Fn(usize) -> bool) {
    for (pipeline, _) in known.iter().filter(|(_, place)| is_written(*place)) {
        rounds.get(pipeline).into_iter().for_each(|round| round.bell.ring());
    }
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
                ear.wait(CLOCK);
            }
        });
        if who == Rounds::Own {
            // What is slow to be sent holds up no deployment.
            scope.spawn(|| notices::rounds::go((house, reception), bell.ear(), interrupt));
            work((reception, house), bell.ear(), interrupt);
        }
    });
}

fn work((reception, house): (&Reception, &House), mut ear: Ear, interrupt: &Interrupt) {
    let mut clock = None::<Instant>;
    while !interrupt.is_raised() {
        let timely = match clock {
            Some(looked) if looked.elapsed() < CLOCK => Ok(()),
            _ => {
                clock = Some(Instant::now());
                look_after((reception, house))
                    .inspect(|()| reception.meters.went_round(house.name(), reception.clock.now()))
            }
        };
        let worked = timely.and_then(|()| if house.is_away() { Ok(()) } else { house.work(Until::Idle) });
        match worked.and_then(|()| is_under_way(house)) {
            Ok(true) => ear.wait(LOOK),
            Ok(false) => ear.wait(CLOCK.saturating_sub(clock.map_or(Duration::ZERO, |looked| looked.elapsed()))),
            Err(failure) => {
                let (code, message) = failure.said();
                reception.meters.failed_round(house.name());
                error!(pipeline = house.name(), code, reason = message, "the rounds met a fault");
                wait(AFTER_A_FAULT, interrupt);
            }
        }
    }
}

/// Whether something may change without a word in the ledger: a remote answers again, or whoever holds a job dies.
fn is_under_way(house: &House) -> Result<bool, EngineFailure> {
    Ok(house.is_away() || house.open_jobs()?.iter().any(|job| job.run_at != PAUSED))
}

/// What nobody asks for: what the dead left is put right, what came to the base branch is offered or put in force, what was
/// pushed is recorded, and what is due is begun.
fn look_after((reception, house): (&Reception, &House)) -> Result<(), EngineFailure> {
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
    house.check_areas()?;
    house.run_due().map(drop)
}

fn wait(long: Duration, interrupt: &Interrupt) {
    let since = Instant::now();
    while since.elapsed() < long && !interrupt.is_raised() {
        thread::sleep(LOOK);
    }
}
