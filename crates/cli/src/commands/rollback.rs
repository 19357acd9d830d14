//! `rollback`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::rollback::RollbackRequest;

/// Roll one whole deployment back out of one area
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  switchback rollback D-4\n  switchback rollback qa-web@7")]
pub struct RollbackArguments {
    /// A deployment, or a version of an area
    #[arg(value_name = "D-N|AREA@VERSION")]
    what: String,
    /// Roll it back although that brings demoted changes back into the area
    #[arg(long)]
    anyway: bool,
}

impl RollbackArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.tell(&RollbackRequest { what: self.what, anyway: self.anyway }, render::operation::answer).await
    }
}
