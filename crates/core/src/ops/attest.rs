//! `change attest`: somebody says that a revision was tested or approved (`SPEC C4`, `S5`).

use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::pipeline::stage::Attestation;
use crate::records::grant::{Privilege, Scope};
use crate::words::details::Details;
use crate::words::names::{ChangeKey, RevisionNo};
use crate::words::refusal::{Code, Refusal};
use serde::{Deserialize, Serialize};

/// What is attested.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// About which changes.
    pub changes: Vec<ChangeKey>,
    /// Which revision; the newest if not said.
    pub revision: Option<RevisionNo>,
    /// What.
    pub kinds: Vec<Attestation>,
}

/// Plans an attestation.
///
/// # Errors
/// `unknown-change`, `unknown-revision`, `not-permitted`, `four-eyes` when the owner approves and the pipeline asks for
/// somebody else.
pub fn plan(snapshot: &Snapshot<'_>, request: &Request) -> Result<Plan, Stop> {
    let mut plan = Plan::new(snapshot.seq(), "attest");
    // Asked first: a grant would not help an owner.
    for key in &request.changes {
        other_eyes(snapshot, request, key)?;
    }
    plan.privileges.push(rights::require(snapshot, Privilege::Attest, Scope::Pipeline)?);
    for key in &request.changes {
        let (_, change) = snapshot.change(key)?;
        let number = request.revision.unwrap_or(change.latest().number);
        if change.revision(number).is_none() {
            return Err(Refusal::unknown(Code::UnknownRevision, &format!("{key}@{number}"), &[]).into());
        }
        let event = |kind: &Attestation| Event::Attested { change: key.clone(), revision: number, kind: *kind };
        plan.events.extend(request.kinds.iter().map(event));
    }
    let kinds: Vec<_> = request.kinds.iter().map(|kind| kind.as_str()).collect();
    let keys: Vec<_> = request.changes.iter().map(ChangeKey::as_str).collect();
    plan.says = format!("{} attested for {}", kinds.join(" and "), keys.join(", "));
    Ok(plan)
}

/// Asks that an approval comes from somebody other than the owner, where the pipeline wants four eyes. Who owned the
/// revision when it was recorded counts, not who owns the change by now (`SPEC C4`, `S5`).
fn other_eyes(snapshot: &Snapshot<'_>, request: &Request, key: &ChangeKey) -> Result<(), Refusal> {
    let (_, change) = snapshot.change(key)?;
    let number = request.revision.unwrap_or(change.latest().number);
    let user = &snapshot.actor.user;
    let asked = snapshot.pipeline.settings().four_eyes && request.kinds.contains(&Attestation::Approved);
    if !asked || !change.owned_when_recorded(number, user) {
        return Ok(());
    }
    let message =
        format!("{user} owned revision {number} of {key} when it was recorded; somebody else must approve it");
    let details = Details::Owned { change: key.clone(), owner: user.clone() };
    Err(Refusal::new(Code::FourEyes, message, "ask a colleague to approve it").with(details))
}
