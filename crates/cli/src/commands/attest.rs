//! `change attest`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::attest::{AttestRequest, Attestation};

/// Attest that revisions were tested, approved, or both
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  switchback change attest US-101 US-102 tested approved\n  switchback change attest US-101 approved --withdraw"
)]
pub struct AttestArguments {
    /// Changes, then `tested`, `approved` or both
    #[arg(value_name = "KEY|tested|approved", required = true, num_args = 2..)]
    words: Vec<String>,
    /// Which revision; the newest if not said
    #[arg(long, value_name = "N")]
    revision: Option<u32>,
    /// Take it back
    #[arg(long)]
    withdraw: bool,
}

impl AttestArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let (mut changes, mut kinds) = (Vec::new(), Vec::new());
        for word in self.words {
            match [Attestation::Tested, Attestation::Approved].into_iter().find(|kind| kind.as_str() == word) {
                Some(kind) => kinds.push(kind),
                None => changes.push(word),
            }
        }
        if changes.is_empty() || kinds.is_empty() {
            return Err(Failure::usage("name at least one change, and `tested`, `approved` or both"));
        }
        let request = AttestRequest { changes, kinds, revision: self.revision, withdraw: self.withdraw };
        session.tell(&request, render::operation::answer).await
    }
}
