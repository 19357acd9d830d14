//! Where a request finds its house, and becomes a visit.

use crate::caller::{Caller, Deed};
use crate::failure::Said;
use crate::notices::ways::Means;
use crate::readers::Readers;
use crate::request_line::asked_of;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use switchback_api::Failure;
use switchback_api::context::{Context, Depth, Jobs};
use switchback_core::ledger::snapshot::Actor;
use switchback_core::words::admit;
use switchback_core::words::names::UserName;
use switchback_engine::house::House;
use switchback_engine::visit::{self, Visit};

/// Opens houses, begins pipelines, and knows who comes. What a door does not know about where things are, this does.
pub trait Keeper: Send + Sync {
    /// Opens the house of a pipeline, of the only one if none is named.
    ///
    /// # Errors
    /// `unknown-pipeline`, a configuration defect, `no-repository`, or a fault of the ledger.
    fn open(&self, pipeline: Option<&str>) -> Result<House, Failure>;
    /// Who a request comes from that nobody was asked about at the door.
    ///
    /// # Errors
    /// `no-repository`, or `not-signed-in` where everybody is asked.
    fn principal(&self, named: Option<&str>) -> Result<Actor, Failure>;
    /// The name of the only pipeline; `None` where only opening it tells.
    ///
    /// # Errors
    /// `unknown-pipeline` where there are several.
    fn only(&self) -> Result<Option<String>, Failure>;
    /// With what people are told; nothing on one's own machine.
    fn means(&self) -> Option<Arc<Means>> {
        None
    }
    /// Begins a pipeline.
    ///
    /// # Errors
    /// Those of beginning.
    fn begin(&self, visit: &Visit, beginning: Beginning<'_>) -> Result<Begun, Failure>;
}

/// What is to begin.
#[derive(Clone, Copy)]
pub struct Beginning<'a> {
    /// The pipeline's name, where somebody gave one.
    pub pipeline: Option<&'a str>,
    /// In which of a server's repositories, where somebody said so.
    pub repository: Option<&'a str>,
    /// Its stages, and how.
    pub request: &'a switchback_engine::init::Request,
}

/// What came of `init`.
pub struct Begun {
    /// Where the configuration is.
    pub config_path: std::path::PathBuf,
    /// Its text, when this wrote it, or would.
    pub written: Option<String>,
    /// The pipeline it makes.
    pub pipeline: switchback_core::pipeline::Pipeline,
    /// What the first entry did.
    pub done: switchback_engine::run::Done,
}

/// Who comes to which pipeline, and how far they mean to go.
pub struct Asked {
    /// The pipeline, where one is named.
    pub pipeline: Option<String>,
    /// Who, and why.
    pub visit: Visit,
    /// The same as the server knows them; nobody is asked on one's own machine.
    pub caller: Option<Caller>,
    /// How far.
    pub deed: Deed,
    /// What the record that is edited was called when they looked at it, where they say so.
    pub seen: Option<String>,
}

/// The way in, shared by all requests.
#[derive(Clone)]
pub struct Entrance {
    keeper: Arc<dyn Keeper>,
    houses: Arc<Mutex<HashMap<String, Arc<Place>>>>,
    /// Those who only look.
    pub(crate) readers: Readers,
}

/// Where a house stands once it is open. Whoever opens it holds this alone, so that nobody who comes to another waits.
type Place = Mutex<Option<Arc<House>>>;

impl Entrance {
    /// Through this keeper; a house is opened when somebody comes to it.
    pub fn through(keeper: Arc<dyn Keeper>) -> Self {
        Self { keeper, houses: Arc::default(), readers: Readers::default() }
    }

    /// With what a server tells people; nothing on one's own machine.
    pub fn means(&self) -> Option<Arc<Means>> {
        self.keeper.means()
    }

    /// The house that somebody comes to, opened by the first who does; that of the only one if none is named.
    ///
    /// # Errors
    /// What keeps it from being opened; the next request tries again. `not-permitted` for a token that is for others.
    pub fn receive(&self, asked: &Asked) -> Result<Arc<House>, Failure> {
        let house = self.house(asked.pipeline.as_deref())?;
        asked_of(house.name());
        match &asked.caller {
            Some(caller) => caller.admit(house.name(), asked.deed).map(|()| house),
            None => Ok(house),
        }
    }

    /// The house of a pipeline, of the only one if none is named.
    ///
    /// # Errors
    /// What keeps it from being opened.
    pub fn house(&self, pipeline: Option<&str>) -> Result<Arc<House>, Failure> {
        let only = if pipeline.is_none() { self.keeper.only()? } else { None };
        let named = pipeline.or(only.as_deref());
        let place = self.place(named.unwrap_or_default());
        let mut there = place.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = &*there {
            return Ok(Arc::clone(open));
        }
        let opened = self.keeper.open(named).map(Arc::new);
        match &opened {
            Ok(house) => *there = Some(Arc::clone(house)),
            Err(_) => self.clear(named.unwrap_or_default(), &place),
        }
        opened
    }

    fn place(&self, pipeline: &str) -> Arc<Place> {
        let mut houses = self.houses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = houses.get(pipeline) {
            return Arc::clone(place);
        }
        Arc::clone(houses.entry(pipeline.to_owned()).or_default())
    }

    /// Forgets a place where nothing could be opened, unless somebody else waits there: names that are none take no room.
    fn clear(&self, pipeline: &str, place: &Arc<Place>) {
        let mut houses = self.houses.lock().unwrap_or_else(PoisonError::into_inner);
        // Held by the map, and by who asks.
        if Arc::strong_count(place) == 2 {
            houses.remove(pipeline);
        }
    }

    /// What came along with a request, as a visit.
    ///
    /// # Errors
    /// What keeps it from being known who comes.
    pub fn asked(&self, context: Context, came: (Option<Caller>, Deed)) -> Result<Asked, Failure> {
        let (caller, deed) = came;
        if let Some(user) = &context.user {
            admit::user(&UserName::new(user)).said()?;
        }
        let principal = match &caller {
            None => self.keeper.principal(context.user.as_deref())?,
            Some(_) if context.user.is_some() => {
                return Err(Failure::usage("on a server everybody acts as themselves, or through a token of theirs"));
            }
            Some(caller) => caller.actor(),
        };
        let visit = Visit {
            principal,
            reason: context.reason,
            depth: match context.depth {
                Depth::Act => visit::Depth::Act,
                Depth::Plan => visit::Depth::Plan,
            },
            approved: context.plan,
            jobs: match context.jobs {
                Jobs::Wait => visit::Jobs::Wait,
                Jobs::Leave => visit::Jobs::Leave,
            },
        };
        Ok(Asked { pipeline: context.pipeline, visit, caller, deed, seen: context.seen })
    }

    /// Begins a pipeline.
    ///
    /// # Errors
    /// Those of beginning.
    pub fn begin(&self, visit: &Visit, beginning: Beginning<'_>) -> Result<Begun, Failure> {
        self.keeper.begin(visit, beginning)
    }
}
