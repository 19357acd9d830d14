//! `pending`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::pending::PendingRequest;

/// Show what stages hold and their areas do not
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback pending qa-web")]
pub struct PendingArguments {
    /// Which area; every one if not said
    area: Option<String>,
}

impl PendingArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.show(&PendingRequest { area: self.area }, render::pending::text).await
    }
}
