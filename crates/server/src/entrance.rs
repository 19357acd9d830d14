//! Where a request finds its house, and becomes a visit.

use crate::failure::Said;
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
    /// Opens the house of the pipeline.
    ///
    /// # Errors
    /// A configuration defect, `no-repository`, or a fault of the ledger.
    fn open(&self) -> Result<House, EngineFailure>;
    /// Who a request comes from.
    ///
    /// # Errors
    /// `no-repository`.
    fn principal(&self, named: Option<&str>) -> Result<Actor, EngineFailure>;
    /// Begins the pipeline.
    ///
    /// # Errors
    /// Those of beginning.
    fn begin(&self, visit: &Visit, request: &switchback_engine::init::Request) -> Result<Begun, EngineFailure>;
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

/// The way in to one pipeline, shared by all requests.
#[derive(Clone)]
pub struct Entrance {
    keeper: Arc<dyn Keeper>,
    house: Arc<Mutex<Option<Arc<House>>>>,
}

impl Entrance {
    /// Through this keeper; the house is opened when somebody comes.
    pub fn new(keeper: impl Keeper + 'static) -> Self {
        Self { keeper: Arc::new(keeper), house: Arc::default() }
    }

    /// The house, opened by the first who comes.
    ///
    /// # Errors
    /// What keeps it from being opened; the next request tries again.
    pub fn house(&self) -> Result<Arc<House>, Failure> {
        let mut house = self.house.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = &*house {
            return Ok(Arc::clone(open));
        }
        let open = Arc::new(self.keeper.open().said()?);
        *house = Some(Arc::clone(&open));
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

    /// Begins the pipeline.
    ///
    /// # Errors
    /// Those of beginning.
    pub fn begin(&self, visit: &Visit, request: &switchback_engine::init::Request) -> Result<Begun, Failure> {
        self.keeper.begin(visit, request).said()
    }
}
