//! Commits on a stage's branch that cannot be read: folders that lie too deep, objects that are missing. They stop what
//! needs that stage, and nothing else (`SPEC L8`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use serde_json::Value;
use switchback_core::adopting::stretch::Stretch;
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::pipeline::Pipeline;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{ChangeKey, StageName};
use switchback_core::words::remedy::Remedy;
use switchback_machine::shell::word;

/// What is wrong with content, and stays so whoever asks.
const OF_CONTENT: [&str; 3] = [TOO_DEEP, "object-missing", "object-unreadable"];
const TOO_DEEP: &str = "too-deep";

impl Desk<'_> {
    /// Puts a stage's commits aside where they cannot be read: the next look goes on without them. Gives back what else
    /// went wrong.
    pub(crate) fn put_aside(&self, pushed: &Stretch, failure: EngineFailure) -> Result<(), EngineFailure> {
        let EngineFailure::Fault(fault) = failure else { return Err(failure) };
        if !OF_CONTENT.contains(&fault.code) {
            return Err(fault.into());
        }
        let Some(stage) = self.pipeline().stage(&pushed.stage).cloned() else { return Err(fault.into()) };
        let message = format!("what was pushed to {} cannot be taken in: {}", stage.branch, fault.message);
        let (branch, head) = (word(&stage.branch), pushed.base);
        let remedy = match fault.code {
            TOO_DEEP => {
                format!("leave such folders out, and put the branch back: `git branch -f {branch} {head}`").into()
            }
            _ => fault.remedy,
        };
        self.unread.borrow_mut().push((stage.name, Fault { message, remedy, ..fault }));
        Ok(())
    }

    /// Whether a stage's commits were put aside.
    pub(crate) fn is_put_aside(&self, stage: &StageName) -> bool {
        self.unread.borrow().iter().any(|(aside, _)| aside == stage)
    }
}

/// Refuses what needs a stage whose branch holds what cannot be read.
///
/// # Errors
/// What keeps it from being read.
pub(crate) fn unless_unread(
    (pipeline, unread): (&Pipeline, &[(StageName, Fault)]),
    asked: &Value,
    decided: &Result<Plan, Stop>,
) -> Result<(), EngineFailure> {
    match unread.iter().find(|(stage, _)| needs((pipeline, decided), asked, stage)) {
        Some((_, fault)) => Err(fault.clone().into()),
        None => Ok(()),
    }
}

/// A fault of content, naming the change that brings it.
pub(crate) fn of_change(change: &ChangeKey, fault: Fault) -> Fault {
    if fault.code != TOO_DEEP {
        return fault;
    }
    let message = format!("{change} brings what cannot be read: {}", fault.message);
    let remedy = Remedy::from(format!("leave it out of the branch of {change}, and record that again"));
    Fault { message, remedy, ..fault }
}

/// Whether what was decided needs a stage, or may only have been refused for what its branch is like.
pub(crate) fn needs((pipeline, decided): (&Pipeline, &Result<Plan, Stop>), asked: &Value, stage: &StageName) -> bool {
    match decided {
        Ok(plan) => plan.stages(pipeline).contains(stage),
        Err(Stop::Refused(_)) => names(asked, stage),
        Err(Stop::Fault(_)) => false,
    }
}

/// Whether what was asked names a stage: then a "no" about it may only come of its branch having been rewritten.
fn names(asked: &Value, stage: &StageName) -> bool {
    match asked {
        Value::String(text) => text == stage.as_str(),
        Value::Array(items) => items.iter().any(|item| names(item, stage)),
        Value::Object(members) => members.values().any(|member| names(member, stage)),
        _ => false,
    }
}
