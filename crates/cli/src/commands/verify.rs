//! `verify`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::verify::{RepairRequest, VerifyRequest};

/// Recompute the ledger's chain, the stages, the branches and the areas, and name any disagreement
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  switchback verify\n  switchback verify --repair --dry-run")]
pub struct VerifyArguments {
    /// Mend what an earlier Switchback told twice; nothing is erased or renumbered
    #[arg(long)]
    repair: bool,
}

impl VerifyArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match self.repair {
            true => session.tell(&RepairRequest {}, render::operation::answer).await,
            false => session.show(&VerifyRequest {}, render::verify::text).await,
        }
    }
}
