//! What an update comes to is made again from what is kept with it alone, to the last bit.

use super::Update;
use crate::compose::settle::Settled;
use crate::compose::{Composer, Rules};
use crate::content::PathSet;
use crate::records::line::Item;
use crate::words::fault::Fault;

impl Update<'_> {
    /// What was settled, with all of it kept that the update would not make by itself of what it meets.
    pub(super) fn as_recorded(&self, mut settled: Settled) -> Result<Settled, Fault> {
        let content = self.composer.content;
        let item = Item { resolutions: settled.decided.clone(), ..self.item.clone() };
        let recorded = Composer { rules: Rules::AsRecorded, ..self.composer };
        let made = recorded.carry(self.met.tree, &item, self.met.within)?;
        let open = made.conflicts.into_iter().map(|one| one.path);
        let other = content.changes(made.tree, settled.tree)?;
        let paths: PathSet = open.chain(other.iter().map(|one| one.path.clone())).collect();
        for path in paths {
            let (sides, result) = (self.sides(&path)?, content.leaf(settled.tree, &path)?);
            settled.decided.push(self.taken(path, sides, result));
        }
        Ok(settled)
    }
}
