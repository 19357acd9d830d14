//! What an operation would do (`SPEC D11`).

use super::drift::written;
use super::files;
use super::operation;
use super::reason::problem;
use crate::failure::said;
use std::collections::BTreeMap;
use switchback_api::operation::{AreaForecast, CommitForecast, Dependent, FileChange, StageForecast, Used};
use switchback_api::scope::Scope;
use switchback_api::{Failure, Preview};
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::rights;
use switchback_core::pipeline::area::TargetSpec;
use switchback_core::records::grant;
use switchback_core::words::names::StageName;
use switchback_core::words::object::TreeId;
use switchback_engine::desk::Desk;
use switchback_engine::failure::EngineFailure;
use switchback_engine::forecast::{Forecast, Outlook};
use switchback_engine::run::Done;

/// Tells what would be done; several previews of one request are told as one.
pub fn told(desk: &Desk<'_>, previews: &[&Done]) -> Result<Preview, Failure> {
    let mut told = Preview::default();
    for done in previews {
        operation::join(&mut told.operation, operation::told(desk, done)?);
        told.stages.extend(stages(desk, done)?);
        for forecast in &done.forecasts {
            told.areas.push(area(desk, done, forecast)?);
        }
        told.dependents.extend(dependents(done));
        told.privileges.extend(done.plan.privileges_to_come().map(used));
    }
    told.privileges.dedup();
    // Several plans have no one hash to approve.
    if let [one] = previews {
        told.hash = one.hash.clone();
    }
    Ok(told)
}

fn stages(desk: &Desk<'_>, done: &Done) -> Result<Vec<StageForecast>, Failure> {
    let mut commits: BTreeMap<&StageName, Vec<CommitForecast>> = BTreeMap::new();
    for event in done.plan.events_to_come() {
        if let Some((stage, commit)) = commit(event) {
            commits.entry(stage).or_default().push(commit);
        }
    }
    let mut forecasts = Vec::new();
    for (stage, commits) in commits {
        let (before, after) = (done.before.lines.get(stage), done.after.lines.get(stage));
        let (Some(before), Some(after)) = (before, after) else { continue };
        let files = files::between(desk, before.tree, after.tree)?;
        forecasts.push(StageForecast { stage: stage.to_string(), tree: after.tree.to_string(), files, commits });
    }
    Ok(forecasts)
}

fn commit(event: &Event) -> Option<(&StageName, CommitForecast)> {
    let (stage, change, action, tree) = match event {
        Event::Applied { stage, item, tree } => (stage, &item.change, item.source.action(), tree),
        Event::Removed { stage, change, tree, .. } => (stage, change, "remove", tree),
        _ => return None,
    };
    let commit = CommitForecast { change: change.to_string(), action: action.to_owned(), tree: tree.to_string() };
    Some((stage, commit))
}

fn area(desk: &Desk<'_>, done: &Done, forecast: &Forecast) -> Result<AreaForecast, Failure> {
    let stage = done.after.pipeline().area(&forecast.area).map(|area| area.stage.to_string());
    let kind = done.after.deployment(forecast.deployment).map(|asked| asked.kind.as_str().to_owned());
    let mut told = AreaForecast {
        area: forecast.area.to_string(),
        stage: stage.unwrap_or_default(),
        deployment: forecast.deployment.to_string(),
        kind: kind.unwrap_or_default(),
        version: None,
        tree: None,
        files: Vec::new(),
        kept: Vec::new(),
        overwritten: Vec::new(),
        drift_unseen: false,
        problem: None,
    };
    match &forecast.outcome {
        Outlook::Unchanged => {}
        Outlook::Refused(refusal) => {
            told.problem = Some(problem(&said(EngineFailure::Refused(refusal.clone()))));
        }
        Outlook::Version { number, tree, put_back } => {
            told.version = Some(number.0);
            told.drift_unseen = meets_a_program(done, forecast);
            told.tree = Some(tree.to_string());
            told.files = area_files(desk, done, forecast, *tree)?;
            told.files.extend(put_back.iter().map(files::file));
            if let Some(version) = done.beyond.area(&forecast.area).version(*number) {
                told.kept = written(&version.kept);
                told.overwritten = version.overwritten.iter().map(|one| one.path.to_string()).collect();
            }
        }
    }
    Ok(told)
}

/// Whether what stands in the area is asked of a program, and what is there would be replaced.
fn meets_a_program(done: &Done, forecast: &Forecast) -> bool {
    let state = &done.after;
    let area = state.pipeline().area(&forecast.area);
    let is_program = area.is_some_and(|area| matches!(area.target, TargetSpec::Command { .. }));
    is_program && state.area(&forecast.area).current().is_some()
}

fn area_files(desk: &Desk<'_>, done: &Done, forecast: &Forecast, tree: TreeId) -> Result<Vec<FileChange>, Failure> {
    let before = done.before.area(&forecast.area).current().map_or(TreeId::EMPTY, |current| current.tree);
    files::between(desk, before, tree)
}

fn dependents(done: &Done) -> Vec<Dependent> {
    let demoted = done.plan.events_to_come().flat_map(|event| match event {
        Event::Demoted { demoted, .. } => demoted.as_slice(),
        _ => &[],
    });
    let along = demoted.filter_map(|demoted| Some((demoted, demoted.because_of.as_ref()?)));
    along
        .map(|(demoted, because_of)| Dependent {
            change: demoted.change.to_string(),
            because_of: because_of.to_string(),
        })
        .collect()
}

fn used(used: &rights::Used) -> Used {
    Used { privilege: used.privilege.as_str().to_owned(), scope: scope(&used.scope), implicit: used.implicit.clone() }
}

/// Where a privilege holds.
pub fn scope(scope: &grant::Scope) -> Scope {
    match scope {
        grant::Scope::Pipeline => Scope::Pipeline,
        grant::Scope::Stage(stage) => Scope::Stage(stage.to_string()),
        grant::Scope::Area(area) => Scope::Area(area.to_string()),
    }
}
