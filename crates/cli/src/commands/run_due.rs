//! `run-due`: it takes no words of its own.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::run_due::RunDueRequest;

/// Run the promotions and jobs whose time has come; for a timer
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback run-due")]
pub struct RunDueArguments {}

impl RunDueArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.tell(&RunDueRequest {}, render::operation::answer).await
    }
}
