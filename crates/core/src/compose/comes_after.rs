//! A file that a change moves to where another one was that is in dispute: it comes once that has gone elsewhere.

use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::content::Merge;
use crate::words::fault::Fault;

impl Composer<'_> {
    /// What was settled, with those that come where something left for the place that the change has it at.
    pub(super) fn come_after(&self, merge: Merge<'_>, mut settled: Settled) -> Result<Settled, Fault> {
        let mut comes = Vec::new();
        for one in settled.decided.iter().filter(|one| one.at.is_some() && !one.left.is_empty()) {
            let leaf = |tree| self.content.leaf(tree, &one.path);
            let (before, after) = (leaf(merge.base)?, leaf(merge.theirs)?);
            if before.is_none() && after.is_some() && leaf(settled.tree)?.is_none() {
                comes.push((one.path.clone(), after));
            }
        }
        if !comes.is_empty() {
            settled.tree = self.content.edit(settled.tree, &comes)?;
        }
        Ok(settled)
    }
}
