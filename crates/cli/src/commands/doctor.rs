//! `doctor`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::doctor::DoctorRequest;

/// Look at what commonly goes wrong, and say of each how it stands and what helps
///
/// Nothing is written, nobody is asked over the network, and no program of a target is run. Ends with 3 where something is
/// to be looked at. For who administers the pipeline.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback doctor")]
pub struct DoctorArguments {}

impl DoctorArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.show(&DoctorRequest {}, render::doctor::text).await
    }
}
