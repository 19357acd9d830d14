//! Looks at remotes again and again, and takes in what others did there (`SPEC L8`, `W4`). Each remote has a thread of its
//! own, so that one that does not answer holds up no other.

use crate::reception::Reception;
use crate::remotes::Kept;
use crate::repository::Repository;
use crate::rounds::Rounds;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use switchback_engine::failure::EngineFailure;
use switchback_engine::interrupt::Interrupt;
use tracing::{info, warn};

/// How long to leave alone a remote that could not be copied.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);

/// How much what is told of a remote matters.
#[derive(Clone, Copy)]
enum Level {
    Info,
    Warn,
}

/// How remotes are looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fetching {
    /// Who takes in what others did there.
    pub who: Rounds,
    /// How often.
    pub every: Duration,
}

/// Looks until somebody wants it to stop.
pub fn go(reception: &Arc<Reception>, how: Fetching, interrupt: &Interrupt) {
    thread::scope(|scope| {
        for kept in reception.shared.kept() {
            if let Some(remote) = kept.remote() {
                scope.spawn(|| of_remote((reception, kept, &remote.name), how, interrupt));
            }
        }
    });
}

fn of_remote((reception, kept, name): (&Reception, &Kept, &str), how: Fetching, interrupt: &Interrupt) {
    let mut said = String::new();
    let mut tell = |level: Level, message: String| {
        if said == message {
            return;
        }
        match level {
            Level::Info => info!(remote = name, "{message}"),
            Level::Warn => warn!(remote = name, "{message}"),
        }
        said = message;
    };
    let (mut due, mut ear) = (Instant::now(), kept.ear());
    loop {
        // Whoever is told of something new wakes this, and so does whoever ends the server.
        ear.wait(due.saturating_duration_since(Instant::now()));
        if interrupt.is_raised() {
            return;
        }
        let began = Instant::now();
        let done = match kept.there() {
            Ok(repository) => fetch(reception, repository, how.who).map(|()| "it answers".to_owned()),
            Err(_) => {
                tell(Level::Info, "it is fetched for the first time".to_owned());
                let copied = kept.copy().map_err(EngineFailure::from);
                copied.map(|_| format!("it was fetched in {} s", began.elapsed().as_secs()))
            }
        };
        let there = done.is_ok() || kept.there().is_ok();
        due = Instant::now() + if there { how.every } else { AFTER_A_FAULT };
        match done {
            Ok(message) => tell(Level::Info, message),
            Err(failure) => {
                let (code, message) = failure.said();
                tell(Level::Warn, format!("[{code}] {message}"));
            }
        }
    }
}

fn fetch(reception: &Reception, repository: &Repository, who: Rounds) -> Result<(), EngineFailure> {
    repository.refresh()?;
    if who == Rounds::Others {
        return Ok(());
    }
    for pipeline in repository.pipelines()? {
        if let Ok(house) = reception.entrance.house(Some(&pipeline)) {
            house.take_in_arrivals()?;
        }
    }
    Ok(())
}
