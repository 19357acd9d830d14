//! An edit of a file that the line knows by another name follows it there. No item of the line renamed it, so nothing
//! else says that the item touched that name: it is kept with the item, or taking it out would leave its edit (`SPEC L3`).

use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::content::{Merge, PathSet, Sides};
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::{PathChange, RepoPath};
use std::collections::BTreeMap;

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
        let made = self.content.changes(ours, settled.tree)?;
        let mut made = made.iter().filter(|one| !own.contains(&one.path)).peekable();
        if made.peek().is_none() {
            return Ok(Vec::new());
        }
        let known = self.content.delta(base, ours)?;
        let origins: BTreeMap<&RepoPath, &RepoPath> = known.renames.iter().map(|(from, to)| (to, from)).collect();
        let edited: BTreeMap<&RepoPath, &PathChange> = foreign.iter().map(|one| (&one.path, *one)).collect();
        let (mut pairs, mut unknown) = (Vec::new(), Vec::new());
        for there in made {
            match origins.get(&there.path) {
                Some(origin) => pairs.extend(edited.get(origin).map(|here| (*here, there))),
                None => unknown.push(there),
            }
        }
        // Where nobody says which it was, it may have been any: a chain ties them all together as pairs of each would.
        if let (Some(first), Some(one)) = (foreign.first(), unknown.first()) {
            pairs.extend(unknown.iter().map(|there| (*first, *there)));
            pairs.extend(foreign.iter().skip(1).map(|here| (*here, *one)));
        }
        let followed = pairs.into_iter().map(|(here, there)| {
            let sides = Sides { base: here.before, ours: there.before, theirs: here.after };
            let (path, at, by) = (here.path.clone(), Some(there.path.clone()), Settler::Followed);
            Resolution { path, sides, result: there.after, at, left: Vec::new(), by }
        });
        Ok(followed.collect())
    }
}
