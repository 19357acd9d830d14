//! `demote`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::demote::DemoteRequest;
use switchback_api::verbs::promote::Deploy;

/// Take changes out of a stage and every bypassed stage, and roll them back where they were deployed
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  switchback demote US-101 --from QA --to DEV --dry-run\n  switchback demote US-101 US-102 --to DEV --with-dependents\n  switchback demote US-101 --to DEV --rewrite-dependents"
)]
pub struct DemoteArguments {
    /// Which changes, one at a time in this order
    #[arg(value_name = "CHANGE", required = true)]
    changes: Vec<String>,
    /// The highest stage they leave; the highest that holds each if not said
    #[arg(long, value_name = "STAGE")]
    from: Option<String>,
    /// Down to which stage; the one before the highest that holds them if not said
    #[arg(long, value_name = "STAGE")]
    to: Option<String>,
    /// Deploy to the default areas of the stage they come down to
    #[arg(long)]
    deploy: bool,
    /// Deploy to this area of the stage they come down to; repeat it for several
    #[arg(long = "area", value_name = "AREA")]
    areas: Vec<String>,
    /// Take along the changes that build on them
    #[arg(long)]
    with_dependents: bool,
    /// Keep the changes that build on them, each as a new revision that does without them
    #[arg(long, conflicts_with = "with_dependents")]
    rewrite_dependents: bool,
    /// Plan them as one: all leave, or none
    #[arg(long)]
    all_or_nothing: bool,
    /// Take children along
    #[arg(long)]
    recursive: bool,
    /// Take back that they are tested and approved, at the revisions that leave
    #[arg(long)]
    withdraw: bool,
    /// Take them out even where all that they did stays, because something else brings it too
    #[arg(long)]
    anyway: bool,
    /// Move in spite of a freeze window; needs a privilege and a --reason
    #[arg(long)]
    override_freeze: bool,
}

impl DemoteArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let deploy = match (self.areas.is_empty(), self.deploy) {
            (false, _) => Deploy::Areas(self.areas),
            (true, true) => Deploy::Defaults,
            (true, false) => Deploy::Nothing,
        };
        let request = DemoteRequest {
            changes: self.changes,
            from: self.from,
            to: self.to,
            deploy,
            with_dependents: self.with_dependents,
            rewrite_dependents: self.rewrite_dependents,
            all_or_nothing: self.all_or_nothing,
            recursive: self.recursive,
            withdraw: self.withdraw,
            anyway: self.anyway,
            override_freeze: self.override_freeze,
        };
        session.tell(&request, render::operation::answer).await
    }
}
