//! What one commit did to a line: it put something on it, or took something out. Judged by content; a message says where
//! to look first (`SPEC L8`; the rules in order stand in `docs/decisions/0017-branches-are-judged-by-content.md`).

use crate::adopting::says::Says;
use crate::adopting::working::{Step, Working, theirs_wins, towards};
use crate::content::{Content, Merge, PathSet};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::ChangeKey;
use crate::words::object::CommitId;
use std::collections::BTreeSet;

/// How many changes are looked at whether a commit that names none undoes one of them, the last first.
const LOOKED_AT: usize = 24;

/// The change a commit without a key stands for (`SPEC L8`).
pub fn unnamed(commit: CommitId) -> ChangeKey {
    ChangeKey::new(format!("commit-{}", commit.0.short()))
}

/// Judges one step, and does to the line what it did.
///
/// # Errors
/// A fault of the content.
pub(super) fn step(content: &dyn Content, line: &mut Working<'_>, what: &Step, says: &Says) -> Result<(), Fault> {
    let judge = Judge { content, what, says };
    if judge.took_out(line)? {
        return Ok(());
    }
    // One of ours may have changed no file, where the line had it all; it is a receipt all the same.
    if what.before == what.after && !says.puts() {
        return Ok(());
    }
    line.put(what, &judge.change(line), says.clone())
}

/// Takes off the line what a merge took out of it without a commit of its own, where that is all it did.
///
/// # Errors
/// A fault of the content.
pub(super) fn lost_in_merge(content: &dyn Content, line: &mut Working<'_>, what: &Step) -> Result<bool, Fault> {
    let says = Says::default();
    let judge = Judge { content, what, says: &says };
    let vanished = judge.vanished(line, &BTreeSet::new())?;
    judge.is_without(line, &vanished)
}

struct Judge<'a> {
    content: &'a dyn Content,
    what: &'a Step,
    says: &'a Says,
}

