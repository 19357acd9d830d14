//! `depends`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::depends::DependsRequest;

/// Show who builds on whom: what a change needs and what needs it, or all of a stage
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  switchback depends US-101\n  switchback depends --stage QA --dot")]
pub struct DependsArguments {
    /// The change; all of the stage when not said
    change: Option<String>,
    /// On which stage; the lowest that holds the change, or anything, when not said
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// Print a graph for Graphviz
    #[arg(long)]
    dot: bool,
}

impl DependsArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let render = if self.dot { render::depends::dot } else { render::depends::text };
        session.show(&DependsRequest { change: self.change, stage: self.stage }, render).await
    }
}
