//! What a person is asked about where an update merges cleanly and is wrong all the same.

use super::{TWIN, Update};
use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::compose::standing::Met;
use crate::content::{Conflict, ConflictKind, Delta, PathSet, Sides};
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath};
use std::collections::BTreeSet;

/// Why a person is asked about what the newer revision alone conflicts over.
const AFRESH: &str = "nobody was asked about it yet, for the older revision had no part in it";

/// Whether a conflict is about what the newer revision alone conflicts over.
pub fn is_afresh(conflict: &Conflict) -> bool {
    conflict.why.as_deref() == Some(AFRESH)
}

impl Update<'_> {
    /// Whether the newer revision alone conflicts over something that nobody was asked about when the older one met what others
    /// do.
    pub(super) fn is_new(&self, made: &Settled, met: Met<'_>) -> bool {
        let known = || met.before.iter().flat_map(|item| &item.resolutions);
        let was_asked = |conflict: &Conflict| known().any(|one| is_alike(one, conflict)) && self.moves_as_before(conflict);
        !made.conflicts.iter().all(was_asked)
    }

    /// Whether both revisions have what a conflict is about at the same places.
    fn moves_as_before(&self, conflict: &Conflict) -> bool {
        let moves = |did: &Delta| -> BTreeSet<(RepoPath, RepoPath)> {
            conflict.names().flat_map(|name| did.renames_at(name)).cloned().collect()
        };
        moves(self.own) == moves(self.before)
    }
}

/// Whether what was decided about a path answers a question like this one: what the sides had was there, and of what kind it was,
/// as it is now. Whose side was whose hangs on who came first.
fn is_alike(one: &Resolution, conflict: &Conflict) -> bool {
    let by_others = matches!(one.by, Settler::Followed | Settler::AsSource(_) | Settler::NeverHeld(_));
    let kinds = |sides: &Sides| {
        let mode = |leaf: Option<Leaf>| leaf.map(|leaf| leaf.mode);
        let mut both = [mode(sides.ours), mode(sides.theirs)];
        both.sort();
        (mode(sides.base), both)
    };
    !by_others && one.paths().any(|path| conflict.names().any(|name| name == path)) && kinds(&one.sides) == kinds(&conflict.sides)
}

impl Composer<'_> {
    /// Asks whether an update takes back what others do as well; until that is settled, all that hangs together is as the line
    /// has it, and so it stays unless the change's side is taken.
    pub(super) fn ask_about_twin(
        &self,
        update: &Update<'_>,
        met: Met<'_>,
        (group, path): (&PathSet, &RepoPath),
        settled: &mut Settled,
    ) -> Result<(), Fault> {
        let conflict = Conflict::new(path.clone(), ConflictKind::Content, self.met(update, met, path)?);
        let known = self.remembered(&conflict, update.item)?.and_then(Result::ok);
        let before = self.content.edit(settled.tree, &self.leaves(met.tree, group)?)?;
        match known {
            None => {
                settled.tree = before;
                settled.conflicts.push(Conflict { why: Some(TWIN.to_owned()), ..conflict });
                settled.conflicts.sort_by(|one, two| one.path.cmp(&two.path));
            }
            Some(known) => {
                if known.result != conflict.sides.theirs {
                    self.take(update, met, (group, Settled::unchanged(before)), settled)?;
                }
                settled.tree = self.content.edit(settled.tree, &known.edits())?;
                settled.decided.push(known);
            }
        }
        Ok(())
    }

    /// Asks about what the newer revision alone conflicts over; until all of that is settled, everything that hangs together is
    /// as the line has it.
    pub(super) fn ask_afresh(
        &self,
        update: &Update<'_>,
        met: Met<'_>,
        (group, mut made): (&PathSet, Settled),
        settled: &mut Settled,
    ) -> Result<(), Fault> {
        let mut group = group.clone();
        group.extend(made.conflicts.iter().flat_map(Conflict::names).cloned());
        let mut known = Vec::new();
        for conflict in std::mem::take(&mut made.conflicts) {
            match self.remembered(&conflict, update.item)? {
                // The update may have met another file there.
                Some(Ok(resolution)) if conflict.dispute().is_way(&resolution.entry()) => known.push(resolution),
                _ => {
                    let why = conflict.why.clone().or_else(|| Some(AFRESH.to_owned()));
                    made.conflicts.push(Conflict { why, ..conflict });
                }
            }
        }
        if made.conflicts.is_empty() {
            let mut edits: Vec<_> = known.iter().flat_map(|one| one.edits()).collect();
            edits.sort_by_key(|(_, leaf)| leaf.is_some());
            made.tree = self.content.edit(made.tree, &edits)?;
            self.take(update, met, (&group, made), settled)?;
            settled.decided.extend(known);
            return Ok(());
        }
        settled.tree = self.content.edit(settled.tree, &self.leaves(met.tree, &group)?)?;
        settled.conflicts.retain(|one| !one.is_among(&group));
        settled.conflicts.extend(made.conflicts);
        settled.conflicts.sort_by(|one, two| one.path.cmp(&two.path));
        Ok(())
    }
}
