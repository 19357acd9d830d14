//! Reasons, warnings and problems.

use super::remedy::step;
use crate::parse::written;
use switchback_api::failure::Refused;
use switchback_api::operation::Locked;
use switchback_api::reason::{ChangeAt, Problem};
use switchback_api::{Failure, Reason, Remedy, Warning};
use switchback_core::ledger::state::State;
use switchback_core::moving::verdict::{self, Verdict, Weight};
use switchback_core::words::names::{ChangeKey, RevisionNo};
use switchback_core::words::refusal::Refusal;
use switchback_core::words::warning;
use switchback_engine::desk::Desk;

/// A reason of a verdict.
pub fn reason(desk: &Desk<'_>, reason: &verdict::Reason) -> Reason {
    Reason {
        code: reason.code.as_str().to_owned(),
        message: reason.message.clone(),
        blocks: reason.weight != Weight::Warns,
        unless_named: reason.weight == Weight::UnlessNamed,
        at: reason.at.map(|at| written(desk, at)),
    }
}

/// A refusal that answers "why not".
pub fn refusal(refusal: &Refusal) -> Reason {
    Reason {
        code: refusal.code.as_str().to_owned(),
        message: refusal.message.clone(),
        blocks: true,
        unless_named: false,
        at: None,
    }
}

/// A change that cannot go.
pub fn locked(desk: &Desk<'_>, state: &State, verdict: &Verdict) -> Locked {
    let reasons = verdict.reasons.iter().map(|one| reason(desk, one)).collect();
    Locked { change: state.key(verdict.change).to_string(), reasons }
}

/// Warnings of a plan.
pub fn warnings<'a>(warnings: impl IntoIterator<Item = &'a warning::Warning>) -> Vec<Warning> {
    let said = |warning: &warning::Warning| Warning {
        code: warning.code.clone(),
        message: warning.message.clone(),
        remedy: warning.remedy.as_ref().and_then(step),
    };
    warnings.into_iter().map(said).collect()
}

/// A change at a revision.
pub fn change_at(what: &(ChangeKey, RevisionNo)) -> ChangeAt {
    ChangeAt { change: what.0.to_string(), revision: what.1.0 }
}

/// What a failure says, where it is part of a larger answer.
pub fn problem(failure: &Failure) -> Problem {
    let said = |code: &str, message: &str, (hint, remedy): (&str, &Option<Box<Remedy>>)| Problem {
        code: code.to_owned(),
        message: message.to_owned(),
        hint: hint.to_owned(),
        remedy: remedy.clone(),
        said: Vec::new(),
    };
    match failure {
        Failure::Refused(refused) => {
            let Refused { code, message, hint, remedy, .. } = &**refused;
            said(code, message, (hint, remedy))
        }
        Failure::Fault(fault) => said(&fault.code, &fault.message, (&fault.hint, &fault.remedy)),
        Failure::Usage(usage) => said(&usage.code, &usage.message, (&usage.hint, &usage.remedy)),
        Failure::Bug(bug) => said("bug", &bug.message, ("report it", &None)),
    }
}
