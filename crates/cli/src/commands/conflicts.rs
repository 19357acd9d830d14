//! `conflicts`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::conflicts::ConflictsRequest;

/// Show what stops a promotion: the three contents of each conflict
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback conflicts P-7")]
pub struct ConflictsArguments {
    /// Which promotion
    #[arg(value_name = "P-N")]
    promotion: String,
}

impl ConflictsArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.tell(&ConflictsRequest { promotion: self.promotion }, render::conflicts::text).await
    }
}
