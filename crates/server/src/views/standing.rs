//! Where a change stands: at which stages, at which revision.

use switchback_api::verbs::where_is::{Standing, Standings, State as Word};
use switchback_core::ledger::state::State;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::RevisionNo;
use switchback_engine::desk::Desk;

/// The stages that hold a change, in the pipeline's order.
pub fn standings(desk: &Desk<'_>, state: &State, change: ChangeIx) -> Standings {
    let latest = state.at(change).latest().number;
    let at = |stage: &switchback_core::pipeline::stage::Stage| {
        let revision = state.lines.get(&stage.name)?.receipts.revision(change)?;
        Some((stage.name.as_str().into(), standing(revision, latest)))
    };
    Standings(desk.pipeline.stages().iter().filter_map(at).collect())
}

fn standing(revision: RevisionNo, latest: RevisionNo) -> Standing {
    let state = if revision < latest { Word::Outdated } else { Word::Current };
    Standing { revision: revision.0, state }
}
