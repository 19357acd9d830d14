//! What commonly goes wrong, each looked at by a function of its own. Decides nothing: it asks those who know. What
//! cannot be looked at is said, and ends no other check.

mod outward;
mod record;
mod room;
mod work;

use crate::views::remedy::next;
use switchback_api::verbs::doctor::{Finding, Health};
use switchback_core::ledger::state::State;
use switchback_core::words::remedy::Remedy;
use switchback_core::words::warning::Warning;
use switchback_engine::desk::Desk;
use switchback_engine::failure::EngineFailure;

/// What is wrong with what was looked at.
type Looked = Result<Vec<Wrong>, EngineFailure>;

/// Something that is wrong.
struct Wrong {
    health: Health,
    message: String,
    remedy: Remedy,
}

impl Wrong {
    fn fault(message: impl Into<String>, remedy: impl Into<Remedy>) -> Self {
        Self { health: Health::Fault, message: message.into(), remedy: remedy.into() }
    }

    fn warning(message: impl Into<String>, remedy: impl Into<Remedy>) -> Self {
        Self { health: Health::Warning, message: message.into(), remedy: remedy.into() }
    }

    /// What readers are warned of anyway.
    fn heard(warning: Warning) -> Self {
        let remedy = warning.remedy.unwrap_or_else(|| "look at it".into());
        Self::warning(warning.message, remedy)
    }
}

/// One check.
struct Check {
    /// Its name.
    name: &'static str,
    /// What is said where nothing is wrong.
    good: &'static str,
    /// Looks.
    look: fn(&Desk<'_>, &State) -> Looked,
}

/// Every check there is, in order.
const CHECKS: [Check; 12] = [
    Check { name: "disk", good: "there is room on the disk of the git directory", look: room::disk },
    Check { name: "repository", good: "the git directory can be written", look: room::writable },
    Check { name: "clock", good: "no entry of the ledger lies in the future", look: record::clock },
    Check { name: "ledger", good: "its newest entries can be read", look: record::ledger },
    Check { name: "configuration", good: "what lies here is what is in force", look: record::configuration },
    Check { name: "branches", good: "each is where its stage is", look: record::branches },
    Check { name: "refs", good: "all that keep what the ledger names are there", look: record::refs },
    Check { name: "jobs", good: "none waits for a worker that is gone, and none failed", look: work::jobs },
    Check { name: "schedules", good: "every one that ran did all it was to do", look: work::schedules },
    Check { name: "outbox", good: "nothing was given up", look: outward::outbox },
    Check { name: "areas", good: "each place is there, can be read and is its area's", look: outward::areas },
    Check { name: "remote", good: "there is none, or it answered when it was asked last", look: outward::remote },
];

/// Looks at everything.
pub fn examine(desk: &Desk<'_>, state: &State) -> Vec<Finding> {
    CHECKS.iter().flat_map(|check| findings(check, (check.look)(desk, state))).collect()
}

fn findings(check: &Check, looked: Looked) -> Vec<Finding> {
    let found = looked.unwrap_or_else(|failure| vec![unseen(&failure)]);
    if found.is_empty() {
        let (check, message) = (check.name.to_owned(), check.good.to_owned());
        return vec![Finding { check, message, ..Finding::default() }];
    }
    found.into_iter().map(|wrong| told(check.name, wrong)).collect()
}

fn told(check: &str, wrong: Wrong) -> Finding {
    let (hint, remedy) = next(&wrong.remedy);
    Finding { check: check.to_owned(), state: wrong.health, message: wrong.message, hint, remedy }
}

/// A check that cannot be made.
fn unseen(failure: &EngineFailure) -> Wrong {
    Wrong::warning(format!("this could not be looked at: {}", failure.said().1), remedy(failure))
}

/// What helps against a failure.
fn remedy(failure: &EngineFailure) -> Remedy {
    match failure {
        EngineFailure::Refused(refusal) => refusal.remedy.clone(),
        EngineFailure::Fault(fault) => fault.remedy.clone(),
        EngineFailure::Defect(defect) => (*defect.remedy).clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchback_core::words::fault::Fault;

    #[test]
    fn a_check_that_cannot_be_made_is_a_warning_with_the_cause_and_the_step() {
        let check = &CHECKS[0];
        let failed = Fault::new("repository-unreadable", "the disk cannot be asked", "mount it");
        let found = findings(check, Err(failed.into()));
        let expected = "this could not be looked at: the disk cannot be asked";
        assert_eq!((found.len(), found[0].state, found[0].message.as_str()), (1, Health::Warning, expected));
        assert_eq!(found[0].hint, "mount it");
        assert_eq!(findings(check, Ok(Vec::new()))[0].state, Health::Good);
    }
}
