//! `change attest`: somebody says that a revision was tested or approved (`SPEC C4`, `S5`).

use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::moving::withdrawing::may_withdraw;
use crate::pipeline::stage::Attestation;
use crate::records::change::{Revision, Voice};
use crate::records::grant::{Privilege, Scope};
use crate::words::details::Details;
use crate::words::names::{ChangeKey, RevisionNo};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Place;
use serde::{Deserialize, Serialize};

/// Whether something is said, or taken back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// It is said.
    #[default]
    Given,
    /// It is taken back.
    Withdrawn,
}

/// What is attested.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// About which changes.
    pub changes: Vec<ChangeKey>,
    /// Which revision; the newest if not said.
    pub revision: Option<RevisionNo>,
    /// What.
    pub kinds: Vec<Attestation>,
    /// Whether it is said, or taken back.
    #[serde(default)]
    pub word: Word,
}

/// Plans an attestation.
///
/// # Errors
/// `unknown-change`, `unknown-revision`, `not-permitted`, `not-attested` for taking back what nobody said,
/// `four-eyes` when the owner approves and the pipeline asks for somebody else.
pub fn plan(snapshot: &Snapshot<'_>, request: &Request) -> Result<Plan, Stop> {
    let mut plan = Plan::new(snapshot.seq(), "attest");
    // Asked first: a grant would not help an owner.
    for key in &request.changes {
        other_eyes(snapshot, request, key)?;
    }
    if request.word == Word::Given {
        plan.privileges.push(rights::require(snapshot, Privilege::Attest, Scope::Pipeline)?);
    }
    let mut taken = Vec::new();
    for key in &request.changes {
        let (_, change) = snapshot.change(key)?;
        let number = request.revision.unwrap_or(change.latest().number);
        let own = change.owned_when_recorded(number, snapshot.actor.names());
        let voice = if own { Voice::Owners } else { Voice::Others };
        let Some(revision) = change.revision(number) else {
            return Err(Refusal::unknown(Code::UnknownRevision, &format!("{key}@{number}"), &[]).into());
        };
        for kind in &request.kinds {
            plan.events.push(event(key, revision, (*kind, request.word, voice))?);
            taken.push((revision, *kind));
        }
    }
    if request.word == Word::Withdrawn {
        plan.privileges.push(may_withdraw(snapshot, &taken)?);
    }
    let kinds: Vec<_> = request.kinds.iter().map(|kind| kind.as_str()).collect();
    let keys: Vec<_> = request.changes.iter().map(ChangeKey::as_str).collect();
    plan.says = match request.word {
        Word::Given => format!("{} attested for {}", kinds.join(" and "), keys.join(", ")),
        Word::Withdrawn => format!("{} taken back for {}", kinds.join(" and "), keys.join(", ")),
    };
    Ok(plan)
}

fn event(
    key: &ChangeKey,
    revision: &Revision,
    (kind, word, voice): (Attestation, Word, Voice),
) -> Result<Event, Refusal> {
    let (change, number) = (key.clone(), revision.number);
    match word {
        Word::Given => Ok(Event::Attested { change, revision: number, kind, voice }),
        Word::Withdrawn if revision.attestation(kind).is_some() => {
            Ok(Event::Withdrawn { change, revision: number, kind })
        }
        Word::Withdrawn => {
            let message =
                format!("revision {number} of {key} is not {}, so there is nothing to take back", kind.as_str());
            Err(Refusal::new(Code::NotAttested, message, Place::Change).with(Details::Change { change }))
        }
    }
}

/// Asks that an approval comes from somebody other than the owner, where the pipeline wants four eyes. Who owned the
/// revision when it was recorded counts, not who owns the change by now (`SPEC C4`, `S5`).
fn other_eyes(snapshot: &Snapshot<'_>, request: &Request, key: &ChangeKey) -> Result<(), Refusal> {
    let (_, change) = snapshot.change(key)?;
    let number = request.revision.unwrap_or(change.latest().number);
    let user = &snapshot.actor.user;
    let asked = snapshot.pipeline.settings().four_eyes && request.kinds.contains(&Attestation::Approved);
    let asked = asked && request.word == Word::Given;
    if !asked || !change.owned_when_recorded(number, snapshot.actor.names()) {
        return Ok(());
    }
    let message =
        format!("{user} owned revision {number} of {key} when it was recorded; somebody else must approve it");
    let details = Details::Owned { change: key.clone(), owner: user.clone() };
    Err(Refusal::new(Code::FourEyes, message, "ask a colleague to approve it").with(details))
}
