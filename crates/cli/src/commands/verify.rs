//! `verify`: the words it takes.

use crate::anchor::AnchorFile;
use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use std::path::{Path, PathBuf};
use switchback_api::Failure;
use switchback_api::verbs::verify::{RepairRequest, VerifyRequest};

/// Recompute the ledger's chain, the stages, the branches and the areas, and name any disagreement
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  switchback verify\n  switchback verify --anchor /mnt/auditor/shop.anchor\n  switchback verify --repair --dry-run"
)]
pub struct VerifyArguments {
    /// Mend what an earlier Switchback told twice; nothing is erased or renumbered
    #[arg(long)]
    repair: bool,
    /// Compare the ledger with what this file says of it, and add where it ends now; the file belongs where those who can write the repository cannot
    #[arg(long, value_name = "FILE", conflicts_with = "repair")]
    anchor: Option<PathBuf>,
}

impl VerifyArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        match (self.repair, self.anchor) {
            (true, _) => session.tell(&RepairRequest {}, render::operation::answer).await,
            (false, None) => session.show(&VerifyRequest::default(), render::verify::text).await,
            (false, Some(file)) => anchored(session, &file).await,
        }
    }
}

/// Verifies against what is anchored, and anchors what is found sound.
async fn anchored(session: &Session, file: &Path) -> Result<Told, Failure> {
    let anchor = AnchorFile::open(file)?;
    let seen = session.ask(&VerifyRequest { anchored: true, anchors: anchor.anchors() }).await?;
    if !session.is_preview() {
        anchor.keep(&seen.view)?;
    }
    session.told(seen, |seen, page| {
        render::verify::text(&seen.view, page);
        page.warnings_below(&seen.warnings);
    })
}
