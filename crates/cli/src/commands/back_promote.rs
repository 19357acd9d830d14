//! `back-promote`: the words it takes.

use crate::commands::mass;
use crate::commands::promote::RecordArguments;
use crate::render;
use crate::session::{Session, Told};
use clap::{ArgGroup, Args};
use switchback_api::Failure;
use switchback_api::verbs::back_promote::BackPromoteRequest;
use switchback_api::verbs::mass::MassRequest;
use switchback_api::verbs::promote::Chosen;

/// Carry changes back down, to one or several lower stages
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("what").args(["changes", "all", "mass"])))]
#[command(
    after_help = "Examples:\n  switchback back-promote US-101 --to DEV1,DEV2 --deploy\n  switchback back-promote --mass --from PROD --release 26.4 --dry-run\n  switchback back-promote --mass --from PROD --only DEV1=US-101,US-102 --not DEV2=US-103"
)]
pub struct BackPromoteArguments {
    /// Which changes; a draft may be without
    #[arg(value_name = "CHANGE", required_unless_present_any = ["all", "mass", "draft"])]
    changes: Vec<String>,
    /// Everything eligible, of the project and release named
    #[arg(long)]
    all: bool,
    /// Everything eligible, to every lower stage that lacks it: one promotion for each
    #[arg(long, requires = "from")]
    mass: bool,
    /// Where to; with --mass, only these
    #[arg(long, value_name = "STAGE", value_delimiter = ',', required_unless_present = "mass")]
    to: Vec<String>,
    /// Where from; inferred from the pipeline if not said
    #[arg(long, value_name = "STAGE")]
    from: Option<String>,
    #[command(flatten)]
    cells: mass::CellArguments,
    #[command(flatten)]
    record: RecordArguments,
}

impl BackPromoteArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let (options, start) = self.record.into_options();
        if self.mass {
            let from = self.from.unwrap_or_default();
            let mass = MassRequest { from, to: self.to, options, start, ..MassRequest::default() };
            return mass::run(session, self.cells.into_request(mass)).await;
        }
        let changes = if self.all { Chosen::All } else { Chosen::Keys(self.changes) };
        let request = BackPromoteRequest { changes, from: self.from, to: self.to, options, start };
        session.tell(&request, render::operation::answer).await
    }
}
