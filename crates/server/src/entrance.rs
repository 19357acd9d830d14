//! Where a request finds its house, and becomes a visit.

use crate::failure::Said;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use switchback_api::Failure;
use switchback_api::context::{Context, Depth, Jobs};
use switchback_core::ledger::snapshot::Actor;
use switchback_core::words::admit;
use switchback_core::words::names::UserName;
use switchback_engine::failure::EngineFailure;
use switchback_engine::house::House;
use switchback_engine::visit::{self, Visit};

/// Opens houses, begins pipelines, and knows who comes. What a door does not know about where things are, this does.
pub trait Keeper: Send + Sync {
    /// Opens the house of a pipeline, of the only one if none is named.
    ///
    /// # Errors
    /// `unknown-pipeline`, a configuration defect, `no-repository`, or a fault of the ledger.
    fn open(&self, pipeline: Option<&str>) -> Result<House, EngineFailure>;
    /// Who a request comes from.
    ///
    /// # Errors
    /// `no-repository`.
    fn principal(&self, named: Option<&str>) -> Result<Actor, EngineFailure>;
    /// Begins a pipeline.
    ///
    /// # Errors
    /// Those of beginning.
    fn begin(&self, visit: &Visit, beginning: Beginning<'_>) -> Result<Begun, EngineFailure>;
}

/// What is to begin.
#[derive(Clone, Copy)]
pub struct Beginning<'a> {
    /// The pipeline's name, where somebody gave one.
    pub pipeline: Option<&'a str>,
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

/// The way in, shared by all requests.
#[derive(Clone)]
pub struct Entrance {
    keeper: Arc<dyn Keeper>,
    houses: Arc<Mutex<HashMap<String, Arc<House>>>>,
}

impl Entrance {
    /// Through this keeper; a house is opened when somebody comes to it.
    pub fn new(keeper: impl Keeper + 'static) -> Self {
        Self { keeper: Arc::new(keeper), houses: Arc::default() }
    }

    /// The house of a pipeline, opened by the first who comes; that of the only one if none is named.
    ///
    /// # Errors
    /// What keeps it from being opened; the next request tries again.
    pub fn house(&self, pipeline: Option<&str>) -> Result<Arc<House>, Failure> {
        let named = pipeline.unwrap_or_default();
        let mut houses = self.houses.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = houses.get(named) {
            return Ok(Arc::clone(open));
        }
        let open = Arc::new(self.keeper.open(pipeline).said()?);
        houses.insert(named.to_owned(), Arc::clone(&open));
        Ok(open)
    }

    /// What came along with a request, as a visit.
    ///
    /// # Errors
    /// What keeps it from being known who comes.
    pub fn visit(&self, context: Context) -> Result<Visit, Failure> {
        if let Some(user) = &context.user {
            admit::user(&UserName::new(user)).said()?;
        }
        Ok(Visit {
            principal: self.keeper.principal(context.user.as_deref()).said()?,
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
        })
    }

    /// Begins a pipeline.
    ///
    /// # Errors
    /// Those of beginning.
    pub fn begin(&self, visit: &Visit, beginning: Beginning<'_>) -> Result<Begun, Failure> {
        self.keeper.begin(visit, beginning).said()
    }
}
