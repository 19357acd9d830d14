//! repair: what a crash left of refs and branches is finished before anybody is served (`SPEC L7`). Costs one look at
//! each branch when nothing is left.

use crate::arrivals::Standing;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::{House, Medium, Parts};
use crate::remembered::Arrived;
use crate::visit::Visit;
use switchback_machine::notes::Left;

impl Desk<'_> {
    /// Finishes the refs that a crash kept from moving. Jobs under way are a worker's to finish.
    ///
    /// # Errors
    /// A fault of the repository or the ledger.
    pub(crate) fn repair(&self) -> Result<(), EngineFailure> {
        // Before anything else: what somebody leaves from now on is the next one's to finish.
        let (dead, abandoned) = (self.dead_notes(), self.repo.abandoned());
        // A ledger that cannot be read is told by whoever reads it next, `verify` above all.
        let Ok(state) = self.look_or_begin() else { return Ok(()) };
        // What fails is told in the end; the rest is put right all the same.
        let mut put_right = vec![self.finish(&dead)];
        for stage in state.pipeline().stages() {
            let Some(line) = state.lines.get(&stage.name) else { continue };
            put_right.push(self.standing(stage, line).and_then(|standing| match standing {
                Standing::Behind(from) => self.move_branch(&stage.name, from, line.head).map(drop),
                _ => Ok(()),
            }));
        }
        put_right.push(self.resolutions_arrived(&state).and_then(|arrived| match arrived {
            Arrived::Behind(from, head) => self.bring_level(from, head),
            _ => Ok(()),
        }));
        put_right.push(self.finish_work_trees(&dead));
        put_right.into_iter().collect::<Result<(), _>>()?;
        dead.iter().for_each(Left::remove);
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

    /// Puts right what a process that died since left of refs: for whoever keeps a house open.
    ///
    /// # Errors
    /// A fault of the repository or the ledger.
    pub fn put_right(&self) -> Result<(), EngineFailure> {
        self.receive(&Visit::worker())?.repair()
    }
}
