//! An edit of a file that the line knows by another name follows it there. No item of the line renamed it, so nothing
//! else says that the item touched that name: it is kept with the item, or taking it out would leave its edit (`SPEC L3`).

use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::content::{Merge, Sides};
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath};
use std::collections::HashSet;

impl Composer<'_> {
    /// What an item made of files beyond those of its difference: each with the name under which it edits the file, and
    /// the one under which the line knows it.
    pub(super) fn followed(&self, merge: Merge<'_>, settled: &Settled) -> Result<Vec<Resolution>, Fault> {
        let mut found = self.beside(merge, settled)?;
        if settled.followed.is_empty() {
            return Ok(found);
        }
        // What was decided about a file that goes elsewhere says both names by itself.
        let moving = settled.decided.iter().filter(|one| one.moves());
        let decided: HashSet<&RepoPath> = moving.flat_map(Resolution::paths).collect();
        // A folder that moved takes thousands along, of which few are edited.
        let made = self.content.changes(merge.ours, settled.tree)?;
        let made: HashSet<&RepoPath> = made.iter().map(|one| &one.path).collect();
        for (there, here) in settled.followed.iter().filter(|(_, here)| made.contains(here)) {
            let leaf = |tree, path| self.content.leaf(tree, path);
            let is_own = decided.contains(here) || leaf(merge.base, here)? != leaf(merge.theirs, here)?;
            let (before, after) = (leaf(merge.ours, here)?, leaf(settled.tree, here)?);
            if is_own || before == after {
                continue;
            }
            let sides = Sides { base: leaf(merge.base, there)?, ours: before, theirs: leaf(merge.theirs, there)? };
            found.push(tie((there, here), sides, after));
        }
        Ok(found)
    }

    /// What stayed where an item was to put a file. Without it the file would be there.
    fn beside(&self, merge: Merge<'_>, settled: &Settled) -> Result<Vec<Resolution>, Fault> {
        let tied = settled.beside.iter().map(|(there, stays)| {
            let leaf = |tree, path| self.content.leaf(tree, path);
            let (ours, after) = (leaf(merge.ours, stays)?, leaf(settled.tree, stays)?);
            let sides = Sides { base: leaf(merge.base, there)?, ours, theirs: leaf(merge.theirs, there)? };
            Ok(tie((there, stays), sides, after))
        });
        tied.collect()
    }
}

/// Ties a name that an item knows to one that the line does.
pub(super) fn tie((there, here): (&RepoPath, &RepoPath), sides: Sides, result: Option<Leaf>) -> Resolution {
    let (left, by) = (Vec::new(), Settler::Followed);
    Resolution { path: there.clone(), sides, result, at: Some(here.clone()), left, by }
}
