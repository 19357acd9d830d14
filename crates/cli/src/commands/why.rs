//! `why`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::why::WhyRequest;

/// Tell why a stage holds a change, or does not: the deciding facts, in order
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback why US-101 QA")]
pub struct WhyArguments {
    /// The change
    change: String,
    /// The stage
    stage: String,
}

impl WhyArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.tell(&WhyRequest { change: self.change, stage: self.stage }, render::why::text).await
    }
}
