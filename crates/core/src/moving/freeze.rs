//! Freeze windows, and what overriding one needs (`SPEC P13`).

use crate::ledger::rights::{self, Used};
use crate::ledger::snapshot::Snapshot;
use crate::moving::route::Way;
use crate::records::grant::Privilege;
use crate::words::names::StageName;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Addition;

pub use crate::records::freeze::Freeze;

/// What overriding needs on each stage a way comes into (`SPEC P10`, `P13`).
///
/// # Errors
/// `not-permitted`, `reason-required`.
pub fn overrides(snapshot: &Snapshot<'_>, freeze: Freeze, way: &Way) -> Result<Vec<Used>, Refusal> {
    let each = way.stages.iter().map(|stage| override_freeze(snapshot, freeze, stage));
    each.filter_map(Result::transpose).collect()
}

/// The privilege and the reason an override needs, when there is a window to override (`SPEC P13`).
///
/// # Errors
/// `not-permitted`, `reason-required`.
pub fn override_freeze(snapshot: &Snapshot<'_>, freeze: Freeze, stage: &StageName) -> Result<Option<Used>, Refusal> {
    let frozen = snapshot.stage(stage)?.frozen_at(snapshot.now).is_some();
    if freeze == Freeze::Respect || !frozen {
        return Ok(None);
    }
    let used = rights::require(snapshot, Privilege::OverrideFreeze, rights::on_stage(stage))?;
    if snapshot.reason.is_none_or(str::is_empty) {
        let message = format!("overriding the freeze of {stage} needs a reason");
        return Err(Refusal::new(Code::ReasonRequired, message, Addition::Reason));
    }
    Ok(Some(used))
}
