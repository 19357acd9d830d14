//! Removals that have become void (`SPEC D7`).

use crate::ledger::snapshot::Snapshot;
use crate::records::deployment::{Deployment, DeploymentKind};
use crate::records::receipt::ChangeIx;

/// Why a removal has become void: the stage holds again, or still, all that should go out (`SPEC D7`). `None` while there
/// is something to take out, or nothing was to be.
pub fn void(snapshot: &Snapshot<'_>, asked: &Deployment) -> Option<String> {
    let line = snapshot.state.lines.get(&snapshot.pipeline.area(&asked.area)?.stage)?;
    let held = snapshot.state.area(&asked.area);
    let there = asked.changes.iter().filter_map(|(key, _)| snapshot.state.change(key).map(|(ix, _)| ix));
    let there: Vec<ChangeIx> = there.filter(|ix| held.holding(*ix).is_some()).collect();
    let is_void = asked.kind == DeploymentKind::Remove
        && !comes_first(snapshot, asked)
        && !there.is_empty()
        && there.iter().all(|ix| line.receipts.holds(*ix));
    let keys: Vec<_> = there.iter().map(|ix| snapshot.state.key(*ix).as_str()).collect();
    let stage = &snapshot.pipeline.area(&asked.area)?.stage;
    is_void.then(|| format!("{stage} holds {} again, so nothing is taken out of {}", keys.join(", "), asked.area))
}

/// Whether a demotion waits for it: then it goes out before the stage lets go of it (`SPEC D5`).
pub(super) fn comes_first(snapshot: &Snapshot<'_>, asked: &Deployment) -> bool {
    let waiting = snapshot.state.demotion(asked.operation).and_then(|demotion| demotion.waiting.as_ref());
    waiting.is_some_and(|waiting| waiting.first.contains(&asked.id))
}
