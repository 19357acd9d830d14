//! Promotion records.

use super::conflict::conflicts;
use super::decision;
use super::deployment::in_operation;
use super::validation::validation;
use crate::parse::written;
use switchback_api::Failure;
use switchback_api::operation::MovedChange;
use switchback_api::verbs::promote::Deploy;
use switchback_api::verbs::promotion::{LeftOut, Promotion, RecordOptions};
use switchback_core::ledger::state::State;
use switchback_core::moving::validated;
use switchback_core::records::promotion::{self, DeployWish, PromotedChange};
use switchback_core::records::under_way::ready_branch;
use switchback_engine::desk::Desk;

/// A record, whole.
pub fn promotion(desk: &Desk<'_>, state: &State, record: &promotion::Promotion) -> Result<Promotion, Failure> {
    let mine = state.deployments.iter().filter(|asked| asked.operation == record.id);
    Ok(Promotion {
        id: record.id.to_string(),
        direction: record.direction.as_str().to_owned(),
        source: record.source.to_string(),
        destination: record.destination.to_string(),
        status: validated::status(&desk.snapshot(state), record).to_owned(),
        project: record.project.clone(),
        release: record.release.clone(),
        owner: record.owner.to_string(),
        created_at: written(desk, record.created_at),
        scheduled_at: record.scheduled_at.map(|at| written(desk, at)),
        changes: record.changes.iter().map(moved).collect(),
        options: options(desk, record),
        conflicts: conflicts(desk, &record.conflicts)?,
        auto_resolved: decision::recorded(desk, state, &record.decisions),
        deployments: mine.map(|asked| in_operation(state, asked)).collect(),
        note: record.note.clone(),
        left_out: record.left_out.iter().map(left_out).collect(),
        cloned_as: record.cloned_as.map(|id| id.to_string()),
        ready_branch: record.awaits_merge().then(|| ready_branch(record.id)),
        validation: validation(desk, state, record)?,
    })
}

/// One change of a record.
pub fn moved(chosen: &PromotedChange) -> MovedChange {
    MovedChange {
        change: chosen.change.to_string(),
        revision: chosen.revision.0,
        status: chosen.status.as_str().to_owned(),
    }
}

fn left_out(left: &promotion::LeftOut) -> LeftOut {
    LeftOut { change: left.change.to_string(), code: left.code.clone(), message: left.message.clone() }
}

fn options(desk: &Desk<'_>, record: &promotion::Promotion) -> RecordOptions {
    let pipeline = desk.pipeline();
    let (settings, options) = (pipeline.settings(), &record.options);
    let excluded = options.exclude_from_auto_resolve.as_ref().unwrap_or(&settings.exclude_from_auto_resolve);
    RecordOptions {
        order_by: options.order(&pipeline).as_str().to_owned(),
        exclude_from_auto_resolve: excluded.clone(),
        create_full_profiles_step: options.full_profiles,
        create_full_permission_sets_step: options.full_permission_sets,
        send_deployment_complete_email: options.email_on_complete,
        with_dependencies: options.with_dependencies,
        skip_conflicted: options.skip_conflicted,
        recursive: options.recursive,
        deploy: match &options.deploy {
            DeployWish::Nothing => Deploy::Nothing,
            DeployWish::Defaults => Deploy::Defaults,
            DeployWish::Areas(areas) => Deploy::Areas(areas.iter().map(ToString::to_string).collect()),
        },
        pull_request: options.pull_request,
    }
}
