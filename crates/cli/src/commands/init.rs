//! `init`: the words it takes.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use switchback_api::Failure;
use switchback_api::verbs::init::{Edge, InitRequest, StageBranch};

/// Begin a pipeline on this repository, and import what is on its branches
///
/// Writes switchback.toml from the stages named; without any, takes the switchback.toml that is there.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  switchback init --stage DEV=dev --stage QA=qa --stage PROD=main --next DEV=QA --next QA=PROD"
)]
pub struct InitArguments {
    /// A stage and its branch; repeat it, lowest first
    #[arg(long = "stage", value_name = "NAME=BRANCH", value_parser = pair)]
    stages: Vec<(String, String)>,
    /// Which stage leads to which; repeat it
    #[arg(long = "next", value_name = "A=B", value_parser = pair)]
    next: Vec<(String, String)>,
    /// The ledger is lost or out of reach: rebuild what branches and refs still tell of it
    #[arg(long)]
    rebuild: bool,
    /// In this repository, where a server keeps several: as a remote is called there, or its folder
    #[arg(long, value_name = "NAME")]
    repository: Option<String>,
}

impl InitArguments {
    pub(crate) async fn run(self, session: &Session) -> Result<Told, Failure> {
        let stages = self.stages.into_iter().map(|(stage, branch)| StageBranch { stage, branch }).collect();
        let next = self.next.into_iter().map(|(from, to)| Edge { from, to }).collect();
        let request = InitRequest { stages, next, rebuild: self.rebuild, repository: self.repository };
        session.tell(&request, render::init::text).await
    }
}

fn pair(typed: &str) -> Result<(String, String), String> {
    match typed.split_once('=') {
        Some((left, right)) if !left.is_empty() && !right.is_empty() => Ok((left.to_owned(), right.to_owned())),
        _ => Err("write it as LEFT=RIGHT".to_owned()),
    }
}
