//! `demote`: several changes leave one at a time, each with its development areas rolled back first (`SPEC D5`, `D9`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::House;
use crate::run::Done;
use crate::visit::{Depth, Visit};
use serde_json::json;
use std::sync::Arc;
use switchback_core::ledger::state::State;
use switchback_core::ops::demote::{self, Request};
use switchback_core::ops::prelude;
use switchback_core::records::demotion::Demotion;
use switchback_core::words::names::{ChangeKey, OperationId, StageName};
use switchback_core::words::refusal::{Code, Refusal};

/// Whether several changes leave one at a time or as one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Together {
    /// One at a time: those before a refused one stand.
    OneByOne,
    /// All or none (`--all-or-nothing`).
    AllOrNothing,
}

/// What became of one group of changes when it was asked for.
pub enum Outcome {
    /// It left.
    Demoted(Box<Done>),
    /// It leaves when development areas have been rolled back, and those after it then; a worker carries on.
    Begun(Box<Done>),
    /// It did not.
    Stopped(EngineFailure),
    /// One before it did not, so it was not tried.
    NotRun,
    /// One before it waits, and it goes on afterwards.
    Later,
}

/// What became of each change, in the order given.
pub struct Demotions {
    /// `M-2`; `None` when the first was refused.
    pub operation: Option<OperationId>,
    /// Group by group; as one, the first stands for all.
    pub results: Vec<(Vec<ChangeKey>, Outcome)>,
}

/// Demotes.
///
/// # Errors
/// Only what keeps everything from beginning; a change's own refusal is its result.
pub fn demote(
    desk: &Desk<'_>,
    request: &Request<Option<StageName>>,
    together: Together,
) -> Result<Demotions, EngineFailure> {
    let groups: Vec<Vec<ChangeKey>> = match together {
        Together::AllOrNothing => vec![request.changes.clone()],
        Together::OneByOne => request.changes.iter().map(|key| vec![key.clone()]).collect(),
    };
    let mut demotions = Demotions { operation: None, results: Vec::new() };
    // A preview of the next group looks at the world as this one would leave it.
    let mut ahead: Option<Arc<State>> = None;
    let mut rest = groups.into_iter();
    while let Some(changes) = rest.next() {
        let then = rest.as_slice().to_vec();
        let one = Request { changes: changes.clone(), then, part_of: demotions.operation, ..request.clone() };
        let outcome = match one_group(desk, &one, ahead.take()) {
            Ok(done) => {
                demotions.operation = done.plan.operation;
                ahead = Some(Arc::clone(&done.beyond));
                match done.plan.then.is_some() && done.depth == Depth::Act {
                    true => Outcome::Begun(Box::new(done)),
                    false => Outcome::Demoted(Box::new(done)),
                }
            }
            Err(failure) => Outcome::Stopped(failure),
        };
        let goes_on = matches!(outcome, Outcome::Demoted(_));
        let waits = matches!(outcome, Outcome::Begun(_));
        demotions.results.push((changes, outcome));
        if !goes_on {
            let left = rest.by_ref().map(|changes| (changes, if waits { Outcome::Later } else { Outcome::NotRun }));
            demotions.results.extend(left);
        }
    }
    Ok(demotions)
}

fn one_group(
    desk: &Desk<'_>,
    request: &Request<Option<StageName>>,
    ahead: Option<Arc<State>>,
) -> Result<Done, EngineFailure> {
    match ahead.filter(|_| desk.visit.depth == Depth::Plan) {
        Some(ahead) => desk.preview_in(ahead, |snapshot, content| demote::plan(snapshot, content, request)),
        None => desk.carry_out(request, |snapshot, content| demote::plan(snapshot, content, request)),
    }
}

impl House {
    /// Carries on with demotions whose development areas have been rolled back; says with how many.
    pub(crate) fn carry_on(&self) -> Result<usize, EngineFailure> {
        let visit = Visit::worker();
        let state = self.receive(&visit)?.look()?;
        let mut count = 0;
        for demotion in prelude::over(&state) {
            count += self.carry_one_on(demotion)?;
        }
        Ok(count)
    }

    /// With the rights and in the name of whoever asked; how much that was. What only has to wait its turn is looked at
    /// again with whatever is done next.
    fn carry_one_on(&self, demotion: &Demotion) -> Result<usize, EngineFailure> {
        let reason = demotion.reason.clone();
        let visit = Visit { reason, ..Visit::of((self.people)(&demotion.by)) };
        let desk = self.receive(&visit)?;
        let asked = json!({ "carry_on": demotion.id });
        let went = desk.carry_out(&asked, |snapshot, content| prelude::carry_on(snapshot, content, demotion.id));
        match went {
            Ok(_) => Ok(1),
            // Another worker was first.
            Err(EngineFailure::Refused(refusal)) if refusal.code == Code::NotOpen => Ok(1),
            Err(EngineFailure::Refused(refusal)) if prelude::waits_its_turn(&refusal) => Ok(0),
            Err(EngineFailure::Refused(refusal)) => self.stop(&desk, demotion.id, &refusal).map(|()| 1),
            Err(failure) => Err(failure),
        }
    }

    fn stop(&self, desk: &Desk<'_>, demotion: OperationId, why: &Refusal) -> Result<(), EngineFailure> {
        let asked = json!({ "stop": demotion });
        match desk.carry_out_as_it_stands(&asked, |snapshot, _| prelude::stop(snapshot, demotion, why)) {
            Ok(_) => Ok(()),
            Err(EngineFailure::Refused(refusal)) if refusal.code == Code::NotOpen => Ok(()),
            Err(failure) => Err(failure),
        }
    }
}
