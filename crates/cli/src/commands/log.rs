//! `log`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::log::LogRequest;

/// Show the ledger, newest entry first
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback log -n 10")]
pub struct LogArguments {
    /// At most so many
    #[arg(short = 'n', value_name = "N")]
    limit: Option<u32>,
}

impl LogArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.list(&LogRequest { limit: self.limit, cursor: None }, render::log::text).await
    }
}