impl Judge<'_> {
    /// The change that a step is put down to. What undoes something that does not lie on the line is nobody's.
    fn change(&self, line: &Working<'_>) -> ChangeKey {
        let Says { change, reverts, brings_back, undoes, .. } = self.says;
        let back = brings_back.iter().map(|commit| unnamed(*commit)).find(|key| line.knows(key));
        let reverted = line.through(reverts).first().map(|ix| line.key(*ix).clone());
        let found = reverted.or_else(|| change.clone()).or(back);
        let is_undone = (*undoes || !reverts.is_empty()) && brings_back.is_empty();
        found.filter(|key| !is_undone || line.held(key).is_some()).unwrap_or_else(|| unnamed(self.what.commit))
    }

    /// Whether it took something out; then it is off the line.
    fn took_out(&self, line: &mut Working<'_>) -> Result<bool, Fault> {
        let claimed = self.claimed(line);
        if self.what.before == self.what.after && !self.says.takes_out() {
            return Ok(false);
        }
        if !claimed.is_empty() {
            return Ok(self.is_without(line, &claimed)? || self.took_out_partly(line, &claimed)?);
        }
        for set in self.suspects(line)? {
            if self.is_without(line, &set)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// What the message says it takes out, as far as it lies on the line.
    fn claimed(&self, line: &Working<'_>) -> BTreeSet<ChangeIx> {
        let mut claimed = line.through(&self.says.reverts);
        if self.says.takes_out() {
            claimed.extend(self.says.change.as_ref().and_then(|key| line.held(key)));
        }
        claimed
    }

    /// What it may have taken out though it does not say so: the change it names, else whatever it undoes to the letter.
    fn suspects(&self, line: &mut Working<'_>) -> Result<Vec<BTreeSet<ChangeIx>>, Fault> {
        if let Some(key) = &self.says.change {
            return Ok(line.held(key).map(|ix| BTreeSet::from([ix])).into_iter().collect());
        }
        let paths = self.paths()?;
        let mut suspects = Vec::new();
        for ix in line.touching(&paths)?.into_iter().take(LOOKED_AT) {
            if line.touched(ix)?.is_subset(&paths) && self.undoes(line, ix)? {
                suspects.push(BTreeSet::from([ix]));
            }
        }
        Ok(suspects)
    }

    /// Whether it is the inverse of what a change did: cheap to ask, before the line is composed without it.
    fn undoes(&self, line: &Working<'_>, ix: ChangeIx) -> Result<bool, Fault> {
        let Some((base, tip)) = line.whole(ix)? else { return Ok(false) };
        let undone = self.content.merge(Merge { base: tip, ours: self.what.before, theirs: base, scope: None })?;
        Ok(undone.conflicts.is_empty() && undone.tree == self.what.after)
    }

    /// Whether it left just what the line holds without some changes; then they are off it.
    fn is_without(&self, line: &mut Working<'_>, set: &BTreeSet<ChangeIx>) -> Result<bool, Fault> {
        if set.is_empty() || line.without(set)? != Some(self.what.after) {
            return Ok(false);
        }
        line.take(set, self.what.commit, self.what.after);
        Ok(true)
    }

    /// A revert that left something else than the line without what it names: others may have made the same edits, which
    /// are gone with it, or somebody settled a conflict by hand. `false` where something of all that it names is left,
    /// or nothing of it was taken.
    fn took_out_partly(&self, line: &mut Working<'_>, claimed: &BTreeSet<ChangeIx>) -> Result<bool, Fault> {
        let mut grown = self.vanished(line, claimed)?;
        grown.extend(claimed);
        if grown.len() > claimed.len() && self.is_without(line, &grown)? {
            return Ok(true);
        }
        let mut gone = BTreeSet::new();
        for ix in claimed {
            if self.leaves_nothing(line, *ix)? {
                gone.insert(*ix);
            }
        }
        if gone.is_empty() {
            return self.took_back(line, claimed);
        }
        let rest = unnamed(self.what.commit);
        match line.without(&gone)? {
            Some(tree) => {
                line.take(&gone, self.what.commit, tree);
                let left = Step { before: tree, ..*self.what };
                if left.before != left.after {
                    line.put(&left, &rest, Says::default())?;
                }
            }
            None => line.absorb(&gone, self.what, &rest)?,
        }
        Ok(true)
    }

    /// What several changes did through the commits that it reverts is taken back from each of them; what else it did is
    /// nobody's. `false` where it is about one change alone, whose all of it is then.
    fn took_back(&self, line: &mut Working<'_>, claimed: &BTreeSet<ChangeIx>) -> Result<bool, Fault> {
        if claimed.len() < 2 {
            return Ok(false);
        }
        for ix in claimed.iter().rev() {
            for (before, after) in line.did(*ix, &self.says.reverts)?.into_iter().rev() {
                let whole = (self.what.after, &PathSet::new());
                let piece = Merge { base: after, ours: line.tree, theirs: before, scope: None };
                let after = towards(self.content, piece, whole)?;
                let step = Step { before: line.tree, after, ..*self.what };
                if step.before != step.after {
                    let key = line.key(*ix).clone();
                    line.put(&step, &key, Says::default())?;
                }
            }
        }
        let rest = Step { before: line.tree, ..*self.what };
        if rest.before != rest.after {
            line.put(&rest, &unnamed(self.what.commit), Says::default())?;
        }
        Ok(true)
    }

    /// Whether nothing of a change is left: carried onto what the change did, here or by itself, the step undoes it. What
    /// it did here may be more, where a conflict was settled.
    fn leaves_nothing(&self, line: &Working<'_>, ix: ChangeIx) -> Result<bool, Fault> {
        let itself = line.revision(ix).filter(|(base, tip)| base != tip);
        for (base, tip) in line.whole(ix)?.into_iter().chain(itself) {
            let merge = Merge { base: self.what.before, ours: tip, theirs: self.what.after, scope: None };
            let left = theirs_wins(self.content, merge)?;
            let mut is_left = false;
            for change in &self.content.delta(base, tip)?.changes {
                is_left |= self.content.leaf(left, &change.path)? != change.before;
            }
            if !is_left {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Changes that were there whole before the step, and are not after it.
    fn vanished(&self, line: &mut Working<'_>, but: &BTreeSet<ChangeIx>) -> Result<BTreeSet<ChangeIx>, Fault> {
        let mut vanished = BTreeSet::new();
        for ix in line.touching(&self.paths()?)?.into_iter().filter(|ix| !but.contains(ix)).take(LOOKED_AT) {
            if line.is_in(ix, self.what.before)? && !line.is_in(ix, self.what.after)? {
                vanished.insert(ix);
            }
        }
        Ok(vanished)
    }

    fn paths(&self) -> Result<PathSet, Fault> {
        let delta = self.content.delta(self.what.before, self.what.after)?;
        Ok(delta.changes.iter().map(|change| change.path.clone()).collect())
    }
}
