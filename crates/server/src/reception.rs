//! What a server has beside its houses: people, and how they are let in.

use crate::bus::Bus;
use crate::entrance::Entrance;
use crate::failure::said;
use crate::lately::Lately;
use crate::meters::Meters;
use crate::notices::ways::Ways;
use crate::outside::kept::{Handover, Leaving};
use crate::outside::shortly::Shortly;
use crate::remotes::RemoteRepository;
use crate::settings::Settings;
use crate::shared::Shared;
use crate::told_again::ToldAgain;
use crate::watching::Watching;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use switchback_api::Failure;
use switchback_core::ports::people::People;
use switchback_core::words::names::Time;
use switchback_engine::clock::Clock;
use switchback_engine::interrupt::Interrupt;
use switchback_ledger::SqlitePeople;
use switchback_people::password::{Cost, Passwords};
use switchback_people::session::Lasting;
use switchback_people::sign_in;
use tokio::sync::Semaphore;

/// How many passwords are looked at at once: each takes memory and most of a core.
const HASHES: usize = 2;

/// What a server keeps, and where.
pub struct Premises {
    /// The server's own folder.
    pub data: PathBuf,
    /// A folder of each repository.
    pub repositories: Vec<PathBuf>,
    /// The remotes of which it keeps copies.
    pub remotes: Vec<RemoteRepository>,
    /// What it is told about itself.
    pub settings: Settings,
    /// What tells the work to stop.
    pub interrupt: Interrupt,
    /// How much work it is to hash a password.
    pub cost: Cost,
}

/// Where everybody comes by first; shared by all requests.
pub struct Reception {
    /// Who may come in.
    pub people: Arc<dyn People>,
    /// Who came lately.
    pub lately: Lately,
    /// What was answered lately.
    pub told_again: ToldAgain,
    /// How passwords are looked at.
    pub passwords: Passwords,
    /// Whoever looks at a password takes one of these first.
    pub hashes: Arc<Semaphore>,
    /// Whoever changes something about people holds this, so that nobody comes between looking and changing.
    pub edits: Mutex<()>,
    /// The way to the houses.
    pub entrance: Entrance,
    /// Which houses there are.
    pub shared: Arc<Shared>,
    /// By which ways people are told of what happens.
    pub ways: Arc<Ways>,
    /// What is new, for everybody who listens.
    pub bus: Bus,
    /// What is counted.
    pub meters: Arc<Meters>,
    /// The time.
    pub clock: Clock,
    /// Who left for a provider, by what they are to bring back.
    pub leavings: Shortly<Leaving>,
    /// Who came back for a command line, by what is handed over to it.
    pub handovers: Shortly<Handover>,
    /// When it was opened: what was under way before has nobody who goes on with it.
    pub since: Time,
}

impl Reception {
    /// Opens what a server keeps.
    ///
    /// # Errors
    /// Those of the database of people; `clock-unreadable`.
    pub fn open(premises: Premises) -> Result<Self, Failure> {
        let Premises { data, repositories, remotes, settings, interrupt, cost } = premises;
        let opened = || {
            let people: Arc<dyn People> = Arc::new(SqlitePeople::open(&people_path(&data))?);
            let clock = Clock::from_surroundings()?;
            let meters = Arc::new(Meters::default());
            let watching = Arc::new(Watching::new(Arc::clone(&meters)));
            let ways = Arc::new(Ways::new(Arc::clone(&people), settings));
            let shared = Arc::new(Shared::of((repositories, remotes), &ways, (&interrupt, watching))?);
            Ok(Self {
                people,
                lately: Lately::default(),
                told_again: ToldAgain::default(),
                ways,
                passwords: Passwords::new(cost)?,
                hashes: Arc::new(Semaphore::new(HASHES)),
                edits: Mutex::default(),
                entrance: Entrance::through(Arc::clone(&shared) as _),
                shared,
                bus: Bus::default(),
                meters,
                clock,
                leavings: Shortly::default(),
                handovers: Shortly::default(),
                since: clock.now(),
            })
        };
        opened().map_err(|fault: switchback_core::words::fault::Fault| said(fault.into()))
    }

    /// What it takes to let people in by a password.
    pub fn doorway(&self) -> sign_in::Entrance<'_> {
        let (people, passwords) = (&*self.people, &self.passwords);
        let whom = self.ways.means().settings.passwords;
        sign_in::Entrance { people, passwords, limits: sign_in::LIMITS, lasting: Lasting::default(), whom }
    }
}

/// Where the people of a server are kept.
fn people_path(data: &Path) -> PathBuf {
    data.join("people.sqlite")
}
