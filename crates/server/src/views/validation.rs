//! What came of trying a promotion, beside what has changed since.

use super::conflict::conflicts;
use super::remedy::next;
use crate::parse::written;
use switchback_api::Failure;
use switchback_api::reason::Problem;
use switchback_api::validation::{AreaCheck, PutCheck, TaskAhead, Validation};
use switchback_core::ledger::state::State;
use switchback_core::moving::validated::standing;
use switchback_core::records::promotion::Promotion;
use switchback_core::records::validation::{self, About, AreaSaid, Outcome, TargetSaid};
use switchback_core::words::remedy::Remedy;
use switchback_engine::desk::Desk;

/// The validation of a record; none where nobody tried it since it was edited, or where it is over.
pub fn validation(desk: &Desk<'_>, state: &State, record: &Promotion) -> Result<Option<Validation>, Failure> {
    let Some(standing) = standing(&desk.snapshot(state), record) else { return Ok(None) };
    let known = standing.validation;
    let mut told = Validation {
        outcome: known.outcome.as_str().to_owned(),
        goes: known.goes(),
        holds: standing.moved.is_empty(),
        outdated_by: standing.moved.iter().map(moved).collect(),
        plan: None,
        by: known.by.to_string(),
        at: written(desk, known.at),
        seq: known.seq.0,
        refused: None,
        conflicts: Vec::new(),
        areas: known.areas.iter().map(area).collect(),
    };
    match &known.outcome {
        Outcome::Goes { plan } => told.plan = Some(plan.clone()),
        Outcome::Conflicts { plan, conflicts: found } => {
            told.plan = Some(plan.clone());
            told.conflicts = conflicts(desk, found)?;
        }
        Outcome::Refused { code, message, remedy } => told.refused = Some(problem((code, message), remedy)),
    }
    Ok(Some(told))
}

fn area(check: &validation::AreaCheck) -> AreaCheck {
    let mut told = AreaCheck {
        area: check.area.to_string(),
        status: String::new(),
        version: None,
        check: None,
        tasks: check.tasks.iter().map(task).collect(),
        not_checked: None,
        problem: None,
    };
    match &check.said {
        AreaSaid::Takes { version, target: said, unchecked } => {
            "takes".clone_into(&mut told.status);
            (told.version, told.check) = (Some(version.0), target(said));
            told.not_checked = Some(unchecked.clone()).filter(|what| !what.is_empty());
        }
        AreaSaid::Unchanged => "unchanged".clone_into(&mut told.status),
        AreaSaid::Fails { code, message, remedy, exit, said } => {
            "fails".clone_into(&mut told.status);
            told.problem = Some(problem((code, message), remedy));
            let (status, said) = ("failed".to_owned(), said.clone());
            told.check = exit.map(|exit| PutCheck { status, why: None, exit: Some(exit), said });
        }
    }
    told
}

/// Nothing is known of this of those that were tried before targets were asked.
fn target(said: &TargetSaid) -> Option<PutCheck> {
    let answer = |status: &str, why, said| Some(PutCheck { status: status.to_owned(), why, exit: None, said });
    match said {
        TargetSaid::Passed { said } => answer("passed", None, said.clone()),
        TargetSaid::Unasked { why } if why.is_empty() => None,
        TargetSaid::Unasked { why } => answer("not-asked", Some(why.clone()), Vec::new()),
    }
}

fn task(task: &validation::TaskAhead) -> TaskAhead {
    TaskAhead { change: task.change.to_string(), task: task.number, text: task.text.clone() }
}

fn problem((code, message): (&str, &str), remedy: &Remedy) -> Problem {
    let (hint, remedy) = next(remedy);
    Problem { code: code.to_owned(), message: message.to_owned(), hint, remedy, said: Vec::new() }
}

fn moved(about: &About) -> String {
    match about {
        About::Configuration => "another configuration is in force".to_owned(),
        About::Stage(stage) => format!("{stage} has changed"),
        About::Change(change) => format!("{change} has changed"),
        About::Area(area) => format!("{area} has changed"),
        About::OtherPromotions => "other promotions carry its changes".to_owned(),
        About::Resolutions => "conflicts were settled, or resolutions forgotten".to_owned(),
    }
}
