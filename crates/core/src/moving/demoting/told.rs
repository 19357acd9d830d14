//! What a demotion says about itself.

use super::Request;
use crate::depend::leaving::Leaving;
use crate::ledger::snapshot::Snapshot;
use crate::records::demotion::Demoted;
use crate::words::names::{ChangeKey, OperationId, StageName};
use crate::words::refusal::Code;
use crate::words::warning::Warning;

/// The target does not hold what comes down to it either.
pub(super) fn target_lacks(snapshot: &Snapshot<'_>, request: &Request, demoted: &[Demoted]) -> Vec<Warning> {
    let Some(line) = snapshot.state.lines.get(&request.to) else { return Vec::new() };
    let holds = |key: &ChangeKey| snapshot.state.change(key).is_some_and(|(ix, _)| line.receipts.holds(ix));
    let lacking = demoted.iter().filter(|demoted| !holds(&demoted.change));
    lacking
        .map(|demoted| {
            Warning::new(Code::NotAtStage, format!("{} does not hold {} either", request.to, demoted.change))
        })
        .collect()
}

/// What a demotion does, in one sentence.
pub(super) fn says(id: OperationId, demoted: &[Demoted], to: &StageName) -> String {
    let names: Vec<_> = demoted.iter().map(|demoted| demoted.change.as_str()).collect();
    let from = demoted.first().map_or("", |demoted| demoted.from.as_str());
    format!("{id} demotes {} from {from} to {to}", names.join(", "))
}

/// What leaves its path and stays on a lane beside it (`SPEC D12`): from there it can come up again.
pub(super) fn stays_elsewhere(snapshot: &Snapshot<'_>, request: &Request, leaving: &Leaving<'_>) -> Vec<Warning> {
    let Snapshot { pipeline, state, .. } = snapshot;
    let to = &request.to;
    let leaves: Vec<_> = leaving.stages();
    let mut warnings = Vec::new();
    for ix in &leaving.asked {
        let beside = |name: &StageName| {
            let left = leaves.iter().any(|(stage, line)| *stage == name && leaving.at(stage, line).contains(ix));
            !left && name != to && !pipeline.higher(to, name)
        };
        let holding = state.lines.iter().filter(|(name, line)| line.receipts.holds(*ix) && beside(name));
        let names: Vec<_> = holding.map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() {
            let message = format!("{} stays on {}, which is not on its way down", state.key(*ix), names.join(", "));
            warnings.push(Warning::of("stays-elsewhere", message));
        }
    }
    warnings
}
