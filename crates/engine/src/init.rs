//! `init`: the pipeline begins. The configuration is written if there is none, the branches are imported (`SPEC L10`).

use crate::config;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::gather;
use crate::in_force;
use crate::kept_revisions;
use crate::run::Done;
use crate::visit::Depth;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use switchback_core::ledger::state::State;
use switchback_core::ops::init::{self, Beginning};
use switchback_core::ops::rebuild::{self, Remains};
use switchback_core::records::configuration::Proposed;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::ChangeKey;

/// What a pipeline begins with.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Start {
    /// What lies on its branches (`SPEC L10`).
    #[default]
    Anew,
    /// What branches and refs still tell of an earlier record (`SPEC L11`).
    Rebuild,
}

/// What a person says about the pipeline to begin.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Request {
    /// Stages with their branches, lowest first.
    pub stages: Vec<(String, String)>,
    /// Edges, lower stage first.
    pub next: Vec<(String, String)>,
    /// What it begins with.
    pub start: Start,
}

/// The configuration to begin with, where there is none yet. `top` is the folder that may name the pipeline, and
/// `branches` are all there are.
pub fn starter(request: &Request, named: Option<String>, top: &Path, branches: Vec<String>) -> String {
    // The folder may be called `.`, which is nobody's name for it.
    let top = std::fs::canonicalize(top).unwrap_or_else(|_| top.to_owned());
    let folder = top.file_name().map(|name| config::name_from(&name.to_string_lossy()));
    config::starter(&config::Starter {
        name: named.or(folder).unwrap_or_else(|| "pipeline".to_owned()),
        stages: request.stages.clone(),
        next: request.next.clone(),
        branches,
    })
}

/// Begins a pipeline, with the configuration at hand in force.
///
/// # Errors
/// `already-initialized`, `pipeline-begun-elsewhere`, `nothing-to-rebuild`, `no-common-base`, `plan-outdated`, a missing branch, or a fault.
pub fn begin(desk: &Desk<'_>, start: Start) -> Result<Done, EngineFailure> {
    if desk.is_initialized()? {
        return Err(init::begun(desk.house.name()).into());
    }
    let mut done = match start {
        Start::Anew => anew(desk)?,
        Start::Rebuild => again(desk)?,
    };
    if done.depth == Depth::Act {
        // What a clone brought along is known from the start.
        done.after = desk.look_and_reconcile()?;
        done.warnings.extend(desk.heard());
    }
    Ok(done)
}

fn anew(desk: &Desk<'_>) -> Result<Done, EngineFailure> {
    let traces = desk.traces()?;
    if !traces.is_empty() {
        return Err(traces.refusal(desk.house.name()).into());
    }
    let (configuration, stretches) = (proposed(desk)?, gather::every_stage(desk)?);
    let asked = json!({ "init": desk.house.name() });
    desk.carry_out_as_it_stands(&asked, |snapshot, content| {
        init::plan(snapshot, content, Beginning { configuration: &configuration, stretches: &stretches })
    })
}

fn again(desk: &Desk<'_>) -> Result<Done, EngineFailure> {
    let (traces, stretches) = (desk.traces()?, gather::every_stage(desk)?);
    let kept = kept_revisions::revisions(desk, &stretches)?;
    let known: BTreeSet<ChangeKey> = kept.iter().map(|one| one.change.clone()).collect();
    let stretches = stretches.into_iter().map(|stretch| stretch.knowing(known.clone())).collect();
    let remains = Remains { configuration: proposed(desk)?, traces, kept, stretches };
    let asked = json!({ "rebuild": desk.house.name() });
    desk.carry_out_as_it_stands(&asked, |snapshot, content| rebuild::plan(snapshot, content, &remains))
}

/// The configuration at hand, which is in force from the start.
fn proposed(desk: &Desk<'_>) -> Result<Proposed, EngineFailure> {
    let (text, _) = desk.house.source(&State::default())?;
    Ok(in_force::proposed(&text, &desk.pipeline()))
}

/// Writes a new configuration; never over one that is there.
///
/// # Errors
/// `configuration-unwritable`.
pub fn write(path: &Path, text: &str) -> Result<(), EngineFailure> {
    let unwritable = |error: std::io::Error| {
        let message = format!("{} cannot be written: {error}", path.display());
        Fault::new("configuration-unwritable", message, "check the folder's rights and the disk")
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    std::io::Write::write_all(&mut file, text.as_bytes()).map_err(unwritable)?;
    file.as_file().sync_all().map_err(unwritable)?;
    file.persist_noclobber(path).map_err(|error| unwritable(error.error))?;
    Ok(())
}
