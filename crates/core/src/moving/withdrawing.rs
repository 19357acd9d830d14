//! Taking attestations back: by hand, or along the way of a demotion (`SPEC C4`).

use crate::ledger::rights::{self, Used};
use crate::ledger::snapshot::Snapshot;
use crate::pipeline::stage::Attestation;
use crate::records::change::Revision;
use crate::records::demotion::Demoted;
use crate::records::grant::{Privilege, Scope};
use crate::words::refusal::Refusal;

/// Asks whether the actor may take back what was attested of some revisions: whoever said it may take it back; somebody
/// else's word needs the privilege to attest.
///
/// # Errors
/// `not-permitted`.
pub fn may_withdraw(snapshot: &Snapshot<'_>, what: &[(&Revision, Attestation)]) -> Result<Used, Refusal> {
    let user = &snapshot.actor.user;
    let is_own = |(revision, kind): &(&Revision, Attestation)| {
        revision.attestation(*kind).is_some_and(|attested| attested.by == *user)
    };
    match !what.is_empty() && what.iter().all(is_own) {
        true => {
            let why = format!("{user} attested it");
            Ok(Used::implicit(Privilege::Attest, Scope::Pipeline, why))
        }
        false => rights::require(snapshot, Privilege::Attest, Scope::Pipeline),
    }
}

/// What a demotion takes back of what was attested about the changes that were named, at the revisions that leave. What
/// has to leave along keeps its own: nobody said anything against it.
///
/// # Errors
/// `not-permitted`.
pub(super) fn along(snapshot: &Snapshot<'_>, demoted: &mut [Demoted]) -> Result<Option<Used>, Refusal> {
    let mut all = Vec::new();
    for one in demoted.iter_mut().filter(|one| one.because_of.is_none()) {
        let Some((_, change)) = snapshot.state.change(&one.change) else { continue };
        let revisions = one.left.iter().filter_map(|(_, number)| change.revision(*number));
        let attested: Vec<_> =
            revisions.flat_map(|known| known.attested.iter().map(move |it| (known, it.kind))).collect();
        for (_, kind) in &attested {
            if !one.withdrawn.contains(kind) {
                one.withdrawn.push(*kind);
            }
        }
        all.extend(attested);
    }
    if all.is_empty() { Ok(None) } else { may_withdraw(snapshot, &all).map(Some) }
}
