//! `demote`: a change leaves a stage and every stage bypassed (`SPEC 5`).

use crate::content::Content;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::moving::demoting;

pub use crate::moving::demoting::Request;
pub use crate::records::demotion::Dependents;

/// Plans a demotion. Where development areas must be rolled back first, it plans their rollback and says what follows.
///
/// # Errors
/// Those of [`demoting::plan`].
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    demoting::plan(snapshot, content, request)
}
