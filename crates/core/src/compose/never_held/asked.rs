//! What a person is asked about where an update merges cleanly and is wrong all the same.

use super::afresh::is_answer;
use super::{TWIN, Update};
use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::compose::standing::Met;
use crate::content::{Conflict, ConflictKind, Delta, PathSet, Sides};
use crate::records::resolution::Resolution;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath};
use std::collections::BTreeSet;

/// Why a person is asked about what the newer revision alone conflicts over.
const AFRESH: &str = "nobody was asked about it yet, for the older revision had no part in it";

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
    let kinds = |sides: &Sides| {
        let mode = |leaf: Option<Leaf>| leaf.map(|leaf| leaf.mode);
        let mut both = [mode(sides.ours), mode(sides.theirs)];
        both.sort();
        (mode(sides.base), both)
    };
    is_answer(one) && one.paths().any(|path| conflict.names().any(|name| name == path)) && kinds(&one.sides) == kinds(&conflict.sides)
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
        met: Met<'_>,
        (group, made): (&PathSet, Settled),
        settled: &mut Settled,
    ) -> Result<(), Fault> {
        let (mut group, mut open) = (group.clone(), Vec::new());
        for conflict in made.conflicts {
            group.extend(conflict.names().cloned());
            let why = conflict.why.clone().or_else(|| Some(AFRESH.to_owned()));
            open.push(Conflict { why, ..conflict });
        }
        settled.tree = self.content.edit(settled.tree, &self.leaves(met.tree, &group)?)?;
        settled.conflicts.retain(|one| !one.is_among(&group));
        settled.together.extend(group);
        settled.conflicts.extend(open);
        settled.conflicts.sort_by(|one, two| one.path.cmp(&two.path));
        Ok(())
    }
}
