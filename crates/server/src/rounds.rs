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

/// How often it is looked whether there is anything to do.
const LOOK: Duration = Duration::from_millis(250);

/// How often the clock is looked at.
const CLOCK: Duration = Duration::from_secs(5);

/// How often it is looked whether a pipeline has begun.
const PIPELINES: Duration = Duration::from_secs(2);

/// How long to leave alone what failed.
const AFTER_A_FAULT: Duration = Duration::from_secs(5);

/// What goes round in a pipeline, each in a thread of its own.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Round {
    /// Runs jobs, and what is due.
    Work,
    /// Tells people.
    Tell,
}

/// Goes round until somebody wants it to stop; then what is under way has come to where stopping is safe.
pub fn go(reception: &Reception, interrupt: &Interrupt) {
    let mut rounds: HashMap<(String, Round), JoinHandle<()>> = HashMap::new();
    let mut looked = None::<Instant>;
    while !interrupt.is_raised() {
        if looked.is_none_or(|looked| looked.elapsed() >= PIPELINES) {
            looked = Some(Instant::now());
            for pipeline in reception.shared.pipelines().unwrap_or_default() {
                for round in [Round::Work, Round::Tell] {
                    let named = (pipeline.clone(), round);
                    let goes = rounds.get(&named).is_some_and(|round| !round.is_finished());
                    if let (false, Ok(house)) = (goes, reception.entrance.house(Some(&pipeline))) {
                        rounds.insert(named, begin(round, house, (reception, interrupt)));
                    }
                }
            }
        }
        thread::sleep(LOOK);
    }
    rounds.into_values().for_each(|round| drop(round.join()));
}

fn begin(round: Round, house: Arc<House>, (reception, interrupt): (&Reception, &Interrupt)) -> JoinHandle<()> {
    let (ways, clock, interrupt) = (Arc::clone(&reception.ways), reception.clock, interrupt.clone());
    thread::spawn(move || match round {
        Round::Work => of_house(&house, &interrupt),
        Round::Tell => notices::rounds::go(&house, &ways, (clock, &interrupt)),
    })
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

fn of_house(house: &Arc<House>, interrupt: &Interrupt) {
    let mut clock = None::<Instant>;
    while !interrupt.is_raised() {
        let is_time = clock.is_none_or(|looked| looked.elapsed() >= CLOCK);
        if is_time {
            clock = Some(Instant::now());
        }
        match round(house, is_time) {
            Ok(()) => thread::sleep(LOOK),
            Err(failure) => {
                let (code, message) = failure.said();
                eprintln!("pipeline {}: [{code}] {message}", house.name());
                wait(AFTER_A_FAULT, interrupt);
            }
        }
    }
}

fn round(house: &House, is_time: bool) -> Result<(), EngineFailure> {
    if is_time {
        house.run_due()?;
    }
    house.work(Until::Idle)
}

fn wait(long: Duration, interrupt: &Interrupt) {
    let since = Instant::now();
    while since.elapsed() < long && !interrupt.is_raised() {
        thread::sleep(LOOK);
    }
}
