//! `resolution forget`: what was remembered about a conflict settles nothing any more (`SPEC X5`).

use crate::foresee::reuse::{self, Use};
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::records::grant::{Privilege, Scope};
use crate::words::details::Details;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Addition;
use serde::{Deserialize, Serialize};

/// What to forget.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// The id, or how it begins.
    pub resolution: String,
}

/// Plans it. What it settled stays as it is: lines are made again by what was decided for them.
///
/// # Errors
/// `unknown-resolution`, `already-forgotten`, `not-permitted`, `reason-required`.
pub fn plan(snapshot: &Snapshot<'_>, request: &Request) -> Result<Plan, Stop> {
    let id = snapshot.state.resolution(&request.resolution)?;
    let used = rights::require(snapshot, Privilege::Resolve, Scope::Pipeline)?;
    let known = snapshot.state.resolutions.get(id);
    if let Some(forgotten) = known.and_then(|known| known.forgotten.as_ref()) {
        let message = format!("{} had resolution {id} forgotten already", forgotten.by);
        let hint = "settle the conflict anew when it comes back";
        return Err(Refusal::new(Code::AlreadyForgotten, message, hint)
            .with(Details::Resolution { resolution: id.to_string() })
            .into());
    }
    let Some(reason) = snapshot.reason.filter(|reason| !reason.is_empty()) else {
        let message = format!("forgetting resolution {id} needs a reason");
        return Err(Refusal::new(Code::ReasonRequired, message, Addition::Reason).into());
    };
    let mut plan = Plan::new(snapshot.seq(), "resolution");
    let path = known.map(|known| known.path.to_string()).unwrap_or_default();
    let uses = reuse::uses(snapshot.state).remove(&id).unwrap_or_default();
    plan.says = format!("resolution {id} about {path} is forgotten; {}", says(&uses));
    plan.events.push(Event::ResolutionForgotten { resolution: id, reason: reason.to_owned() });
    plan.privileges.push(used);
    Ok(plan)
}

fn says(uses: &[Use]) -> String {
    match uses.iter().filter(|used| used.stands).count() {
        0 => "nothing that stands was settled by it".to_owned(),
        1 => "one place stays as it settled it".to_owned(),
        count => format!("{count} places stay as it settled them"),
    }
}
