//! What every operation's route does after the corridor: it waits if whoever asked means to, and the outcome is told.

use crate::failure::Said;
use crate::views::remedy::next;
use crate::views::{operation, plan, rows};
use crate::wait;
use switchback_api::{Answer, Failure, Operation, Preview, Usage};
use switchback_core::words::remedy::Remedy;
use switchback_engine::desk::Desk;
use switchback_engine::failure::EngineFailure;
use switchback_engine::mass::ToAll;
use switchback_engine::run::Done;
use switchback_engine::visit::Depth;

/// What an operation answers.
pub type Answered = Result<Answer<Operation, Preview>, Failure>;

/// Waits for what the operation queued, and tells.
pub fn finish(desk: &Desk<'_>, done: Result<Done, EngineFailure>) -> Answered {
    let done = done.said()?;
    if done.depth == Depth::Plan {
        return Ok(Answer::Plan(plan::told(desk, &[&done])?));
    }
    if done.plan.deployments().next().is_some() {
        wait::until_ended(desk, done.plan.operation)?;
    }
    Ok(Answer::Done(operation::told(desk, &done)?))
}

/// Waits for what several operations of one request queued, and tells them, destination by destination.
pub fn finish_all(desk: &Desk<'_>, all: Result<ToAll, EngineFailure>) -> Answered {
    let ToAll { each: all, hash } = all.said()?;
    let done: Vec<&Done> = all.iter().filter_map(|one| one.result.as_ref()?.as_ref().ok()).collect();
    for one in done.iter().filter(|one| one.plan.deployments().next().is_some()) {
        wait::until_ended(desk, one.plan.operation)?;
    }
    let says = rows::says(&all);
    let mut told = Operation { kind: "mass-back-promotion".to_owned(), says, ..Operation::default() };
    for one in &done {
        let one = operation::told(desk, one)?;
        told.deployments.extend(one.deployments);
        told.warnings.extend(one.warnings);
    }
    let previewed = plan::told(desk, &done)?;
    // Where nothing would be done there is nothing to approve.
    let hash = if done.is_empty() { String::new() } else { hash };
    for one in all {
        told.promotions.push(rows::row(desk, one)?);
    }
    Ok(match desk.visit.depth {
        Depth::Act => Answer::Done(told),
        Depth::Plan => Answer::Plan(Preview { operation: told, hash, ..previewed }),
    })
}

/// An approval names one plan; what makes several cannot be approved by one hash.
///
/// # Errors
/// A usage failure that says how to make one of them.
pub fn one_plan(desk: &Desk<'_>, plans: usize, instead: impl Into<Remedy>) -> Result<(), Failure> {
    match desk.visit.approved {
        Some(_) if plans > 1 => {
            let (hint, remedy) = next(&instead.into());
            let message = "an approval names one plan, and this makes several".to_owned();
            Err(Failure::Usage(Usage { code: "usage".to_owned(), message, hint, remedy, place: None }))
        }
        _ => Ok(()),
    }
}
