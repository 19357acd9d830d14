//! `demotions`: their records.

use crate::failure::Said;
use crate::page::{Order, Page};
use crate::parse::{self, written};
use crate::views::attested::kind;
use crate::views::deployment::by_id;
use switchback_api::Failure;
use switchback_api::verbs::demotion::{Demoted, Demotion, Demotions, Left, ListRequest, ShowRequest, Shown, Stopped};
use switchback_core::ledger::state::State;
use switchback_core::records::demotion;
use switchback_core::words::names::StageName;
use switchback_engine::desk::Desk;

/// Lists records, newest first.
pub fn list(desk: &Desk<'_>, request: ListRequest) -> Result<Demotions, Failure> {
    let state = desk.look().said()?;
    if let Some(name) = &request.stage {
        desk.snapshot(&state).stage(&StageName::new(name)).said()?;
    }
    let wanted = |record: &&demotion::Demotion| {
        let left =
            |stage: &String| record.demoted.iter().any(|one| one.left.iter().any(|(at, _)| at.as_str() == stage));
        let has = |key: &String| record.demoted.iter().any(|one| one.change.as_str() == key);
        request.stage.as_ref().is_none_or(left)
            && request.change.as_ref().is_none_or(has)
            && request.by.as_ref().is_none_or(|by| record.by.as_str() == by)
    };
    let page = Page::of("demotions", request.limit, request.cursor.as_deref())?;
    let (found, next) =
        page.cut(state.demotions.iter().rev().filter(wanted), Order::NewestFirst, |record| record.id.number);
    Ok(Demotions { demotions: found.into_iter().map(|record| told(desk, &state, record)).collect(), next })
}

/// Shows one record.
pub fn show(desk: &Desk<'_>, request: ShowRequest) -> Result<Shown, Failure> {
    let state = desk.look().said()?;
    let record = desk.snapshot(&state).demotion(parse::demotion(&request.demotion)?).said()?;
    Ok(Shown { demotion: told(desk, &state, record) })
}

fn told(desk: &Desk<'_>, state: &State, record: &demotion::Demotion) -> Demotion {
    let waiting = record.waiting.iter().flat_map(|waiting| {
        let asked = &waiting.asked;
        asked.changes.iter().chain(asked.then.iter().flatten()).map(ToString::to_string)
    });
    Demotion {
        id: record.id.to_string(),
        target: record.target.to_string(),
        demoted: record.demoted.iter().map(demoted).collect(),
        waiting: waiting.collect(),
        stopped: record.stopped.iter().map(stopped).collect(),
        rollbacks: by_id(state, &record.rollbacks),
        deployments: by_id(state, &record.deployments),
        by: record.by.to_string(),
        at: written(desk, record.at),
        reason: record.reason.clone(),
    }
}

fn demoted(one: &demotion::Demoted) -> Demoted {
    let left = one.left.iter().map(|(stage, revision)| Left { stage: stage.to_string(), revision: revision.0 });
    Demoted {
        change: one.change.to_string(),
        from: one.from.to_string(),
        left: left.collect(),
        because_of: one.because_of.as_ref().map(ToString::to_string),
        withdrawn: one.withdrawn.iter().map(|attested| kind(*attested)).collect(),
    }
}

fn stopped(one: &demotion::StoppedDemotion) -> Stopped {
    Stopped {
        changes: one.changes.iter().map(ToString::to_string).collect(),
        code: one.code.clone(),
        message: one.message.clone(),
    }
}
