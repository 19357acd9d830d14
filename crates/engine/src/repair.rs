//! repair: what a crash left of refs and branches is finished before anybody is served (`SPEC L7`). Costs one look at
//! each branch when nothing is left.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::{House, Medium, Parts};
use crate::reconcile::Standing;
use crate::visit::Visit;

impl Desk<'_> {
    /// Finishes the refs that a crash kept from moving. Jobs under way are a worker's to finish.
    ///
    /// # Errors
    /// A fault of the repository or the ledger.
    pub(crate) fn repair(&self) -> Result<(), EngineFailure> {
        let state = self.look_or_begin()?;
        for stage in self.pipeline.stages() {
            let Some(line) = state.lines.get(&stage.name) else { continue };
            if let Standing::Behind(from) = self.standing(stage, line)? {
                self.move_branch(&stage.name, from, line.head)?;
            }
        }
        self.finish_dead_notes()
    }
}

impl House {
    /// Builds a house and puts right what a crash left of its refs (`SPEC L7`). Jobs that were under way are a worker's
    /// to finish.
    ///
    /// # Errors
    /// A fault of the ledger or the repository.
    pub fn open(parts: Parts) -> Result<Self, EngineFailure> {
        let medium = parts.medium;
        let house = Self::build(parts)?;
        if medium == Medium::Writable {
            let visit = Visit::worker();
            house.receive(&visit)?.repair()?;
        }
        Ok(house)
    }
}
