//! What a person is asked about because the newer revision alone conflicts over it.

use super::Update;
use super::afresh::answers;
use crate::compose::settle::Settled;
use crate::content::{Conflict, Delta, PathSet, Sides};
use crate::records::resolution::Resolution;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath};
use std::collections::BTreeSet;

/// Why.
const AFRESH: &str = "this revision alone conflicts here, and nobody was asked about that before";

impl Update<'_> {
    /// Whether the newer revision alone conflicts over something that nobody was asked about when the older one met what
    /// others do.
    pub(super) fn is_new(&self, made: &Settled) -> bool {
        let known = || self.met.before.iter().flat_map(|item| answers(&item.resolutions));
        let was_asked =
            |conflict: &Conflict| known().any(|one| is_alike(one, conflict)) && self.moves_as_before(conflict);
        !made.conflicts.iter().all(was_asked)
    }

    /// Whether both revisions have what a conflict is about at the same places.
    fn moves_as_before(&self, conflict: &Conflict) -> bool {
        let moves = |did: &Delta| -> BTreeSet<(RepoPath, RepoPath)> {
            conflict.names().flat_map(|name| did.renames_at(name)).cloned().collect()
        };
        moves(self.own) == moves(self.before)
    }

    /// Asks about it; until all of that is settled, everything that hangs together is as the line has it.
    pub(super) fn ask(&self, (group, made): (&PathSet, Settled), settled: &mut Settled) -> Result<(), Fault> {
        let group: PathSet = group.iter().chain(made.conflicts.iter().flat_map(Conflict::names)).cloned().collect();
        let asked = made.conflicts.into_iter().map(|one| {
            let why = one.why.clone().or_else(|| Some(AFRESH.to_owned()));
            Conflict { why, ..one }
        });
        let before = self.composer.leaves(self.met.tree, &group)?;
        settled.tree = self.composer.content.edit(settled.tree, &before)?;
        settled.conflicts.retain(|one| !one.is_among(&group));
        settled.ask(asked);
        settled.together.extend(group);
        Ok(())
    }
}

/// Whether an answer was one to a question like this: what the sides had was there, and of what kind it was, as it is now.
/// Whose side was whose hangs on who came first.
fn is_alike(one: &Resolution, conflict: &Conflict) -> bool {
    let kinds = |sides: &Sides| {
        let mode = |leaf: Option<Leaf>| leaf.map(|leaf| leaf.mode);
        let mut both = [mode(sides.ours), mode(sides.theirs)];
        both.sort();
        (mode(sides.base), both)
    };
    one.is_about(conflict) && kinds(&one.sides) == kinds(&conflict.sides)
}
