//! `status`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::status::StatusRequest;

/// Show the whole pipeline: stages, areas, what is under way
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback status --as-of 2026-12-01T09:00")]
pub struct StatusArguments {
    /// As it was at a time, or at a ledger position
    #[arg(long, value_name = "TIME|#SEQ")]
    as_of: Option<String>,
}

impl StatusArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.show(&StatusRequest { as_of: self.as_of }, render::status::text).await
    }
}
