//! `why`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::why::WhyRequest;

/// Tell why a stage holds a change, or does not: the deciding facts, in order
///
/// With a second change in the stage's place: whether one builds on the other, down to the lines.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  switchback why US-101 QA\n  switchback why US-109 US-104")]
pub struct WhyArguments {
    /// The change
    change: String,
    /// The stage, or another change
    #[arg(value_name = "STAGE|CHANGE")]
    stage: String,
}

impl WhyArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.show(&WhyRequest { change: self.change, stage: self.stage }, render::why::text).await
    }
}
