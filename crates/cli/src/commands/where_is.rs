//! `where`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::where_is::WhereRequest;

/// Show which stages hold which changes
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback where US-101 US-102")]
pub struct WhereArguments {
    /// Which changes; all when none is named
    #[arg(value_name = "CHANGE")]
    changes: Vec<String>,
}

impl WhereArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.show(&WhereRequest { change: self.changes, ..WhereRequest::default() }, render::where_is::text).await
    }
}
