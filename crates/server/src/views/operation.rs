//! What an operation did, read off its facts and the state it led to.

use super::conflict::conflicts;
use super::reason::warnings;
use super::validation::validation;
use super::{decision, deployment, drift, made, waiting};
use crate::failure::Said;
use switchback_api::failure::Refused;
use switchback_api::operation::{ChangeResult, Deployment, Rewritten};
use switchback_api::{Failure, Operation, Warning};
use switchback_core::foresee::settled;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::state::State;
use switchback_core::moving::validated;
use switchback_core::ops::promotion::validate::VALIDATION;
use switchback_core::pipeline::stage::Attestation;
use switchback_core::records::change::Change;
use switchback_core::records::demotion::{Demoted, Demotion, Fate};
use switchback_core::records::deployment::DeploymentKind;
use switchback_core::records::promotion::{Promotion, PromotionStatus};
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::{ChangeKey, OperationId, RevisionNo, StageName};
use switchback_engine::desk::Desk;
use switchback_engine::run::Done;
use switchback_engine::visit::Depth;

/// Tells what was done, as it stands now: jobs may have ended meanwhile.
pub fn told(desk: &Desk<'_>, done: &Done) -> Result<Operation, Failure> {
    let state = match done.depth {
        Depth::Act => desk.look().said()?,
        Depth::Plan => std::sync::Arc::clone(&done.after),
    };
    let mut told = Operation {
        operation: done.plan.operation.map(|id| id.to_string()),
        kind: done.plan.kind.to_owned(),
        says: done.plan.says.clone(),
        auto_resolved: decision::automatic(desk, &done.before, &settled::by_events(&done.before, &done.plan.events)),
        used: decision::forgotten(&done.before, &done.plan.events),
        warnings: warnings(done.plan.warnings.iter().chain(&done.warnings)),
        ..Operation::default()
    };
    let events = match done.depth {
        Depth::Plan => done.plan.events_to_come().collect(),
        Depth::Act => done.plan.events.iter().collect::<Vec<_>>(),
    };
    for event in events {
        match event {
            Event::Promotion(promotion) => tell_promotion(desk, &state, promotion.id, &mut told)?,
            Event::Recorded { change, revision, .. } if told.kind == "demotion" => {
                told.rewritten.extend(rewritten(&done.before, change, revision.number));
            }
            Event::Demoted { .. } => tell_demotion(&state, event, &mut told),
            Event::DeploymentAsked(asked) if done.plan.operation == Some(asked.operation) => {
                let now = state.deployment(asked.id).unwrap_or(asked);
                tell_deployment(&state, now, &mut told);
            }
            Event::StageAdopted { stage, .. } | Event::CommitsAdopted { stage, .. } => {
                told.results.extend(received(&done.before, &done.after, stage));
            }
            other => told.results.extend(result(other)),
        }
    }
    told.deployments.extend(undone(&state, done));
    told.warnings.extend(failures(&told));
    told.warnings.extend(drifts(&told));
    waiting::tell(desk, &mut told)?;
    made::tell(desk, done.plan.operation, &mut told)?;
    Ok(told)
}

/// Adds what another operation of the same request did.
pub fn join(whole: &mut Operation, one: Operation) {
    let separator = if whole.says.is_empty() || one.says.is_empty() { "" } else { "; " };
    if whole.kind.is_empty() {
        whole.kind = one.kind;
    }
    whole.operation = whole.operation.take().or(one.operation);
    whole.status = whole.status.take().or(one.status);
    whole.says = format!("{}{separator}{}", whole.says, one.says);
    whole.results.extend(one.results);
    whole.rewritten.extend(one.rewritten);
    whole.promotions.extend(one.promotions);
    whole.conflicts.extend(one.conflicts);
    whole.auto_resolved.extend(one.auto_resolved);
    whole.used.extend(one.used);
    whole.deployments.extend(one.deployments);
    whole.warnings.extend(one.warnings);
}

/// What was taken back because a sibling failed (`SPEC A8`): asked for after the operation, and a part of it.
fn undone(state: &State, done: &Done) -> Vec<Deployment> {
    let last = done.plan.deployments().map(|asked| asked.id).max();
    let (Some(operation), Some(last)) = (done.plan.operation, last) else { return Vec::new() };
    let undo = state.deployments.iter().filter(|asked| asked.id > last && deployment::is_undo(asked, operation));
    undo.map(deployment::deployment).collect()
}

