//! `verify`: it takes no words of its own.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::verify::VerifyRequest;

/// Recompute the ledger's chain, the stages, the branches and the areas, and name any disagreement
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback verify")]
pub struct VerifyArguments {}

impl VerifyArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.tell(&VerifyRequest {}, render::verify::text).await
    }
}
