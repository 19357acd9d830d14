//! The rounds of whoever tells: a thread of its own for each pipeline, so that slow mail holds up no deployment.

use crate::bell::Ear;
use crate::notices::addressing::address;
use crate::notices::sending::send_one;
use crate::notices::ways::Ways;
use crate::reception::Reception;
use crate::rounds::REST;
use std::thread;
use std::time::{Duration, Instant};
use switchback_core::ports::outbox::{DeliveryState, Sender};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;
use switchback_engine::house::House;
use switchback_engine::interrupt::Interrupt;
use tracing::error;

/// How often it is looked while something waits to be sent; else whoever writes the ledger wakes who sends.
const LOOK: Duration = Duration::from_millis(500);

/// How often a promise is renewed, and it is looked what is soon to arrive.
const MINUTE: Duration = Duration::from_secs(60);

/// How long a promise holds without being renewed: what happens while the server is away is told when it is back.
const PROMISE: i64 = 7 * DAY;

/// How much of a promise may be over before it is renewed.
const OVER: i64 = DAY;

/// How long what was told is remembered.
const KEPT: i64 = 90 * DAY;

const DAY: i64 = 24 * 3600 * 1000;

/// How many are told at once: one who does not answer holds up the others no longer than they take.
const SENDERS: usize = 4;

/// Promises to send what a pipeline's outbox keeps from now on.
///
/// # Errors
/// A fault of the ledger.
pub fn promise(house: &House, ways: &Ways, now: Time) -> Result<(), Fault> {
    let mail = ways.mail();
    // Every write wakes whoever has to do with the pipeline.
    let holds = |sender: Sender| sender.mail == mail && (PROMISE - OVER..=PROMISE).contains(&(sender.until.0 - now.0));
    if house.ledger().sender(now)?.is_some_and(holds) {
        return Ok(());
    }
    house.ledger().promise(Sender { until: Time(now.0 + PROMISE), mail })
}

/// Goes round until somebody wants it to stop.
pub fn go((house, reception): (&House, &Reception), mut ear: Ear, interrupt: &Interrupt) {
    let mut looked = None::<Instant>;
    while !interrupt.is_raised() {
        if looked.is_none_or(|looked| looked.elapsed() >= MINUTE) {
            looked = Some(Instant::now());
            said(house, keep_up(house, reception));
        }
        said(house, round(house, reception, interrupt));
        // What failed is tried again when its time has come, which nobody writes down.
        let waiting = house.ledger().delivery_count(DeliveryState::Queued).unwrap_or_default();
        ear.wait(if waiting == 0 { REST } else { LOOK });
    }
}

fn keep_up(house: &House, reception: &Reception) -> Result<(), Fault> {
    let now = reception.clock.now();
    promise(house, &reception.ways, now)?;
    // What keeps the pipeline from being looked at is told by those who work there.
    drop(house.say_what_arrives());
    house.ledger().forget_told(Time(now.0 - KEPT)).map(drop)
}

fn round(house: &House, reception: &Reception, interrupt: &Interrupt) -> Result<(), Fault> {
    // So does what keeps it from being told what drifted.
    drop(house.say_what_drifted());
    address(house.ledger(), house.name(), &reception.ways, reception.clock.now())?;
    if !send(house, reception)? {
        return Ok(());
    }
    let send_all = || {
        while !interrupt.is_raised() && send(house, reception)? {}
        Ok::<_, Fault>(())
    };
    thread::scope(|scope| {
        let senders: Vec<_> = (0..SENDERS).map(|_| scope.spawn(send_all)).collect();
        let mut ended = senders.into_iter();
        ended.try_for_each(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// Sends one, and counts what became of it. Whether there was one.
fn send(house: &House, reception: &Reception) -> Result<bool, Fault> {
    let ended = send_one(house.ledger(), house.name(), &reception.ways, reception.clock.now())?;
    if let Some((channel, outcome)) = ended {
        reception.meters.delivery(channel, outcome);
    }
    Ok(ended.is_some())
}

fn said(house: &House, done: Result<(), Fault>) {
    if let Err(Fault { code, message, .. }) = done {
        error!(pipeline = house.name(), code, reason = message, "what is to be told cannot be");
    }
}
