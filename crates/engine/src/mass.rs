//! Back-promotion to several destinations: each is its own operation, and one may fail while the rest complete. One hash
//! approves them all (`SPEC P9`).

use crate::approval::{hash_of_all, outdated};
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::run::Done;
use crate::visit::{Depth, Visit};
use std::sync::Arc;
use switchback_core::content::Content;
use switchback_core::ledger::plan_encoding::Part;
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::ledger::state::State;
use switchback_core::moving::promoting;
use switchback_core::ops::mass::{MassRequest, MassRow, preview};
use switchback_core::records::promotion::Direction;
use switchback_core::words::names::StageName;
use switchback_core::words::refusal::Code;

/// What became of one destination.
pub struct ToOne {
    /// Where to.
    pub destination: StageName,
    /// What would go and what is locked, in a mass back-promotion.
    pub row: Option<MassRow>,
    /// `None` when everything was locked, or nothing was there to go.
    pub result: Option<Result<Done, EngineFailure>>,
}

/// What became of all destinations.
pub struct ToAll {
    /// Each, in the order of the request.
    pub each: Vec<ToOne>,
    /// What `--plan` names; only in a preview.
    pub hash: String,
}

/// What is asked of one destination.
struct Ask {
    destination: StageName,
    row: Option<MassRow>,
    /// `None` when everything is locked.
    request: Option<promoting::Request>,
}

/// Back-promotes one request to several destinations.
///
/// # Errors
/// `plan-outdated`; a destination's own refusal is its result.
pub fn to_several(desk: &Desk<'_>, request: &promoting::Request, to: &[StageName]) -> Result<ToAll, EngineFailure> {
    let down =
        |to: &StageName| promoting::Request { direction: Direction::Back, to: Some(to.clone()), ..request.clone() };
    carry(desk, to.iter().map(|to| Ask { destination: to.clone(), row: None, request: Some(down(to)) }).collect())
}

/// Promotes everything eligible from a stage to each of several (`SPEC P12`). Where nothing is to go, there is nothing to
/// tell.
///
/// # Errors
/// `plan-outdated`; a destination's own refusal is its result.
pub fn climb(desk: &Desk<'_>, requests: Vec<promoting::Request>) -> Result<ToAll, EngineFailure> {
    let ask =
        |request: promoting::Request| Some(Ask { destination: request.to.clone()?, row: None, request: Some(request) });
    let mut all = carry(desk, requests.into_iter().filter_map(ask).collect())?;
    for one in &mut all.each {
        if matches!(&one.result, Some(Err(EngineFailure::Refused(no))) if no.code == Code::NothingToMove) {
            one.result = None;
        }
    }
    Ok(all)
}

/// Back-promotes everything eligible from a stage to its lower stages, or what somebody chose of it.
///
/// # Errors
/// Those of [`preview`], and `plan-outdated`; a destination's own refusal is its result.
pub fn mass(desk: &Desk<'_>, request: &MassRequest) -> Result<ToAll, EngineFailure> {
    let state = desk.look_and_reconcile()?;
    let rows = preview(&desk.snapshot(&state), &*desk.repo, request)?;
    let ask =
        |row: MassRow| Ask { destination: row.destination.clone(), request: row.request(request), row: Some(row) };
    carry(desk, rows.into_iter().map(ask).collect())
}

fn carry(desk: &Desk<'_>, asks: Vec<Ask>) -> Result<ToAll, EngineFailure> {
    match (&desk.visit.approved, desk.visit.depth) {
        (Some(approved), _) => as_approved(desk, asks, approved),
        (None, Depth::Plan) => Ok(foresee(desk, asks)),
        (None, Depth::Act) => {
            let act = |ask: Ask| ToOne {
                result: ask.request.as_ref().map(|request| at(desk, request, None)),
                destination: ask.destination,
                row: ask.row,
            };
            Ok(ToAll { each: asks.into_iter().map(act).collect(), hash: String::new() })
        }
    }
}

