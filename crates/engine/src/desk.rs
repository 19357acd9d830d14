//! A desk: one visit being served, with a repository of its own. Everything that is asked of the engine is asked here.

use crate::clock::Clock;
use crate::failure::EngineFailure;
use crate::house::House;
use crate::repositories::Lent;
use crate::seen::Seen;
use crate::visit::Visit;
use std::cell::RefCell;
use std::path::Path;
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::ledger::state::State;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::progress::Progress;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::StageName;
use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::Refusal;
use switchback_core::words::warning::Warning;

/// Whether what somebody edits is as it was when they looked; else the refusal.
pub type AsSeen = Box<dyn Fn(&Desk<'_>, &State) -> Result<(), Refusal>>;

/// One visit at one pipeline.
pub struct Desk<'h> {
    /// The house.
    pub house: &'h House,
    /// Who asks, and how far they go.
    pub visit: &'h Visit,
    /// The repository; what is made in it is stored with the operation, or forgotten.
    pub repo: Lent<'h>,
    /// The record.
    pub ledger: &'h dyn Ledger,
    /// The time.
    pub clock: Clock,
    /// What was noticed on the way and not told yet.
    pub(crate) heard: RefCell<Vec<Warning>>,
    /// What the state has to hold for anything to be planned in it.
    pub(crate) as_seen: RefCell<Option<AsSeen>>,
    /// Stages whose branches hold what cannot be read, with what keeps it from being read.
    pub(crate) unread: RefCell<Vec<(StageName, Fault)>>,
    /// Where branches were found to stand, each beside which end of its stage's line.
    pub(crate) seen: RefCell<Vec<(StageName, CommitId, Seen)>>,
}

impl<'h> Desk<'h> {
    fn new(house: &'h House, visit: &'h Visit, repo: Lent<'h>) -> Self {
        let (ledger, clock) = (&*house.ledger, house.clock);
        let (heard, as_seen, unread) = (RefCell::default(), RefCell::default(), RefCell::default());
        Self { house, visit, repo, ledger, clock, heard, as_seen, unread, seen: RefCell::default() }
    }

    /// What rules may see of a state, now: with the configuration that is in force in it.
    pub fn snapshot<'a>(&'a self, state: &'a State) -> Snapshot<'a> {
        Snapshot {
            pipeline: state.pipeline(),
            state,
            now: self.clock.now(),
            actor: &self.visit.principal,
            reason: self.visit.reason.as_deref(),
        }
    }

    /// Who wants to know how far long work is.
    pub(crate) fn progress(&self) -> &dyn Progress {
        &*self.house.progress
    }

    /// The folder relative names in the configuration start from.
    pub fn folder(&self) -> &Path {
        self.house.folder()
    }

    /// Does something at a desk of its own, for somebody else or held to another plan. What it hears and does not tell is
    /// heard here.
    ///
    /// # Errors
    /// A fault of the repository, and what is said there.
    pub(crate) fn beside<T>(
        &self,
        visit: &Visit,
        what: impl FnOnce(&Desk<'_>) -> Result<T, EngineFailure>,
    ) -> Result<T, EngineFailure> {
        let other = self.house.receive(visit)?;
        let done = what(&other);
        self.hear(other.heard());
        done
    }

    /// Holds what is asked from now on to what somebody saw before: where that is another by now, nothing is planned. It
    /// is looked at in the very state that is planned in, so nobody comes in between.
    pub fn hold_to(&self, as_seen: AsSeen) {
        self.as_seen.replace(Some(as_seen));
    }

    /// Whether what is asked may be planned in a state, by what somebody saw.
    ///
    /// # Errors
    /// What [`hold_to`](Desk::hold_to) was given says.
    pub(crate) fn must_be_as_seen(&self, state: &State) -> Result<(), Refusal> {
        self.as_seen.borrow().as_ref().map_or(Ok(()), |as_seen| as_seen(self, state))
    }

    /// What was noticed on the way and not told yet.
    pub fn heard(&self) -> Vec<Warning> {
        self.heard.take()
    }
}

impl House {
    /// A desk for a visit.
    ///
    /// # Errors
    /// A fault of the repository.
    pub fn receive<'h>(&'h self, visit: &'h Visit) -> Result<Desk<'h>, Fault> {
        Ok(Desk::new(self, visit, self.lend()?))
    }
}
