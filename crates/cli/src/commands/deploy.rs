//! `deploy`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::{ArgGroup, Args};
use switchback_api::Failure;
use switchback_api::verbs::deploy::{DeployRequest, DeployTo};
use switchback_api::verbs::promote::Chosen;

/// Deploy changes a stage holds to its areas
#[derive(Args, Debug)]
#[command(group(ArgGroup::new("place").required(true).args(["areas", "stage"])))]
#[command(after_help = "Examples:\n  switchback deploy US-101 --area qa-web\n  switchback deploy --all --stage QA")]
pub struct DeployArguments {
    /// Which changes; everything the areas lack when none is named
    #[arg(value_name = "CHANGE", conflicts_with = "all")]
    changes: Vec<String>,
    /// Everything the areas lack
    #[arg(long)]
    all: bool,
    /// To this area; repeat it for several
    #[arg(long = "area", value_name = "AREA")]
    areas: Vec<String>,
    /// To the default areas of this stage
    #[arg(long)]
    stage: Option<String>,
}

impl DeployArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let changes = if self.changes.is_empty() { Chosen::All } else { Chosen::Keys(self.changes) };
        let place = self.stage.map_or(DeployTo::Areas(self.areas), DeployTo::Stage);
        session.tell(&DeployRequest { changes, place }, render::operation::answer).await
    }
}
