//! `deployments`: their records.

use crate::failure::Said;
use crate::page::{Order, Page};
use crate::parse::{self, written};
use crate::routes::{history, jobs};
use crate::views::deployment::in_operation;
use switchback_api::Failure;
use switchback_api::verbs::deployment::{Asked, Deployments, ListRequest, ShowRequest, Shown};
use switchback_core::records::deployment::Deployment;
use switchback_core::words::names::{AreaName, StageName};
use switchback_engine::desk::Desk;

/// Lists records, newest first.
pub fn list(desk: &Desk<'_>, request: ListRequest) -> Result<Deployments, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    if let Some(name) = &request.stage {
        snapshot.stage(&StageName::new(name)).said()?;
    }
    if let Some(name) = &request.area {
        snapshot.area(&AreaName::new(name)).said()?;
    }
    let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
    let wanted = |asked: &&Deployment| {
        is(&request.area, asked.area.as_str())
            && is(&request.stage, &history::stage_of(desk, asked))
            && is(&request.status, asked.status.as_str())
            && is(&request.operation, &asked.operation.to_string())
    };
    let page = Page::of("deployments", request.limit, request.cursor.as_deref())?;
    let found = state.deployments.iter().rev().filter(wanted);
    let (found, next) = page.cut(found, Order::NewestFirst, |asked| asked.id.number);
    let told = found.into_iter().map(|asked| Asked {
        deployment: in_operation(&state, asked),
        stage: history::stage_of(desk, asked),
        operation: asked.operation.to_string(),
        by: asked.by.to_string(),
        at: written(desk, asked.at),
        reason: asked.reason.clone(),
    });
    Ok(Deployments { deployments: told.collect(), next })
}

/// Shows one, whole.
pub fn show(desk: &Desk<'_>, request: ShowRequest) -> Result<Shown, Failure> {
    let state = desk.look().said()?;
    let asked = desk.snapshot(&state).deployment(parse::deployment(&request.deployment)?).said()?;
    Ok(Shown { deployment: history::one(desk, &state, asked)?, job: jobs::of(desk, asked.id)? })
}
