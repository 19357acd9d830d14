//! `promotion validate`: the run of a promotion is tried, and so is what it would deploy; nothing is moved (`SPEC P15`).

use crate::approval::hash;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::forecast::{Forecast, Outlook, forecast};
use crate::run::Done;
use crate::visit::Depth;
use serde_json::json;
use switchback_core::content::Content;
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::ledger::state::State;
use switchback_core::ops::promotion::validate::{self, Came};
use switchback_core::pipeline::area::TargetSpec;
use switchback_core::records::validation::{AreaCheck, AreaSaid};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::OperationId;
use switchback_core::words::remedy::Remedy;

/// Tries a promotion's run, and keeps with its record what came of it.
///
/// # Errors
/// Those of [`validate::attempt`]; what the run itself would be refused for is kept.
pub fn validate(desk: &Desk<'_>, promotion: OperationId) -> Result<Done, EngineFailure> {
    let asked = json!({ "validate": { "promotion": promotion } });
    desk.carry_out(&asked, |snapshot, content| attempt(desk, (snapshot, content), promotion))
}

fn attempt(
    desk: &Desk<'_>,
    (snapshot, content): (&Snapshot<'_>, &dyn Content),
    promotion: OperationId,
) -> Result<Plan, Stop> {
    let mut tried = validate::attempt(snapshot, content, promotion)?;
    // The record itself stays where it is, so nothing else would look at the branches that the run needs.
    let asked = json!({ "run": { "promotion": promotion } });
    tried.run = match desk.unless_apart(snapshot.state, &asked, tried.run.map_err(Stop::Refused)) {
        Ok(plan) => Ok(plan),
        Err(EngineFailure::Refused(refusal)) => Err(refusal),
        Err(failure) => return Err(stopped(failure)),
    };
    let came = match &tried.run {
        Ok(run) => Came { plan: hash(run), areas: areas(desk, snapshot.state, run).map_err(stopped)? },
        Err(_) => Came::default(),
    };
    validate::plan(snapshot, &tried, came)
}

/// What the deployments of a run would come to, in the state that it leads to.
fn areas(desk: &Desk<'_>, state: &State, run: &Plan) -> Result<Vec<AreaCheck>, EngineFailure> {
    let after = desk.ahead(state, run)?;
    let forecasts = forecast(desk, &after, run)?;
    Ok(forecasts.all.iter().map(|one| said(desk, &after, one)).collect())
}

fn said(desk: &Desk<'_>, after: &State, forecast: &Forecast) -> AreaCheck {
    let area = forecast.area.clone();
    let said = match &forecast.outcome {
        Outlook::Unchanged => AreaSaid::Unchanged,
        Outlook::Refused(refusal) => fails(refusal.code.as_str(), &refusal.message, &refusal.remedy),
        Outlook::Version { number, .. } => match usable(desk, after, forecast) {
            Ok(unchecked) => AreaSaid::Takes { version: *number, unchecked: unchecked.to_owned() },
            Err(fault) => {
                let remedy = fault.remedy.about(&area);
                fails(fault.code, &fault.message, &remedy)
            }
        },
    };
    AreaCheck { area, said }
}

fn fails(code: &str, message: &str, remedy: &Remedy) -> AreaSaid {
    AreaSaid::Fails { code: code.to_owned(), message: message.to_owned(), remedy: remedy.clone() }
}

/// Asks the target whether it can be used, as every deployment does first; gives what it was not asked. Nothing is
/// written there, so it needs no turn: a deployment that runs at the same time outdates what is found.
fn usable(desk: &Desk<'_>, after: &State, forecast: &Forecast) -> Result<&'static str, Fault> {
    let Some(area) = after.pipeline().area(&forecast.area) else { return Ok("its target") };
    if let TargetSpec::Command { .. } = area.target
        && desk.visit.depth == Depth::Plan
    {
        return Ok("its program, which a preview does not run, and its hooks");
    }
    desk.house.targets.open(area).check()?;
    Ok(match area.target {
        TargetSpec::Command { .. } => "whether its program takes what would be put, and its hooks",
        _ => "its hooks",
    })
}

/// A rule can tell a refusal and a fault.
fn stopped(failure: EngineFailure) -> Stop {
    match failure {
        EngineFailure::Refused(refusal) => Stop::Refused(refusal),
        EngineFailure::Fault(fault) => Stop::Fault(fault),
        EngineFailure::Defect(defect) => {
            Stop::Fault(Fault::new(defect.code, defect.message, "Mend the configuration and put it in force."))
        }
    }
}
