//! What an update takes back that another change does as well, while others build on what the older revision did: nobody can
//! say what the line would be without that, so a person is asked.

use super::Update;
use crate::compose::settle::Settled;
use crate::content::done::Done;
use crate::content::{Conflict, ConflictKind, Delta, PathSet};
use crate::records::line::Item;
use crate::words::fault::Fault;
use crate::words::object::RepoPath;

/// Why a person is asked.
pub(super) const WHY: &str =
    "this revision does not do any more what another change does there as well, and others build on what it did before";

impl Update<'_> {
    /// A path on which it takes back what another did just as the older revision had.
    pub(super) fn twin<'p>(&self, others: &[&Item], group: &'p PathSet) -> Result<Option<&'p RepoPath>, Fault> {
        for path in group {
            let (Some(did), Some(undone)) = (self.done(self.before, path)?, self.done(self.did, path)?) else {
                continue;
            };
            for other in others {
                let Some((base, theirs)) = self.composer.trees(other)? else { continue };
                let does = self.composer.content.delta(base, theirs)?;
                if self.done(&does, path)?.is_some_and(|does| did.alike(&does).is_undone_by(&undone)) {
                    return Ok(Some(path));
                }
                // It may have edited the file under another of its names.
                for name in group.iter().filter(|name| *name != path && !goes_elsewhere(&does, name)) {
                    let does = self.done(&does, name)?.map(Done::lines_alone);
                    if does.is_some_and(|does| did.alike(&does).is_undone_by(&undone)) {
                        return Ok(Some(path));
                    }
                }
            }
        }
        Ok(None)
    }

    /// What happened to the file at a path. One that came from elsewhere brought its lines along.
    fn done(&self, delta: &Delta, path: &RepoPath) -> Result<Option<Done>, Fault> {
        let Some(change) = delta.change(path) else { return Ok(None) };
        let from = delta.renames_to(path).next().and_then(|(from, _)| delta.change(from)?.before);
        Ok(Some(Done::at(self.composer.content, change, from)?))
    }

    /// Asks whether it takes that back; until that is settled, all that hangs together is as the line has it, and so it stays
    /// unless the change's side is taken.
    pub(super) fn ask_about_twin(
        &self,
        (group, path): (&PathSet, &RepoPath),
        settled: &mut Settled,
    ) -> Result<(), Fault> {
        let composer = self.composer;
        let conflict = Conflict::new(path.clone(), ConflictKind::Content, self.sides(path)?);
        let known = composer.remembered(&conflict, self.item)?.and_then(Result::ok);
        let before = composer.content.edit(settled.tree, &composer.leaves(self.met.tree, group)?)?;
        match known {
            None => {
                settled.tree = before;
                settled.ask([Conflict { why: Some(WHY.to_owned()), ..conflict }]);
            }
            Some(known) => {
                if known.result != conflict.sides.theirs {
                    self.take((group, Settled::unchanged(before)), settled)?;
                }
                settled.tree = composer.content.edit(settled.tree, &known.edits())?;
                settled.decided.push(known);
            }
        }
        Ok(())
    }
}

/// Whether the file at a path goes elsewhere.
fn goes_elsewhere(delta: &Delta, path: &RepoPath) -> bool {
    delta.renames_at(path).any(|(from, _)| from == path)
}
