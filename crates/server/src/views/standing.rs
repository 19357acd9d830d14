//! Where a change stands: at which stages, at which revision.

use switchback_api::verbs::where_is::{Standing, Standings, State as Word};
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::records::change;
use switchback_core::records::receipt::ChangeIx;

/// The stages that hold a change, in the pipeline's order.
pub fn standings(snapshot: &Snapshot<'_>, change: ChangeIx) -> Standings {
    let known = snapshot.state.at(change);
    let held = snapshot.held_at(change).map(|(stage, revision)| {
        let state = match known.standing(revision) {
            change::Standing::Current => Word::Current,
            change::Standing::Outdated => Word::Outdated,
        };
        (stage.name.as_str().into(), Standing { revision: revision.0, state })
    });
    Standings(held.collect())
}
