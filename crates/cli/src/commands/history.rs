//! `history`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::history::HistoryRequest;

/// Show what was deployed and rolled back, and what can be rolled back
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback history --area qa-web --rollbackable")]
pub struct HistoryArguments {
    /// Only in the areas of this stage
    #[arg(long)]
    stage: Option<String>,
    /// Only in this area
    #[arg(long)]
    area: Option<String>,
    /// Only what moved this change
    #[arg(long)]
    change: Option<String>,
    /// Only of this kind
    #[arg(long, value_parser = ["baseline", "deploy", "rollback", "repair"])]
    kind: Option<String>,
    /// Only what this user asked for
    #[arg(long, value_name = "USER")]
    by: Option<String>,
    /// Not before this time
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Not after this time; a day that is named counts whole
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Only what you may roll back now, in an order in which that can be done
    #[arg(long)]
    rollbackable: bool,
    /// At most so many
    #[arg(short = 'n', value_name = "N")]
    limit: Option<u32>,
}

impl HistoryArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let Self { stage, area, change, kind, by, since, until, rollbackable, limit } = self;
        let cursor = None;
        let request = HistoryRequest { stage, area, change, kind, by, since, until, rollbackable, limit, cursor };
        session.list(&request, render::history::text).await
    }
}
