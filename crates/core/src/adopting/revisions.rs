//! Which revision of its change is what lies on a branch: one that is known, where it brings exactly its difference; else
//! one more, made outside (`SPEC L8`, `L10`).

use crate::adopting::working::Origin;
use crate::compose::update::{self, Elsewhere};
use crate::compose::{Composer, Rules};
use crate::content::{Conflict, Content, Merge};
use crate::ledger::entry::Imported;
use crate::ledger::state::State;
use crate::records::line::{Item, Source};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, RevisionNo};
use crate::words::object::{CommitId, Leaf, RepoPath, TreeId};
use std::collections::BTreeSet;

/// What one branch brought of one change: all its differences together are judged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Variant {
    /// Which change.
    pub change: ChangeKey,
    /// The revision that the line held before, where it stays.
    pub held: Option<RevisionNo>,
    /// The tree before the first difference.
    pub before: TreeId,
    /// What came of that with all of them.
    pub after: TreeId,
    /// The commit before the first.
    pub parent: CommitId,
    /// The commits that brought them, in order.
    pub commits: Vec<CommitId>,
    /// The revision that our own trailers name.
    pub claims: Option<RevisionNo>,
    /// Its differences, path by path: those of another are a part of them where it is an older state of the change.
    pub differences: BTreeSet<Difference>,
}

/// What happened to one path.
pub(super) type Difference = (RepoPath, Option<Leaf>, Option<Leaf>);

impl Variant {
    /// What those of a branch's items brought that are the change's and were read off it; `None` where none were.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn of<'i>(
        composer: Composer<'_>,
        change: &ChangeKey,
        mine: impl DoubleEndedIterator<Item = &'i (Imported, Option<Origin>)> + Clone,
    ) -> Result<Option<Self>, Fault> {
        let mut variant: Option<Self> = None;
        let held = mine.clone().filter(|(_, origin)| origin.is_none()).map(|(item, _)| item.revision).next_back();
        for (item, origin) in mine {
            let (Some(origin), Source::Commit { base, theirs }) = (origin, item.source) else { continue };
            let known = variant.get_or_insert_with(|| Self {
                change: change.clone(),
                held,
                before: base,
                after: base,
                parent: origin.parent,
                commits: Vec::new(),
                claims: None,
                differences: BTreeSet::new(),
            });
            known.go_on(composer, (base, theirs))?;
            known.commits.push(item.commit);
            known.claims = origin.says.revision().or(known.claims);
            let delta = composer.content.delta(base, theirs)?;
            known.differences.extend(delta.changes.iter().map(|one| (one.path.clone(), one.before, one.after)));
        }
        Ok(variant)
    }

    /// Carries one more difference onto what it came to by now. Where that edits what others gave meanwhile, which is no
    /// part of it, it starts from there: without what it did there itself before, as far as that can be told apart.
    fn go_on(&mut self, composer: Composer<'_>, (base, theirs): (TreeId, TreeId)) -> Result<(), Fault> {
        let content = composer.content;
        if self.after == base {
            self.after = theirs;
            return Ok(());
        }
        let merged = composer.merge_soundly(Merge { base, ours: self.after, theirs, scope: None })?;
        let did = content.delta(base, theirs)?;
        let there = Elsewhere { did: &did, own: (base, theirs), ground: self.after, merged: &merged };
        let lost = did.with_other_ends(update::lost(content, there)?);
        let (mut befores, mut afters) = (Vec::new(), Vec::new());
        for conflict in merged.conflicts {
            afters.push((conflict.path, conflict.sides.theirs));
        }
        let back = Merge { base: self.after, ours: base, theirs: self.before, scope: Some(&lost) };
        let others = if lost.is_empty() { None } else { Some(content.merge(back)?) };
        for path in lost {
            if let Some(others) = others.as_ref().filter(|others| !others.is_open(&path)) {
                befores.push((path.clone(), content.leaf(others.tree, &path)?));
                afters.push((path.clone(), content.leaf(theirs, &path)?));
            }
        }
        (self.before, self.after) = (content.edit(self.before, &befores)?, content.edit(merged.tree, &afters)?);
        Ok(())
    }

    /// Whether it did nothing in the end.
    pub fn is_empty(&self) -> bool {
        self.before == self.after
    }

    /// Whether another is an older state of the same change.
    pub fn contains(&self, other: &Self) -> bool {
        self.differences.len() > other.differences.len() && self.differences.is_superset(&other.differences)
    }

    /// The known revision whose difference it brings, and nothing else; the one that is claimed first, then the newest.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn known(&self, state: &State, content: &dyn Content) -> Result<Option<RevisionNo>, Fault> {
        let Some((ix, change)) = state.change(&self.change) else { return Ok(None) };
        if self.held.is_some() && self.is_empty() {
            return Ok(self.held);
        }
        let claimed = self.claims.filter(|number| change.revision(*number).is_some());
        let newest_first = change.revisions.iter().rev().map(|revision| revision.number);
        for number in claimed.into_iter().chain(newest_first) {
            if self.brings((state, content), ix, number)? {
                return Ok(Some(number));
            }
        }
        Ok(None)
    }

    /// Whether conflicts are about what a revision does, or about what was brought.
    fn concerns(
        &self,
        state: &State,
        content: &dyn Content,
        (change, revision): (ChangeIx, RevisionNo),
        conflicts: &[Conflict],
    ) -> Result<bool, Fault> {
        let Some(revision) = state.at(change).revision(revision) else { return Ok(false) };
        let did = content.delta(revision.base_tree, revision.tip_tree)?;
        let touched = |path: &RepoPath| {
            did.changes.iter().any(|one| one.path == *path) || self.differences.iter().any(|(own, ..)| own == path)
        };
        Ok(conflicts.iter().all(|conflict| touched(&conflict.path)))
    }

    fn brings(
        &self,
        (state, content): (&State, &dyn Content),
        change: ChangeIx,
        revision: RevisionNo,
    ) -> Result<bool, Fault> {
        let source = match self.held {
            Some(held) if held == revision => return Ok(false),
            Some(from) => Source::Update { from },
            None => Source::Revision,
        };
        let item = Item { change, revision, source, commit: self.parent, operation: None, resolutions: Vec::new() };
        let carried = Composer { state, content, rules: Rules::AsRecorded }.carry(self.before, &item, None)?;
        if carried.conflicts.is_empty() {
            return Ok(carried.tree == self.after);
        }
        // Whoever moved it with Switchback may have settled a conflict; everything else must be as it was carried. What
        // neither the revision nor the commits touch is no conflict of theirs, but what came before and stays.
        if self.held.is_some() && !self.concerns(state, content, (change, revision), &carried.conflicts)? {
            return Ok(false);
        }
        let mut settled = Vec::new();
        for conflict in &carried.conflicts {
            settled.push((conflict.path.clone(), content.leaf(self.after, &conflict.path)?));
        }
        Ok(self.claims == Some(revision) && content.edit(carried.tree, &settled)? == self.after)
    }
}