fn tell_promotion(desk: &Desk<'_>, state: &State, id: OperationId, told: &mut Operation) -> Result<(), Failure> {
    let Some(promotion) = state.promotion(id) else { return Ok(()) };
    told.status = Some(validated::status(&desk.snapshot(state), promotion).to_owned());
    told.results = moved(promotion);
    if told.kind == VALIDATION {
        told.validation = validation(desk, state, promotion)?;
    }
    if promotion.status == PromotionStatus::Conflicted {
        told.conflicts = conflicts(desk, &promotion.conflicts)?;
    }
    Ok(())
}

fn moved(promotion: &Promotion) -> Vec<ChangeResult> {
    let one = |chosen: &switchback_core::records::promotion::PromotedChange| ChangeResult {
        change: chosen.change.to_string(),
        status: chosen.status.as_str().to_owned(),
        revision: Some(chosen.revision.0),
        from: Some(promotion.source.to_string()),
        to: Some(promotion.destination.to_string()),
        ..ChangeResult::default()
    };
    promotion.changes.iter().map(one).collect()
}

fn tell_demotion(state: &State, event: &Event, told: &mut Operation) {
    let Event::Demoted { target, demoted, rollbacks, .. } = event else { return };
    told.results.extend(demoted.iter().map(|demoted| left(state, (demoted, target), rollbacks)));
}

/// What became of some changes of a demotion that a worker carries on with (`SPEC D5`).
pub fn of_demotion(state: &State, record: &Demotion, what: (Operation, &[ChangeKey])) -> Operation {
    let (mut told, changes) = what;
    told.operation = Some(record.id.to_string());
    for demoted in record.because_of(changes) {
        told.results.push(left(state, (demoted, &record.target), &record.rollbacks));
    }
    told.results.extend(changes.iter().filter_map(|key| stays(state, record, key)));
    told.deployments = deployment::by_id(state, &record.deployments);
    told.warnings.extend(failures(&told));
    told.warnings.extend(drifts(&told));
    told
}

fn stays(state: &State, record: &Demotion, key: &ChangeKey) -> Option<ChangeResult> {
    let (status, stopped, first) = match record.fate(key) {
        Fate::Left => return None,
        Fate::Stopped(stopped) => ("refused", Some(stopped), None),
        Fate::Waits(first) => ("waiting", None, first),
        Fate::NotRun => ("not-run", None, None),
    };
    let refused = stopped.map(|stopped| Refused {
        code: stopped.code.clone(),
        message: stopped.message.clone(),
        hint: "mend that, then demote again".to_owned(),
        remedy: None,
        details: serde_json::Value::Null,
    });
    let rollbacks = first.map(|first| deployment::by_id(state, first));
    let (change, status) = (key.to_string(), status.to_owned());
    Some(ChangeResult { change, status, rollbacks, refused, ..ChangeResult::default() })
}

/// Every receipt of a stage that comes, goes or changes with what is taken in (`SPEC L8`).
fn received(before: &State, after: &State, stage: &StageName) -> Vec<ChangeResult> {
    let held = |state: &State, ix| state.lines.get(stage).and_then(|line| line.receipts.revision(ix));
    let one = |(ix, change): (ChangeIx, &Change)| {
        let (status, revision) = match (held(before, ix), held(after, ix)) {
            (None, Some(now)) => ("comes", now),
            (Some(was), None) => ("goes", was),
            (Some(was), Some(now)) if was != now => ("changes", now),
            _ => return None,
        };
        let (from, to) = match status {
            "goes" => (Some(stage.to_string()), None),
            _ => (None, Some(stage.to_string())),
        };
        let (change, status, revision) = (change.key.to_string(), status.to_owned(), Some(revision.0));
        Some(ChangeResult { change, status, revision, from, to, ..ChangeResult::default() })
    };
    let numbered = after.changes.iter().enumerate().map(|(at, change)| (ChangeIx(at as u32), change));
    numbered.filter_map(one).collect()
}

fn rewritten(before: &State, change: &ChangeKey, to: RevisionNo) -> Option<Rewritten> {
    let (_, known) = before.change(change)?;
    Some(Rewritten { change: change.to_string(), from: known.latest().number.0, to: to.0 })
}

/// The stages that hold a change.
fn holding(state: &State, key: &ChangeKey) -> Vec<String> {
    let Some((ix, _)) = state.change(key) else { return Vec::new() };
    let holding = state.lines.iter().filter(|(_, line)| line.receipts.holds(ix));
    holding.map(|(stage, _)| stage.to_string()).collect()
}

