//! `resolution forget`: what was remembered about a conflict settles nothing any more (`SPEC X5`).

use crate::foresee::reuse::{self, Use};
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::records::grant::{Privilege, Scope};
use crate::records::resolution::ResolutionId;
use crate::words::details::Details;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Addition, Place, Remedy};
use serde::{Deserialize, Serialize};

/// So many digits of an id are enough, if they name one.
const DIGITS: usize = 4;

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
    let id = find(snapshot.state, &request.resolution)?;
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

/// The resolution an id, or its beginning, names; forgotten ones too.
///
/// # Errors
/// `unknown-resolution` when there is none, or several.
pub fn find(state: &State, text: &str) -> Result<ResolutionId, Refusal> {
    let refused = |message: String, remedy: Remedy| {
        Refusal::new(Code::UnknownResolution, message, remedy).with(Details::Named { name: text.to_owned() })
    };
    let list = Remedy::from(Place::Resolutions);
    if text.len() < DIGITS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let message = format!("`{text}` names no resolution: it takes at least {DIGITS} hexadecimal digits");
        return Err(refused(message, list));
    }
    let begins = |id: &ResolutionId| id.to_string().starts_with(&text.to_ascii_lowercase());
    let found: Vec<_> = state.resolutions.iter().map(|(id, _)| id).filter(begins).collect();
    match found.as_slice() {
        [one] => Ok(*one),
        [] => Err(refused(format!("there is no resolution `{text}`"), list)),
        several => {
            let names: Vec<_> = several.iter().map(ToString::to_string).collect();
            Err(refused(
                format!("`{text}` begins several resolutions"),
                format!("name one: {}", names.join(", ")).into(),
            ))
        }
    }
}
