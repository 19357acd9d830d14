//! repair: what a crash left of refs and branches is finished before anybody is served (`SPEC L7`). Costs one look at
//! each branch when nothing is left.

use crate::arrivals::Standing;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::{House, Medium, Parts};
use crate::remembered::Arrived;
use crate::visit::Visit;

impl Desk<'_> {
    /// Finishes the refs that a crash kept from moving. Jobs under way are a worker's to finish.
    ///
    /// # Errors
    /// A fault of the repository or the ledger.
    pub(crate) fn repair(&self) -> Result<(), EngineFailure> {
        // A ledger that cannot be read is told by whoever reads it next, `verify` above all.
        let Ok(state) = self.look_or_begin() else { return Ok(()) };
        let abandoned = self.repo.abandoned();
        for stage in state.pipeline().stages() {
            let Some(line) = state.lines.get(&stage.name) else { continue };
            if let Standing::Behind(from) = self.standing(stage, line)? {
                self.move_branch(&stage.name, from, line.head)?;
            }
        }
        if let Arrived::Behind(from, head) = self.resolutions_arrived(&state)? {
            self.bring_level(from, head)?;
        }
        self.finish_dead_notes()?;
        self.repo.let_go_of(&abandoned);
        Ok(())
    }
}

impl House {
    /// Builds a house and puts right what a crash left of its refs (`SPEC L7`). Jobs that were under way are a worker's
    /// to finish.
    ///
    /// # Errors
    /// `clock-unreadable`, or what keeps the repository from being opened.
    pub fn open(parts: Parts) -> Result<Self, EngineFailure> {
        let medium = parts.medium;
        let house = Self::build(parts)?;
        if medium == Medium::Writable {
            let visit = Visit::worker();
            match house.receive(&visit)?.repair() {
                // It can be read all the same: the ledger decides. Who acts tries again, and is told.
                Err(EngineFailure::Fault(_)) => {}
                repaired => repaired?,
            }
        }
        Ok(house)
    }
}
