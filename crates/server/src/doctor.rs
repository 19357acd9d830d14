//! What commonly goes wrong, each looked at by a function of its own. Decides nothing: it asks those who know. What
//! cannot be looked at is said, and ends no other check.

mod online;
mod outward;
mod record;
mod rights;
mod room;
pub mod server_folder;
mod surroundings;
mod work;

use crate::notices::ways::Means;
use crate::views::remedy::next;
use switchback_api::verbs::doctor::{Finding, Health};
use switchback_core::ledger::state::State;
use switchback_core::words::remedy::Remedy;
use switchback_core::words::warning::Warning;
use switchback_engine::desk::Desk;
use switchback_engine::failure::EngineFailure;

/// How far somebody looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Reach {
    /// Nobody elsewhere is asked.
    Here,
    /// Those who are elsewhere are asked whether they answer; nothing is sent to them.
    Online,
}

/// What was found by looking at something.
type Looked = Result<Vec<Found>, EngineFailure>;

/// Something that is wrong, or that it is worth saying is not.
struct Found {
    health: Health,
    message: String,
    remedy: Option<Remedy>,
}

impl Found {
    fn fault(message: impl Into<String>, remedy: impl Into<Remedy>) -> Self {
        Self { health: Health::Fault, message: message.into(), remedy: Some(remedy.into()) }
    }

    fn warning(message: impl Into<String>, remedy: impl Into<Remedy>) -> Self {
        Self { health: Health::Warning, message: message.into(), remedy: Some(remedy.into()) }
    }

    fn good(message: impl Into<String>) -> Self {
        Self { health: Health::Good, message: message.into(), remedy: None }
    }

    /// What readers are warned of anyway.
    fn heard(warning: Warning) -> Self {
        let remedy = warning.remedy.unwrap_or_else(|| "look at it".into());
        Self::warning(warning.message, remedy)
    }
}

/// One check of something.
struct Check<Of: ?Sized> {
    /// Its name.
    name: &'static str,
    /// What is said where nothing is wrong.
    good: &'static str,
    /// Looks.
    look: fn(&Of) -> Looked,
}

/// A pipeline as it is looked at.
struct Subject<'a> {
    desk: &'a Desk<'a>,
    state: &'a State,
}

/// Every check of a pipeline that asks nobody elsewhere, in order.
fn checks<'a>() -> [Check<Subject<'a>>; 18] {
    [
        Check { name: "disk", good: "there is room on the disk of the git directory", look: room::disk },
        Check { name: "repository", good: "the git directory can be written", look: room::writable },
        Check { name: "git", good: "the git that is installed is new enough", look: surroundings::git },
        Check { name: "trust", good: "it is one user's, and nobody else writes to it", look: rights::trust },
        Check { name: "secrets", good: "no file that holds one can be read by others", look: rights::secrets },
        Check { name: "clock", good: "no entry of the ledger lies in the future", look: record::clock },
        Check { name: "ledger", good: "its newest entries can be read", look: record::ledger },
        Check { name: "configuration", good: "what lies here is what is in force", look: record::configuration },
        Check { name: "branches", good: "each is where its stage is", look: record::branches },
        Check { name: "refs", good: "all that keep what the ledger names are there", look: record::refs },
        Check { name: "objects", good: "all that the ledger names are there", look: surroundings::objects },
        Check { name: "notes", good: "no process that is gone left anything unfinished", look: surroundings::notes },
        Check { name: "jobs", good: "none waits for a worker that is gone, and none failed", look: work::jobs },
        Check { name: "schedules", good: "every one that ran did all it was to do", look: work::schedules },
        Check { name: "outbox", good: "nothing was given up", look: outward::outbox },
        Check { name: "areas", good: "each place is there, can be read and is its area's", look: outward::areas },
        Check { name: "remote", good: "there is none, or it answered when it was asked last", look: outward::remote },
        Check { name: "unpushed", good: "nothing that a remote should have is here alone", look: outward::unpushed },
    ]
}

/// What of a pipeline is elsewhere.
fn beyond<'a>() -> [Check<Subject<'a>>; 1] {
    [Check { name: "online-remote", good: "there is none", look: online::remote }]
}

/// What of a server is elsewhere.
const OF_A_SERVER: [Check<Means>; 4] = [
    Check { name: "online-mail", good: "no mail server is named", look: online::mail },
    Check { name: "online-webhooks", good: "no webhook is named", look: online::webhooks },
    Check { name: "online-providers", good: "no provider of identities is named", look: online::providers },
    Check { name: "online-collector", good: "no collector is named", look: online::collector },
];

/// Looks at a pipeline.
pub fn examine(desk: &Desk<'_>, state: &State, reach: Reach) -> Vec<Finding> {
    let subject = Subject { desk, state };
    let mut found: Vec<Finding> = checks().iter().flat_map(|check| findings(check, &subject)).collect();
    if reach == Reach::Online {
        found.extend(beyond().iter().flat_map(|check| findings(check, &subject)));
    }
    found
}

/// Asks those whom a server has to do with.
pub fn knock(means: &Means) -> Vec<Finding> {
    OF_A_SERVER.iter().flat_map(|check| findings(check, means)).collect()
}

fn findings<Of: ?Sized>(check: &Check<Of>, of: &Of) -> Vec<Finding> {
    let found = (check.look)(of).unwrap_or_else(|failure| vec![unseen(&failure)]);
    if found.is_empty() {
        return vec![told(check.name, Found::good(check.good))];
    }
    found.into_iter().map(|one| told(check.name, one)).collect()
}

fn told(check: &str, found: Found) -> Finding {
    let (hint, remedy) = found.remedy.as_ref().map(next).unwrap_or_default();
    Finding { check: check.to_owned(), pipeline: None, state: found.health, message: found.message, hint, remedy }
}

/// A check that cannot be made.
fn unseen(failure: &EngineFailure) -> Found {
    Found::warning(format!("this could not be looked at: {}", failure.said().1), remedy(failure))
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
        fn fails(with: &[Fault]) -> Looked {
            with.first().map_or(Ok(Vec::new()), |fault| Err(fault.clone().into()))
        }
        let check = Check { name: "disk", good: "there is room", look: fails };
        let failed = Fault::new("repository-unreadable", "the disk cannot be asked", "mount it");
        let found = findings(&check, std::slice::from_ref(&failed));
        let expected = "this could not be looked at: the disk cannot be asked";
        assert_eq!((found.len(), found[0].state, found[0].message.as_str()), (1, Health::Warning, expected));
        assert_eq!(found[0].hint, "mount it");
        let good = findings(&check, &[]);
        assert_eq!((good[0].state, good[0].message.as_str()), (Health::Good, "there is room"));
    }
}
