//! `configure`: a configuration is checked, shown, and put in force (`SPEC K2`).

use crate::config::{self, AtHand, ConfigDefect, Difference};
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::in_force;
pub use crate::offer::{Program, Text};
use crate::run::Done;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::Path;
use switchback_core::ledger::state::State;
use switchback_core::ops::configure::{self, Request};
use switchback_core::pipeline::Pipeline;
use switchback_core::pipeline::area::{Area, TargetSpec};

/// What came of it.
#[derive(Debug)]
pub struct Configured {
    /// What the entry did.
    pub done: Done,
    /// What is written otherwise.
    pub differences: Vec<Difference>,
    /// Every program that runs because of it.
    pub programs: Vec<Program>,
}

/// The file at hand.
///
/// # Errors
/// `configuration-missing` where there is none.
pub fn at_hand(desk: &Desk<'_>) -> Result<Text, EngineFailure> {
    let AtHand { file, .. } = desk.house.at_hand().ok_or_else(|| config::not_at_hand(desk.folder()))?;
    Ok(Text { text: config::load(file)?, file: file.clone() })
}

/// Puts a configuration in force.
///
/// # Errors
/// `not-permitted`, a defect of the text, `plan-outdated`, or a fault.
pub fn configure(desk: &Desk<'_>, text: &Text) -> Result<Configured, EngineFailure> {
    // Not `look`: what is in force may be what cannot be read.
    if desk.look_or_begin()?.administrator.is_none() {
        return Err(desk.unrecorded());
    }
    let pipeline = config::parse_from(&text.text, &text.file, desk.folder())?;
    if pipeline.name() != desk.house.name() {
        return Err(config::renamed((&text.text, &text.file), (desk.house.name(), pipeline.name())).into());
    }
    for stage in pipeline.stages() {
        if desk.house.branches.tip(&*desk.repo, &stage.branch)?.is_none() {
            return Err(config::missing_branch((&text.text, &text.file), stage).into());
        }
    }
    let proposed = in_force::proposed(&text.text, &pipeline);
    let asked = json!({ "configure": proposed.hash });
    let done = desk.carry_out_as_it_stands(&asked, |snapshot, _| {
        let touched: BTreeSet<String> = differences(snapshot.state, text).iter().map(Difference::subject).collect();
        let touched: Vec<String> = touched.into_iter().collect();
        let request = Request { proposed: &proposed, pipeline: &pipeline, touched: &touched };
        configure::plan(snapshot, request)
    });
    let done = done.map_err(|failure| placed(failure, &text.file))?;
    let differences = differences(&done.before, text);
    let programs = programs(&done.before, &pipeline);
    Ok(Configured { done, differences, programs })
}

/// What a text says otherwise than the one in force.
pub fn differences(state: &State, text: &Text) -> Vec<Difference> {
    let before = state.configuration.as_ref().map_or("", |configuration| &configuration.text);
    config::differences(before, &text.text)
}

/// A defect that only the state shows is one of the file all the same.
fn placed(failure: EngineFailure, file: &Path) -> EngineFailure {
    match failure {
        EngineFailure::Fault(fault) if fault.code == configure::DEFECT => {
            ConfigDefect::beside_ledger(file.to_owned(), fault).into()
        }
        other => other,
    }
}

/// Every program that runs because of a configuration, area by area.
fn programs(before: &State, pipeline: &Pipeline) -> Vec<Program> {
    // What is not in force yet runs nothing, also beside a ledger that keeps none.
    let known = before.configuration.as_ref().map(|_| before.pipeline());
    let of = |area: &Area| {
        let known: Vec<_> = known.and_then(|known| known.area(&area.name)).map(runs).unwrap_or_default();
        let told = runs(area).into_iter().map(move |one| {
            let is_new = !known.contains(&one);
            let (occasion, run) = one;
            (occasion, run, is_new)
        });
        let name = area.name.to_string();
        told.map(move |(occasion, run, is_new)| Program { area: name.clone(), occasion, run, is_new })
            .collect::<Vec<_>>()
    };
    pipeline.areas().iter().flat_map(of).collect()
}

fn runs(area: &Area) -> Vec<(&'static str, Vec<String>)> {
    let target = match &area.target {
        TargetSpec::Dir(_) => None,
        TargetSpec::Command { program, .. } => Some(("target", program.clone())),
    };
    let hooks = [("before", &area.hooks.before), ("after", &area.hooks.after), ("on-failure", &area.hooks.on_failure)];
    let hooks = hooks.into_iter().filter_map(|(occasion, hook)| Some((occasion, hook.as_ref()?.run.clone())));
    target.into_iter().chain(hooks).collect()
}