fn left(state: &State, what: (&Demoted, &StageName), rollbacks: &[OperationId]) -> ChangeResult {
    let (demoted, target) = what;
    let concerns = |id: &&OperationId| {
        let asked = state.deployment(**id);
        asked.is_some_and(|asked| asked.changes.iter().any(|(key, _)| *key == demoted.change))
    };
    let mine: Vec<OperationId> = rollbacks.iter().filter(concerns).copied().collect();
    ChangeResult {
        change: demoted.change.to_string(),
        status: "demoted".to_owned(),
        revision: demoted.left.first().map(|(_, revision)| revision.0),
        from: Some(demoted.from.to_string()),
        to: Some(target.to_string()),
        because_of: demoted.because_of.as_ref().map(ToString::to_string),
        withdrawn: demoted.withdrawn.iter().map(|kind| kind.as_str().to_owned()).collect(),
        stays_at: Some(holding(state, &demoted.change)),
        rollbacks: Some(deployment::by_id(state, &mine)),
        ..ChangeResult::default()
    }
}

/// A demotion's rollbacks stand with their change; everything else is a deployment of the operation.
fn tell_deployment(state: &State, asked: &switchback_core::records::deployment::Deployment, told: &mut Operation) {
    let is_rollback_of_demotion =
        told.kind == "demotion" && matches!(asked.kind, DeploymentKind::Remove | DeploymentKind::Rewrite);
    if !is_rollback_of_demotion {
        told.deployments.push(deployment::in_operation(state, asked));
    }
}

fn result(event: &Event) -> Option<ChangeResult> {
    let (change, status, revision) = match event {
        Event::Recorded { change, revision, .. } => (change, "recorded", Some(revision.number.0)),
        Event::Edited { change, .. } => (change, "edited", None),
        Event::Attested { change, revision, kind, .. } => (change, kind.as_str(), Some(revision.0)),
        Event::Withdrawn { change, revision, kind } => (change, withdrawn(*kind), Some(revision.0)),
        Event::Excluded { change, .. } => (change, "excluded", None),
        Event::Included { change } => (change, "included", None),
        Event::Ignored { change, .. } => (change, "ignored", None),
        Event::Noticed { change, .. } => (change, "noticed", None),
        Event::TaskAdded { change, .. } => (change, "task-added", None),
        Event::TaskDone { change, .. } => (change, "task-done", None),
        _ => return None,
    };
    let depends_on = match event {
        Event::Recorded { revision, .. } => revision.depends_on.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    let (change, status) = (change.to_string(), status.to_owned());
    Some(ChangeResult { change, status, revision, depends_on, ..ChangeResult::default() })
}

fn withdrawn(kind: Attestation) -> &'static str {
    match kind {
        Attestation::Tested => "tested-withdrawn",
        Attestation::Approved => "approved-withdrawn",
    }
}

/// The move stands although a deployment or rollback failed: that is a warning (`SPEC D7`, `D8`).
fn failures(told: &Operation) -> Vec<Warning> {
    let rollbacks = told.results.iter().flat_map(|result| result.rollbacks.iter().flatten());
    let mut warned: Vec<Warning> =
        rollbacks.filter_map(|one| failure(one, "rollback-failed", "still holds what left")).collect();
    if told.kind == "demotion" || told.kind == "promotion" {
        let deployments = told.deployments.iter();
        warned.extend(deployments.filter_map(|one| failure(one, "deployment-failed", "does not hold it")));
    }
    let mut seen = std::collections::BTreeSet::new();
    warned.retain(|warning| seen.insert(warning.message.clone()));
    warned
}

/// What somebody had edited on the targets.
fn drifts(told: &Operation) -> Vec<Warning> {
    let rollbacks = told.results.iter().flat_map(|result| result.rollbacks.iter().flatten());
    let mut warned: Vec<Warning> = told.deployments.iter().chain(rollbacks).flat_map(drift::warnings).collect();
    let mut seen = std::collections::BTreeSet::new();
    warned.retain(|warning| seen.insert(warning.message.clone()));
    warned
}

fn failure(one: &Deployment, code: &str, what: &str) -> Option<Warning> {
    let problem = one.problem.as_ref()?;
    let message = format!("{} {}, so {} {what}: {}", one.deployment, one.status, one.area, problem.message);
    Some(Warning { code: code.to_owned(), message, remedy: problem.remedy.clone() })
}
