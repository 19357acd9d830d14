//! An edit of a file that the line knows by another name follows it there. No item of the line renamed it, so nothing
//! else says that the item touched that name: it is kept with the item, or taking it out would leave its edit (`SPEC L3`).

use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::content::{Merge, PathSet, Sides};
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::RepoPath;

impl Composer<'_> {
    /// What an item made of files beyond those of its difference: each with the name under which it edits the file, and
    /// the one under which the line knows it.
    pub(super) fn followed(&self, merge: Merge<'_>, settled: &Settled) -> Result<Vec<Resolution>, Fault> {
        let Merge { base, ours, theirs, .. } = merge;
        let did = self.content.delta(base, theirs)?;
        let mut foreign = Vec::new();
        let asked = |path: &RepoPath| merge.scope.is_none_or(|scope| scope.contains(path));
        for one in did.changes.iter().filter(|one| one.before.is_some() && asked(&one.path)) {
            if self.content.leaf(ours, &one.path)?.is_none() {
                foreign.push(one);
            }
        }
        if foreign.is_empty() || ours == settled.tree {
            return Ok(Vec::new());
        }
        let mut own: PathSet = did.changes.iter().map(|one| one.path.clone()).collect();
        own.extend(settled.decided.iter().flat_map(Resolution::paths).cloned());
        let made = self.content.delta(ours, settled.tree)?;
        let mut made = made.changes.iter().filter(|one| !own.contains(&one.path)).peekable();
        if made.peek().is_none() {
            return Ok(Vec::new());
        }
        let renames = &self.content.delta(base, ours)?.renames;
        let mut followed = Vec::new();
        for there in made {
            let origin = renames.iter().find(|(_, to)| *to == there.path).map(|(from, _)| from);
            // Where nobody says which it was, it may have been any.
            for here in foreign.iter().filter(|here| origin.is_none_or(|origin| *origin == here.path)) {
                let sides = Sides { base: here.before, ours: there.before, theirs: here.after };
                let (path, at, by) = (here.path.clone(), Some(there.path.clone()), Settler::Followed);
                followed.push(Resolution { path, sides, result: there.after, at, left: Vec::new(), by });
            }
        }
        Ok(followed)
    }
}
