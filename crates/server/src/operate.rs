//! What every operation's route does after the corridor: jobs run unless they shall wait, and the outcome is told.

use crate::door::Said;
use crate::views::operation;
use crate::views::plan;
use switchback_api::{Answer, Failure, Operation, Preview};
use switchback_engine::failure::EngineFailure;
use switchback_engine::run::Done;
use switchback_engine::session::{Depth, Patience, Session};

/// What an operation answers.
pub type Answered = Result<Answer<Operation, Preview>, Failure>;

/// Runs what the operation queued, and tells.
pub fn finish(session: &Session, done: Result<Done, EngineFailure>) -> Answered {
    let done = done.said()?;
    if done.depth == Depth::Preview {
        return Ok(Answer::Plan(plan::told(session, &[&done])?));
    }
    if session.options.patience == Patience::Wait && done.plan.deployments().next().is_some() {
        session.run_jobs(done.plan.operation).said()?;
    }
    Ok(Answer::Done(operation::told(session, &done)?))
}

/// `--plan` names one plan; what makes several cannot be approved by one hash.
///
/// # Errors
/// A usage failure that says how to make one of them.
pub fn one_plan(session: &Session, plans: usize, instead: &str) -> Result<(), Failure> {
    match session.options.plan {
        Some(_) if plans > 1 => {
            Err(Failure::usage(format!("`--plan` names one plan, and this makes several; {instead}")))
        }
        _ => Ok(()),
    }
}
