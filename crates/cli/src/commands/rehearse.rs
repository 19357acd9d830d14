//! `rehearse`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::rehearse::RehearseRequest;

/// Try which changes go together onto a stage, in which order, and what breaks first; nothing moves
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback rehearse US-4 US-7 US-9 --to QA")]
pub struct RehearseArguments {
    /// Which changes, in the order you would move them
    #[arg(required = true, value_name = "CHANGE")]
    changes: Vec<String>,
    /// The stage to try them on; the next one above where they are if not said
    #[arg(long, value_name = "STAGE")]
    to: Option<String>,
}

impl RehearseArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.show(&RehearseRequest { changes: self.changes, to: self.to }, render::rehearse::text).await
    }
}
