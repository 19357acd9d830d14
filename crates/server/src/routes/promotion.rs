//! `promotion list|show|pr-body|edit|validate|run|clone|drop|cancel`.

use crate::failure::Said;
use crate::operate::{Answered, finish};
use crate::page::{Order, Page};
use crate::parse::{self, keys, order, stage, start, user, wish};
use crate::tags::Record;
use crate::views::schedule::schedules;
use crate::views::{self, promotion::promotion};
use switchback_api::Failure;
use switchback_api::verbs::promotion::{
    CancelRequest, CloneRequest, DropRequest, EditRequest, ListRequest, PrBody, PrBodyRequest, Promotions, RunRequest,
    ShowRequest, Shown, ValidateRequest,
};
use switchback_core::ledger::state::State;
use switchback_core::moving::freeze::Freeze;
use switchback_core::moving::validated;
use switchback_core::ops::promotion::{Along, Edit, OptionsEdit, Request, plan};
use switchback_core::records::promotion::Promotion;
use switchback_core::records::under_way::ready_branch;
use switchback_engine::desk::Desk;
use switchback_engine::validate;

/// Lists records, newest first.
pub fn list(desk: &Desk<'_>, request: ListRequest) -> Result<Promotions, Failure> {
    let state = desk.look().said()?;
    let wanted = |record: &&Promotion| {
        let is_stage = |stage: &String| record.source.as_str() == stage || record.destination.as_str() == stage;
        // A draft that was validated is still a draft.
        let now = validated::status(&desk.snapshot(&state), record);
        let is_status = |status: &String| record.status.as_str() == status || now == status;
        let has = |key: &String| record.changes.iter().any(|chosen| chosen.change.as_str() == key);
        request.status.as_ref().is_none_or(is_status)
            && request.stage.as_ref().is_none_or(is_stage)
            && request.change.as_ref().is_none_or(has)
    };
    let page = Page::of("promotions", request.limit, request.cursor.as_deref())?;
    let found = state.promotions.iter().rev().filter(wanted);
    let (found, next) = page.cut(found, Order::NewestFirst, |record| record.id.number);
    let promotions = found.into_iter().map(|record| promotion(desk, &state, record)).collect::<Result<_, _>>()?;
    let schedules = match (&request.status, &request.change) {
        (None, None) => schedules(desk, &state, desk.clock.now()),
        _ => Vec::new(),
    };
    let at = |name: &String| request.stage.as_ref().is_none_or(|stage| stage == name);
    let schedules = schedules.into_iter().filter(|one| at(&one.from) || one.to.iter().any(at)).collect();
    Ok(Promotions { promotions, next, schedules })
}

/// Shows one record.
pub fn show(desk: &Desk<'_>, request: ShowRequest) -> Result<Shown, Failure> {
    let state = desk.look().said()?;
    let record = desk.snapshot(&state).promotion(parse::promotion(&request.promotion)?).said()?;
    let shown = Shown { promotion: promotion(desk, &state, record)? };
    let branch = ready_branch(record.id);
    let about = desk.about_ready(&state).said()?.into_iter().filter(|told| told.message.contains(&branch));
    desk.hear(about.collect());
    Ok(shown)
}

/// Describes one for a pull request.
pub fn pr_body(desk: &Desk<'_>, request: PrBodyRequest) -> Result<PrBody, Failure> {
    let state = desk.look().said()?;
    let record = desk.snapshot(&state).promotion(parse::promotion(&request.promotion)?).said()?;
    views::pr_body::pr_body(desk, &state, record)
}

/// A record as [`show`] shows it, for whoever edits it.
pub fn record(desk: &Desk<'_>, state: &State, name: &str) -> Result<Record, Failure> {
    let found = desk.snapshot(state).promotion(parse::promotion(name)?).said()?;
    Record::of(name, &Shown { promotion: promotion(desk, state, found)? })
}

/// Edits a record that has not moved.
pub fn edit(desk: &Desk<'_>, asked: EditRequest) -> Answered {
    let id = parse::promotion(&asked.promotion)?;
    let edit = Edit {
        add: keys(&asked.add),
        remove: keys(&asked.remove),
        from: stage(&asked.from),
        to: stage(&asked.to),
        project: asked.project.clone(),
        release: asked.release.clone(),
        owner: user(&asked.owner),
        options: options(&asked)?,
        start: asked.start.as_ref().map(|said| start(desk, said)).transpose()?,
    };
    operate(desk, Request::Edit { promotion: id, edit: Box::new(edit) })
}

fn options(asked: &EditRequest) -> Result<OptionsEdit, Failure> {
    Ok(OptionsEdit {
        order_by: order(&asked.order_by)?,
        exclude_from_auto_resolve: asked.exclude_from_auto_resolve.clone(),
        full_profiles: asked.full_profiles,
        full_permission_sets: asked.full_permission_sets,
        email_on_complete: asked.email_on_complete,
        with_dependencies: asked.with_dependencies,
        skip_conflicted: asked.skip_conflicted,
        recursive: asked.recursive,
        deploy: asked.deploy.as_ref().map(wish),
        pull_request: asked.pull_request,
    })
}

/// Tries a record's run, and moves nothing.
pub fn validate(desk: &Desk<'_>, asked: ValidateRequest) -> Answered {
    finish(desk, validate::validate(desk, parse::promotion(&asked.promotion)?))
}

/// Runs a record.
pub fn run(desk: &Desk<'_>, asked: RunRequest) -> Answered {
    let freeze = if asked.override_freeze { Freeze::Override } else { Freeze::Respect };
    let promotion = parse::promotion(&asked.promotion)?;
    let along = if asked.with_dependencies { Along::Dependencies } else { Along::AsKept };
    operate(desk, Request::Run { promotion, along, freeze })
}

/// Leaves changes behind; the rest goes on.
pub fn leave_behind(desk: &Desk<'_>, asked: DropRequest) -> Answered {
    let promotion = parse::promotion(&asked.promotion)?;
    operate(desk, Request::Drop { promotion, changes: keys(&asked.changes) })
}

/// Makes a new draft of a record.
pub fn clone(desk: &Desk<'_>, asked: CloneRequest) -> Answered {
    let promotion = parse::promotion(&asked.promotion)?;
    operate(desk, Request::Clone { promotion })
}

/// Calls a record off.
pub fn cancel(desk: &Desk<'_>, asked: CancelRequest) -> Answered {
    let promotion = parse::promotion(&asked.promotion)?;
    operate(desk, Request::Cancel { promotion })
}

fn operate(desk: &Desk<'_>, request: Request) -> Answered {
    finish(desk, desk.carry_out(&request, |snapshot, content| plan(snapshot, content, &request)))
}
