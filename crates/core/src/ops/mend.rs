//! Mending a ledger that tells something twice: `verify --repair`. Nothing is erased or renumbered; a new entry says
//! what counts no more. Refs that keep what the ledger names come back along with it, and so does what a target still
//! holds; no entry is needed for that.

use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::records::grant::{Privilege, Scope};

/// What the repository has lost, and can have again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Lost {
    /// Refs below `refs/switchback/` that are gone or moved.
    pub refs: usize,
    /// Files that a target still holds, and an older program named without storing them.
    pub files: usize,
}

/// Plans it: every second baseline is discarded. A plan without facts says that there is nothing to mend, and is not
/// appended; a second version that brought something is left to people, because it was written and is held.
///
/// # Errors
/// `not-permitted` without `administer`.
pub fn plan(snapshot: &Snapshot<'_>, lost: Lost) -> Result<Plan, Stop> {
    let used = rights::require(snapshot, Privilege::Administer, Scope::Pipeline)?;
    let twice = snapshot.state.irregularities.iter().filter(|known| known.is_set_aside());
    let mut plan = Plan::new(snapshot.seq(), "mend");
    let mut told = Vec::new();
    for known in twice {
        let (area, number, entry) = (known.area.clone(), known.number, known.seq);
        told.push(format!("the second {area}@{number} of entry {entry}"));
        plan.events.push(Event::VersionDiscarded { area, number, entry });
    }
    let twice = (!told.is_empty()).then(|| format!("{} counts no more", told.join(", ")));
    let refs = match lost.refs {
        0 => None,
        1 => Some("1 ref below refs/switchback is put right".to_owned()),
        many => Some(format!("{many} refs below refs/switchback are put right")),
    };
    let files = match lost.files {
        0 => None,
        1 => Some("1 missing object is to be stored from an area".to_owned()),
        many => Some(format!("{many} missing objects are to be stored from areas")),
    };
    let says: Vec<String> = twice.into_iter().chain(refs).chain(files).collect();
    plan.says = if says.is_empty() { "there is nothing to mend".to_owned() } else { says.join("; ") };
    plan.privileges.push(used);
    Ok(plan)
}
