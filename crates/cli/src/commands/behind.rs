//! `behind`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::behind::BehindRequest;

/// Show what higher stages hold and a stage lacks: what can come down, and what cannot and why
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback behind DEV --from PROD --project billing")]
pub struct BehindArguments {
    /// The lower stage
    stage: String,
    /// Higher stages; the next ones if not said
    #[arg(long, value_name = "STAGE", value_delimiter = ',')]
    from: Vec<String>,
    /// Only changes of this project
    #[arg(long)]
    project: Option<String>,
    /// Only changes of this release
    #[arg(long)]
    release: Option<String>,
}

impl BehindArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let Self { stage, from, project, release } = self;
        session.show(&BehindRequest { stage, from, project, release }, render::candidates::behind).await
    }
}
