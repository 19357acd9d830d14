//! `ahead`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::ahead::AheadRequest;

/// Show what a stage holds and higher stages lack: what can climb, and what cannot and why
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback ahead DEV")]
pub struct AheadArguments {
    /// The lower stage
    stage: String,
    /// Higher stages; the next ones if not said
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    to: Vec<String>,
    /// Only changes of this project
    #[arg(long)]
    project: Option<String>,
    /// Only changes of this release
    #[arg(long)]
    release: Option<String>,
}

impl AheadArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let Self { stage, to, project, release } = self;
        session.show(&AheadRequest { stage, to, project, release }, render::candidates::ahead).await
    }
}
