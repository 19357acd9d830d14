//! The door of one person on one machine: the same router as a server's, called in process.

use crate::router;
use axum::Router;
use std::path::PathBuf;
use std::sync::Arc;
use switchback_api::Context;
use switchback_api::context::{Depth, Jobs};
use switchback_core::ports::progress::Progress;
use switchback_engine::session::{self, Options, Patience};

/// Which repository and pipeline the door leads to.
#[derive(Clone)]
pub struct LocalOptions {
    /// A folder of the repository.
    pub dir: PathBuf,
    /// Which pipeline, where a repository has several.
    pub pipeline: Option<String>,
    /// Who wants to know how far long work is.
    pub progress: Arc<dyn Progress>,
}

/// The router that answers for one repository.
pub fn router(options: LocalOptions) -> Router {
    router::router().with_state(options)
}

impl LocalOptions {
    /// What a session needs for one request.
    pub fn session(&self, context: Context) -> Options {
        Options {
            dir: self.dir.clone(),
            pipeline: self.pipeline.clone(),
            user: context.user,
            reason: context.reason,
            depth: match context.depth {
                Depth::Act => session::Depth::Carry,
                Depth::Plan => session::Depth::Preview,
            },
            patience: match context.jobs {
                Jobs::Wait => Patience::Wait,
                Jobs::Leave => Patience::Leave,
            },
            plan: context.plan,
            progress: Arc::clone(&self.progress),
        }
    }
}
