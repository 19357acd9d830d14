//! `stage adopt`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::{Args, Subcommand};
use switchback_api::Failure;
use switchback_api::verbs::adopt::AdoptRequest;

/// Do something with a stage itself
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback stage adopt QA")]
pub struct StageArguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand, Debug)]
enum What {
    Adopt(AdoptArguments),
}

/// Take a stage's branch as somebody rewrote it
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback stage adopt QA --reason \"history was rewritten\"")]
struct AdoptArguments {
    /// Which stage
    stage: String,
}

impl StageArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let What::Adopt(AdoptArguments { stage }) = self.what;
        session.tell(&AdoptRequest { stage }, render::operation::answer).await
    }
}
