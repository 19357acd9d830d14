//! `back-promote --mass`: the request its words make.

use crate::render;
use crate::session::{Session, Told};
use clap::Args;
use std::collections::BTreeMap;
use switchback_api::Failure;
use switchback_api::verbs::mass::MassRequest;

/// Cells of a mass back-promotion: changes for one destination.
#[derive(Args, Debug)]
pub struct CellArguments {
    /// With --mass: to this stage only these changes, whatever is preselected; other stages keep what is (leave them out
    /// with --to)
    #[arg(long, value_name = "STAGE=CHANGE,...", requires = "mass", value_parser = cells)]
    only: Vec<Cells>,
    /// With --mass: to this stage all that is preselected but these changes
    #[arg(long, value_name = "STAGE=CHANGE,...", requires = "mass", value_parser = cells)]
    not: Vec<Cells>,
}

/// One destination with its changes.
#[derive(Clone, Debug)]
struct Cells {
    destination: String,
    changes: Vec<String>,
}

fn cells(text: &str) -> Result<Cells, String> {
    let written = "write a stage, an equals sign and changes, such as `QA=US-1,US-2`";
    let (destination, changes) = text.split_once('=').ok_or(written)?;
    let changes: Vec<_> = changes.split(',').map(str::trim).map(str::to_owned).collect();
    match destination.trim() {
        "" => Err(written.to_owned()),
        _ if changes.iter().any(String::is_empty) => Err(written.to_owned()),
        destination => Ok(Cells { destination: destination.to_owned(), changes }),
    }
}

/// What is said twice of one destination counts together.
fn gathered(all: Vec<Cells>) -> BTreeMap<String, Vec<String>> {
    let mut gathered: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for one in all {
        gathered.entry(one.destination).or_default().extend(one.changes);
    }
    gathered
}

impl CellArguments {
    /// What they ask for, of a mass back-promotion that is otherwise this one.
    pub(crate) fn into_request(self, mass: MassRequest) -> MassRequest {
        MassRequest { only: gathered(self.only), not: gathered(self.not), ..mass }
    }
}

pub(crate) async fn run(session: &Session, request: MassRequest) -> Result<Told, Failure> {
    session.tell(&request, render::operation::answer).await
}
