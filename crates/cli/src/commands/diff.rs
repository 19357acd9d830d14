//! `diff`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::diff::DiffRequest;

/// Show what differs between two moments of stages, or two versions of areas
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  switchback diff QA@2026-12-01 QA\n  switchback diff qa-web@3 qa-web@7")]
pub struct DiffArguments {
    /// The first: STAGE, STAGE@TIME, STAGE@#SEQ, AREA or AREA@VERSION
    a: String,
    /// The second
    b: String,
}

impl DiffArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        session.show(&DiffRequest { a: self.a, b: self.b }, render::diff::text).await
    }
}