/// Every destination's plan is worked out before the first is carried out: if one differs from what was approved, none
/// is. From there on each is held to its own plan, so that what somebody else does meanwhile stops that one alone.
fn as_approved(desk: &Desk<'_>, asks: Vec<Ask>, approved: &str) -> Result<ToAll, EngineFailure> {
    let visit = Visit { depth: Depth::Plan, approved: None, ..desk.visit.clone() };
    let planner = desk.house.receive(&visit)?;
    let requests: Vec<_> = asks.iter().map(|ask| ask.request.clone()).collect();
    let foreseen = foresee(&planner, asks);
    if foreseen.hash != approved {
        desk.hear(planner.heard());
        return Err(outdated(approved, &foreseen.hash, &says(&foreseen.each)).into());
    }
    if desk.visit.depth == Depth::Plan {
        desk.hear(planner.heard());
        return Ok(foreseen);
    }
    let each = foreseen.each.into_iter().zip(requests).map(|(one, request)| act(desk, one, request)).collect();
    Ok(ToAll { each, hash: String::new() })
}

/// Carries out what was foreseen for one destination. What was refused then was not approved.
fn act(desk: &Desk<'_>, foreseen: ToOne, request: Option<promoting::Request>) -> ToOne {
    let result = match (foreseen.result, request) {
        (Some(Ok(planned)), Some(request)) => Some(alone(desk, planned.hash, &request)),
        (result, _) => result,
    };
    ToOne { result, ..foreseen }
}

/// At a desk that holds this one to its own plan.
fn alone(desk: &Desk<'_>, hash: String, request: &promoting::Request) -> Result<Done, EngineFailure> {
    let visit = Visit { approved: Some(hash), ..desk.visit.clone() };
    desk.beside(&visit, |held| at(held, request, None))
}

/// A preview of all. Each looks at the world as those before it would leave it, so that it has the number it will have.
fn foresee(desk: &Desk<'_>, asks: Vec<Ask>) -> ToAll {
    let mut ahead = None;
    let mut each = Vec::new();
    for ask in asks {
        let result = ask.request.as_ref().map(|request| at(desk, request, ahead.as_ref()));
        if let Some(Ok(done)) = &result {
            ahead = Some(Arc::clone(&done.after));
        }
        each.push(ToOne { destination: ask.destination, row: ask.row, result });
    }
    let hash = hash_of_all(&each.iter().filter_map(part).collect::<Vec<_>>());
    ToAll { each, hash }
}

/// One destination, in the world as it is or as it would be.
fn at(desk: &Desk<'_>, request: &promoting::Request, ahead: Option<&Arc<State>>) -> Result<Done, EngineFailure> {
    let decide = |snapshot: &Snapshot<'_>, content: &dyn Content| promoting::plan(snapshot, content, request);
    match ahead {
        Some(state) => desk.preview_in(Arc::clone(state), decide),
        None => desk.carry_out(request, decide),
    }
}

/// What a destination has in the hash of all; nothing where nothing can go.
fn part(one: &ToOne) -> Option<Part<'_>> {
    let plan = match one.result.as_ref()? {
        Ok(done) => Ok(&done.plan),
        Err(failure) => Err(failure.said()),
    };
    Some(Part { destination: &one.destination, plan })
}

/// What would be done now, in one sentence.
fn says(each: &[ToOne]) -> String {
    let said = each.iter().map(|one| match &one.result {
        Some(Ok(done)) => done.plan.says.clone(),
        Some(Err(EngineFailure::Refused(refusal))) => format!("{}: {}", one.destination, refusal.message),
        Some(Err(_)) => format!("{} cannot be planned", one.destination),
        None => format!("nothing goes to {}", one.destination),
    });
    let said: Vec<_> = said.collect();
    if said.is_empty() { "nothing goes anywhere".to_owned() } else { said.join("; ") }
}
