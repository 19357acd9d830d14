//! `fetch`: it takes no words of its own.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::fetch::FetchRequest;

/// Look at the remote now, and take in what others did there
///
/// A server does so by itself (`serve --fetch-every`), and before each operation.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  switchback fetch")]
pub struct FetchArguments {}

impl FetchArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.tell(&FetchRequest {}, render::fetch::text).await
    }
}
