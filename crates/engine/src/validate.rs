//! `promotion validate`: the run of a promotion is tried, and so is what it would deploy; nothing is moved (`SPEC P15`).
//! Trying takes as long as targets take, so it comes before the corridor, which only keeps what was found.

use crate::approval::hash;
use crate::check_put;
use crate::desk::Desk;
use crate::failure::{EngineFailure, or_refused};
use crate::forecast::{Forecasts, Outlook, forecast};
use crate::run::{Done, named};
use serde_json::json;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::ledger::state::State;
use switchback_core::ops::promotion::validate::{self, Came, Tried};
use switchback_core::records::validation::{AreaCheck, TaskAhead, Validation};
use switchback_core::words::names::{AreaName, OperationId};

/// Tries a promotion's run, and keeps with its record what came of it.
///
/// # Errors
/// Those of [`validate::attempt`] and [`validate::plan`]; what the run itself would be refused for is kept. `interrupted`
/// where somebody wanted it to stop: then nothing is.
pub fn validate(desk: &Desk<'_>, promotion: OperationId) -> Result<Done, EngineFailure> {
    let (tried, validation) = attempt(desk, promotion)?;
    let asked = json!({ "validate": { "promotion": promotion } });
    desk.carry_out(&asked, |snapshot, _| validate::plan(snapshot, &tried, &validation))
}

fn attempt(desk: &Desk<'_>, promotion: OperationId) -> Result<(Tried, Validation), EngineFailure> {
    let state = desk.look_and_reconcile()?;
    desk.must_be_as_seen(&state)?;
    let (snapshot, made) = (desk.snapshot(&state), desk.repo.made());
    desk.progress().begin("working the run out", 0);
    let tried = validate::attempt(&snapshot, &*desk.repo, promotion);
    desk.progress().end();
    let mut tried = tried?;
    // The record itself stays where it is, so nothing else would look at the branches that the run needs.
    let asked = json!({ "run": { "promotion": promotion } });
    tried.run = or_refused(desk.unless_apart(&state, &asked, tried.run.map_err(Stop::Refused)))?;
    let came = match &tried.run {
        Ok(run) => Came { plan: hash(run), areas: areas(desk, &state, run)? },
        Err(_) => Came::default(),
    };
    let validation = validate::validation(&snapshot, &tried, came)?;
    // Of what was only tried out, what is kept is stored: the sides of conflicts.
    desk.repo.drop_unreached(made, &named(&json!(validation).to_string()));
    Ok((tried, validation))
}

/// What the deployments of a run would come to, in the state that it leads to.
fn areas(desk: &Desk<'_>, state: &State, run: &Plan) -> Result<Vec<AreaCheck>, EngineFailure> {
    let (forecasts, tasks) = once_tasks_are_done(desk, desk.ahead(state, run)?, run)?;
    let told = |area: &AreaName| tasks.iter().filter(|(of, _)| of == area).map(|(_, task)| task.clone()).collect();
    let check = |(asked, one)| {
        let said = check_put::said(desk, (&forecasts, asked), one)?;
        Ok(AreaCheck { area: one.area.clone(), said, tasks: told(&one.area) })
    };
    run.deployments().zip(&forecasts.all).map(check).collect()
}

/// Looks ahead as if people had done by hand what deployments wait for (`SPEC A12`): that stops none of them, and is told.
fn once_tasks_are_done(
    desk: &Desk<'_>,
    mut after: State,
    run: &Plan,
) -> Result<(Forecasts, Vec<(AreaName, TaskAhead)>), EngineFailure> {
    let mut tasks: Vec<(AreaName, TaskAhead)> = Vec::new();
    loop {
        let forecasts = forecast(desk, &after, run)?;
        match waits(desk, &after, (run, &forecasts)) {
            Some((area, task, done)) if !tasks.contains(&(area.clone(), task.clone())) => {
                after = desk.with_facts(&after, &[done])?;
                tasks.push((area, task));
            }
            _ => return Ok((forecasts, tasks)),
        }
    }
}

/// The next task that a deployment waits for, and that it is done.
fn waits(
    desk: &Desk<'_>,
    after: &State,
    (run, forecasts): (&Plan, &Forecasts),
) -> Option<(AreaName, TaskAhead, Event)> {
    let snapshot = desk.snapshot(after);
    run.deployments().zip(&forecasts.all).find_map(|(asked, one)| match &one.outcome {
        Outlook::Refused(refusal) => {
            let (task, done) = validate::task_ahead(&snapshot, asked, refusal)?;
            Some((one.area.clone(), task, done))
        }
        Outlook::Version { .. } | Outlook::Unchanged => None,
    })
}
