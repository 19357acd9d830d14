//! `grant` and `revoke`: who may do what (`SPEC S1`, `S4`).

use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::records::grant::{Effect, Grant, Privilege, Scope};
use crate::words::admit;
use crate::words::details::Details;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Place;
use serde::{Deserialize, Serialize};

/// A grant given or taken back.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Give it.
    Grant(Grant),
    /// Take it back.
    Revoke(Grant),
}

/// Plans it.
///
/// # Errors
/// `not-permitted` without `administer`, `invalid-name`, `unknown-stage`, `unknown-area`, `unknown-grant` for revoking what is not there.
pub fn plan(snapshot: &Snapshot<'_>, request: &Request) -> Result<Plan, Stop> {
    let mut plan = Plan::new(snapshot.seq(), "grant");
    plan.privileges.push(rights::require(snapshot, Privilege::Administer, Scope::Pipeline)?);
    let (Request::Grant(grant) | Request::Revoke(grant)) = request;
    // What was granted by another rule once can be taken back.
    if matches!(request, Request::Grant(_)) {
        admit::user_or_group(&grant.who)?;
    }
    match &grant.scope {
        Scope::Pipeline => {}
        Scope::Stage(stage) => drop(snapshot.stage(stage)?),
        Scope::Area(area) => drop(snapshot.area(area)?),
    }
    let (who, word, scope) = (&grant.who, grant.privilege.as_str(), &grant.scope);
    match request {
        Request::Grant(grant) => {
            let verb = if grant.effect == Effect::Deny { "is denied" } else { "is granted" };
            plan.says = format!("{who} {verb} `{word}` on {scope}");
            plan.events.push(Event::Granted(grant.clone()));
        }
        Request::Revoke(grant) if snapshot.state.grants.contains(grant) => {
            plan.says = format!("`{word}` on {scope} is revoked from {who}");
            plan.events.push(Event::Revoked(grant.clone()));
        }
        Request::Revoke(_) => {
            let message = format!("{who} has no grant of `{word}` on {scope}");
            return Err(Refusal::new(Code::UnknownGrant, message, Place::Grants)
                .with(Details::User { user: who.clone() })
                .into());
        }
    }
    Ok(plan)
}
