//! `demote`: a change leaves a stage and every stage bypassed (`SPEC 5`).

use crate::content::Content;
use crate::depend::leaving;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::moving::demoting;
use crate::words::names::{ChangeKey, StageName};

pub use crate::moving::demoting::Request;
pub use crate::records::demotion::{Dependents, StayingContent};

/// Plans a demotion, to the stage before the highest that holds what leaves where none is named (`SPEC D12`). Where development areas must be rolled back first, it plans their rollback and says what follows.
///
/// # Errors
/// `stage-ambiguous`, `not-lower` where nothing lies below, and those of [`demoting::plan`].
pub fn plan(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    request: &Request<Option<StageName>>,
) -> Result<Plan, Stop> {
    let Request { changes, from, to, deploy, dependents, freeze, withdraw, content: staying, then, part_of, ran } =
        request.clone();
    let all: Vec<ChangeKey> = changes.iter().chain(then.iter().flatten()).cloned().collect();
    let to = match to {
        Some(to) => to,
        None => leaving::previous(snapshot, &all, from.as_ref())?,
    };
    let request =
        Request { changes, from, to, deploy, dependents, freeze, withdraw, content: staying, then, part_of, ran };
    demoting::plan(snapshot, content, &request)
}
