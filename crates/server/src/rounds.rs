//! What a server does by itself: it runs jobs, and what the clock has made due (`SPEC A9`, `P12`). Each pipeline has a
//! thread of its own, so that a long deployment in one holds up no other.

use crate::notices;
use crate::reception::Reception;
use std::collections::HashMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};
use switchback_engine::failure::EngineFailure;
use switchback_engine::house::House;
use switchback_engine::interrupt::Interrupt;
use switchback_engine::worker::Until;
use tracing::{error, info};

/// How often it is looked whether there is anything to do.
const LOOK: Duration = Duration::from_millis(250);

/// How often the clock is looked at.
const CLOCK: Duration = Duration::from_secs(5);

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

/// Goes round until somebody wants it to stop; then what is under way has come to where stopping is safe.
pub fn go(reception: &Arc<Reception>, who: Rounds, interrupt: &Interrupt) {
    let mut rounds: HashMap<String, JoinHandle<()>> = HashMap::new();
    let mut looked = None::<Instant>;
    while !interrupt.is_raised() {
        if looked.is_none_or(|looked| looked.elapsed() >= PIPELINES) {
            looked = Some(Instant::now());
            for pipeline in reception.shared.pipelines().unwrap_or_default() {
                let goes = rounds.get(&pipeline).is_some_and(|round| !round.is_finished());
                if let (false, Ok(house)) = (goes, reception.entrance.house(Some(&pipeline))) {
                    let (reception, interrupt) = (Arc::clone(reception), interrupt.clone());
                    rounds.insert(pipeline, thread::spawn(move || of_house((&reception, &house), who, &interrupt)));
                }
            }
        }
        thread::sleep(LOOK);
    }
    rounds.into_values().for_each(|round| drop(round.join()));
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

fn of_house((reception, house): (&Reception, &House), who: Rounds, interrupt: &Interrupt) {
    thread::scope(|scope| {
        // What is new is told also while a job takes long.
        scope.spawn(|| {
            while !interrupt.is_raised() {
                // Whoever asks for something is told what is wrong with the ledger.
                let _ = reception.bus.look(house);
                thread::sleep(LOOK);
            }
        });
        if who == Rounds::Own {
            // What is slow to be sent holds up no deployment.
            scope.spawn(|| notices::rounds::go(house, reception, interrupt));
            work((reception, house), interrupt);
        }
    });
}

fn work((reception, house): (&Reception, &House), interrupt: &Interrupt) {
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
        match worked {
            Ok(()) => thread::sleep(LOOK),
            Err(failure) => {
                let (code, message) = failure.said();
                reception.meters.failed_round(house.name());
                error!(pipeline = house.name(), code, reason = message, "the rounds met a fault");
                wait(AFTER_A_FAULT, interrupt);
            }
        }
    }
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
