//! What every operation's route does after the corridor: it waits if whoever asked means to, and the outcome is told.

use crate::failure::Said;
use crate::views::operation;
use crate::views::plan;
use crate::views::remedy::next;
use crate::wait;
use switchback_api::{Answer, Failure, Operation, Preview, Usage};
use switchback_core::words::remedy::Remedy;
use switchback_engine::desk::Desk;
use switchback_engine::failure::EngineFailure;
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
