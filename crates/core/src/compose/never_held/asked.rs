//! What a person is asked about where an update merges cleanly and is wrong all the same.

use super::{TWIN, Update};
use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::compose::standing::Met;
use crate::content::{Conflict, ConflictKind, PathSet};
use crate::records::line::Item;
use crate::words::fault::Fault;
use crate::words::object::RepoPath;

/// Why a person is asked about what the newer revision alone conflicts over.
const AFRESH: &str = "nobody was asked about it yet, for the older revision had no part in it";

/// Whether a conflict is about what the newer revision alone conflicts over.
pub fn is_afresh(conflict: &Conflict) -> bool {
    conflict.why.as_deref() == Some(AFRESH)
}

/// Whether the newer revision alone conflicts over something that the older one had no part in, so that nobody was asked about
/// it when that came: over a file that others touch, or over where files stand.
pub(super) fn is_new(
    composer: &Composer<'_>,
    (update, others): (&Update<'_>, &[&Item]),
    made: &Settled,
) -> Result<bool, Fault> {
    let Update { old, new, before, .. } = update;
    let own = composer.content.delta(new.base_tree, new.tip_tree)?;
    let between = composer.content.delta(old.base_tree, new.base_tree)?;
    let did = |path: &RepoPath| {
        before.change(path).is_some() || between.renames_to(path).any(|(name, _)| before.change(name).is_some())
    };
    for conflict in &made.conflicts {
        let left = &conflict.places.left;
        let mut own_names = conflict.names().filter(|name| !left.contains(name));
        let moved = own.renames_to(conflict.places.theirs.as_ref().unwrap_or(&conflict.path)).next();
        let is_new_move = moved.is_some_and(|(from, to)| !before.renames_to(to).any(|(name, _)| name == from));
        if is_about_places(conflict.kind) && (is_new_move || !own_names.any(did)) {
            return Ok(true);
        }
        let new: PathSet = conflict.names().filter(|name| own.change(name).is_some() && !did(name)).cloned().collect();
        for other in others {
            if !new.is_empty() && composer.meets(other, &new)? {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

fn is_about_places(kind: ConflictKind) -> bool {
    matches!(kind, ConflictKind::FileFolder | ConflictKind::Rename | ConflictKind::FolderRename)
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
        let mut known = Vec::new();
        for conflict in std::mem::take(&mut made.conflicts) {
            match self.remembered(&conflict, update.item)? {
                // The update may have met another file there.
                Some(Ok(resolution)) if conflict.dispute().is_way(&resolution.entry()) => known.push(resolution),
                _ => made.conflicts.push(Conflict { why: Some(AFRESH.to_owned()), ..conflict }),
            }
        }
        if made.conflicts.is_empty() {
            let mut edits: Vec<_> = known.iter().flat_map(|one| one.edits()).collect();
            edits.sort_by_key(|(_, leaf)| leaf.is_some());
            made.tree = self.content.edit(made.tree, &edits)?;
            self.take(update, met, (group, made), settled)?;
            settled.decided.extend(known);
            return Ok(());
        }
        settled.tree = self.content.edit(settled.tree, &self.leaves(met.tree, group)?)?;
        settled.conflicts.retain(|one| !one.is_among(group));
        settled.conflicts.extend(made.conflicts);
        settled.conflicts.sort_by(|one, two| one.path.cmp(&two.path));
        Ok(())
    }
}
