//! Resolutions that came with the repository are taken in (`SPEC X5`).

use crate::ledger::entry::Event;
use crate::ledger::plan::Plan;
use crate::ledger::snapshot::Snapshot;
use crate::records::resolution::{Remembered, ResolutionId};
use crate::words::object::CommitId;
use crate::words::warning::Warning;

/// What came, and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Came {
    /// New ones, and those decided otherwise since.
    pub learned: Vec<Remembered>,
    /// Those that were forgotten there.
    pub forgotten: Vec<ResolutionId>,
    /// The commit that holds what either side remembers.
    pub head: CommitId,
    /// What could not be read.
    pub warnings: Vec<Warning>,
}

/// The fact itself; `None` when nothing new came.
pub fn news(came: &Came) -> Option<Event> {
    let is_news = !came.learned.is_empty() || !came.forgotten.is_empty();
    let (learned, forgotten) = (came.learned.clone(), came.forgotten.clone());
    is_news.then_some(Event::ResolutionsLearned { learned, forgotten })
}

/// Plans to take in what came.
pub fn plan(snapshot: &Snapshot<'_>, came: &Came) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), "adopt");
    let (learned, forgotten) = (came.learned.len(), came.forgotten.len());
    plan.says = format!("{learned} resolutions came with the repository, {forgotten} were forgotten there");
    plan.events.extend(news(came));
    plan.events.push(Event::ResolutionsKept { head: came.head });
    plan.warnings.clone_from(&came.warnings);
    plan
}
