//! What was decided about a path that merges cleanly stands as long as the three sides are the same.

use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::content::{Merge, PathSet, Sides};
use crate::records::line::{Item, Source};
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;

impl Composer<'_> {
    /// What was taken from the source when an item came, or decided about an update that merges cleanly, made of the same
    /// three sides again.
    pub(super) fn as_decided(&self, merge: Merge<'_>, item: &Item, mut settled: Settled) -> Result<Settled, Fault> {
        let mut edits = Vec::new();
        let mut seen = PathSet::new();
        let is_update = matches!(item.source, Source::Update { .. });
        let is_answer = |one: &&Resolution| is_update && one.by != Settler::Followed && !one.moves();
        for one in item.resolutions.iter().rev().filter(|one| one.is_of_the_line() || is_answer(one)) {
            if seen.contains(&one.path) || merge.scope.is_some_and(|scope| !scope.contains(&one.path)) {
                continue;
            }
            let leaf = |tree| self.content.leaf(tree, &one.path);
            let sides = Sides { base: leaf(merge.base)?, ours: leaf(merge.ours)?, theirs: leaf(merge.theirs)? };
            if sides == one.sides {
                seen.insert(one.path.clone());
                edits.extend(one.edits());
                settled.conflicts.retain(|conflict| conflict.path != one.path);
                settled.decided.retain(|other| other.by == Settler::Followed || other.path != one.path);
                settled.decided.push(one.clone());
            }
        }
        if !edits.is_empty() {
            settled.tree = self.content.edit(settled.tree, &edits)?;
        }
        Ok(settled)
    }
}
