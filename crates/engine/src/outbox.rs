//! What people are to be told (`SPEC H4`): kept with the entry it tells of, where somebody has promised to send it.
//!
//! Without a promise nothing is kept, or the rows of a repository that no server looks after would pile up for ever. The
//! promise is in the ledger, so that it does not matter who carries an operation out: a server, a worker, or somebody at
//! the repository itself.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::House;
use crate::run_due;
use crate::visit::Visit;
use std::ops::Deref;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::notices::arriving::{Coming, arriving};
use switchback_core::notices::of_entry::{Told, of_entry};
use switchback_core::notices::{kept, unsent};
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::outbox::{Mail, NewNotice};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

impl Desk<'_> {
    /// What is told of a plan that leads from a state to another; nothing where nobody would send it.
    pub(crate) fn to_be_told(&self, plan: &Plan, states: (&State, &State), at: Time) -> Result<Vec<NewNotice>, Fault> {
        if self.ledger.sender(at)?.is_none() {
            return Ok(Vec::new());
        }
        let ((before, after), by) = (states, &self.visit.principal.user);
        let pipeline = after.pipeline();
        let told = Told { pipeline, before, after, events: &plan.events, says: &plan.says, by, at };
        let named = of_entry(told).into_iter().enumerate();
        Ok(named.map(|(number, notice)| kept(format!("{}/{number}", plan.guard.next()), &notice)).collect())
    }

    /// The same plan; it says so where it asks for mail that nobody sends.
    pub(crate) fn with_what_is_not_sent(&self, plan: Plan) -> Result<Plan, Fault> {
        if !unsent::asks_for_mail(&plan) {
            return Ok(plan);
        }
        let sender = self.ledger.sender(self.clock.now())?;
        Ok(unsent::warned(plan, sender.map_or(Mail::NotSetUp, |sender| sender.mail)))
    }
}

impl House {
    /// The record, with what is still to be told.
    pub fn ledger(&self) -> &dyn Ledger {
        self.ledger.deref()
    }

    /// Says what is soon to arrive by itself to those who work there, each once. Gives how much of it was new.
    ///
    /// # Errors
    /// A fault of the ledger or the repository.
    pub fn say_what_arrives(&self) -> Result<usize, EngineFailure> {
        let visit = Visit::worker();
        let desk = self.receive(&visit)?;
        let (state, now) = (desk.look()?, desk.clock.now());
        let all = run_due::coming(&desk, &state, now);
        let recurring: Vec<_> =
            all.iter().filter_map(|one| Some(Coming { schedule: one.schedule, due: one.at? })).collect();
        let zone = &state.pipeline().settings().time_zone;
        let soon = arriving((state.pipeline(), &state), &recurring, (now, &|at| crate::clock::format_time(at, zone)));
        Ok(if soon.is_empty() { 0 } else { self.ledger.say(now, &soon)? })
    }
}
