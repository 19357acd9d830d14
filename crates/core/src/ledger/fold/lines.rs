//! The part of the fold that moves stages' lines.

use crate::ledger::entry::Imported;
use crate::ledger::fold::Attribution;
use crate::ledger::state::State;
use crate::records::line::{Item, Line, Source, TakenOff, TakenOut};
use crate::records::promotion::{Direction, MoveStatus, Promotion};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Redecided;
use crate::words::names::{ChangeKey, OperationKind, RevisionNo, StageName, Time, UserName};
use crate::words::object::{CommitId, TreeId};

/// What taking a change off a line came to.
pub(super) struct Removal<'a> {
    pub head: CommitId,
    pub tree: TreeId,
    pub decided: &'a [Redecided],
    pub told: Attribution<'a>,
}

/// Which commit took a change off a branch that was taken in later, and whose that is.
pub(super) struct Earlier<'a> {
    pub commit: CommitId,
    pub by: &'a UserName,
    pub at: Time,
}

/// A line as it is taken in, what stands on it, and by whom.
pub(super) struct Adopted<'a> {
    pub line: Line,
    pub items: &'a [Imported],
    pub told: Attribution<'a>,
}

fn taken_out(revision: RevisionNo, told: Attribution<'_>) -> TakenOut {
    TakenOut { revision, by: told.by.clone(), at: told.at, reason: told.reason.map(str::to_owned) }
}

/// A line as it is taken in, before its items.
pub(super) fn adopted(base: (CommitId, TreeId), now: (CommitId, TreeId)) -> Line {
    Line { head: now.0, previous_head: now.0, tree: now.1, ..Line::new(base.0, base.1) }
}

impl State {
    /// What the branch held before and does not hold now was taken out by whoever adopts it; what had been taken out
    /// before stays so.
    pub(super) fn adopt_stage(&mut self, stage: &StageName, adopted: Adopted<'_>) -> Result<(), String> {
        let Adopted { line, items, told } = adopted;
        let before = self.lines.insert(stage.clone(), line);
        items.iter().try_for_each(|item| self.put_item(stage, item))?;
        let Some(before) = before else { return Ok(()) };
        let line = self.line_known(stage)?;
        let gone = before.receipts.iter().filter_map(|ix| Some((ix, taken_out(before.receipts.revision(ix)?, told))));
        line.taken_out = before.taken_out.clone().into_iter().chain(gone).collect();
        line.taken_out.retain(|ix, _| !line.receipts.holds(*ix));
        line.came_down = before.came_down;
        Ok(())
    }

    /// What others took off counts as taken out by whoever takes that in; why is said by the commit.
    pub(super) fn adopt_commits(
        &mut self,
        stage: &StageName,
        (removed, adopted): (&[TakenOff], Adopted<'_>),
    ) -> Result<(), String> {
        let Adopted { line: Line { head, tree, .. }, items, told } = adopted;
        for TakenOff { change, commit } in removed {
            let why = format!("commit {} took it out", commit.0.short());
            self.take_out(stage, change, Attribution { reason: Some(&why), ..told })?;
        }
        items.iter().try_for_each(|item| self.put_item(stage, item))?;
        self.line_known(stage).map(|line| (line.head, line.tree) = (head, tree))
    }

    pub(super) fn apply(&mut self, stage: &StageName, item: &Imported, tree: TreeId) -> Result<(), String> {
        self.put_item(stage, item)?;
        let line = self.line_known(stage)?;
        // What the base holds already is receipted without a commit (`SPEC C3`).
        if item.source != Source::Held {
            (line.head, line.tree) = (item.commit, tree);
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, stage: &StageName, key: &ChangeKey, removal: Removal<'_>) -> Result<(), String> {
        self.take_out(stage, key, removal.told)?;
        let line = self.line_known(stage)?;
        for Redecided { commit, resolution } in removal.decided {
            let about = line.items.iter_mut().filter(|item| item.commit == *commit);
            about.for_each(|item| item.resolutions.push(resolution.clone()));
        }
        (line.head, line.tree) = (removal.head, removal.tree);
        Ok(())
    }

    fn take_out(&mut self, stage: &StageName, key: &ChangeKey, told: Attribution<'_>) -> Result<(), String> {
        let change = self.index_of(key)?;
        let line = self.line_known(stage)?;
        let Some(held) = line.receipts.revision(change) else {
            return Err(format!("{key} is taken off {stage}, which does not hold it"));
        };
        line.items.retain(|item| item.change != change);
        line.receipts.remove(change);
        line.taken_out.insert(change, taken_out(held, told));
        Ok(())
    }

    /// Who took it out is said by the commit, not by whoever takes the branch in.
    pub(super) fn taken_out_before(
        &mut self,
        stage: &StageName,
        (key, revision): (&ChangeKey, RevisionNo),
        Earlier { commit, by, at }: Earlier<'_>,
    ) -> Result<(), String> {
        let change = self.revision_known(key, revision)?;
        let line = self.line_known(stage)?;
        if line.receipts.holds(change) {
            return Err(format!("{key} was taken off {stage} before, which holds it"));
        }
        let reason = Some(format!("commit {} took it out", commit.0.short()));
        line.taken_out.insert(change, TakenOut { revision, by: by.clone(), at, reason });
        Ok(())
    }

    fn put_item(&mut self, stage: &StageName, item: &Imported) -> Result<(), String> {
        let change = self.revision_known(&item.change, item.revision)?;
        let mut new = item.clone().renamed(&|_| Ok::<_, String>(change))?;
        self.name_source(&mut new);
        let line = self.line_known(stage)?;
        line.receipts.put(change, item.revision);
        line.taken_out.remove(&change);
        // A demotion only rewrites what stays: how that came to the stage is as it was.
        if item.operation.is_none_or(|operation| operation.kind != OperationKind::Demotion) {
            line.came_down.remove(change.0);
        }
        line.items.push(new);
        Ok(())
    }

    /// What a commit did is most often just what the revision is: then its trees need not be kept once more.
    pub(super) fn name_source(&self, item: &mut Item) {
        let Source::Commit { base, theirs } = item.source else { return };
        if self.outline(item.change, item.revision).is_some_and(|one| one.trees() == (base, theirs)) {
            item.source = Source::Revision;
        }
    }

    /// A back-promotion that moved says of its changes that they came down.
    pub(super) fn remember_direction(&mut self, promotion: &Promotion) {
        if promotion.direction == Direction::Forward {
            return;
        }
        let moved = promotion.changes.iter().filter(|chosen| chosen.status == MoveStatus::Moved);
        let moved: Vec<ChangeIx> = moved.filter_map(|chosen| Some(self.change(&chosen.change)?.0)).collect();
        let Some(line) = self.lines.get_mut(&promotion.destination) else { return };
        for ix in moved {
            // The record is told of again later: what moved the change since counts more.
            let last = line.items.iter().rev().find(|item| item.change == ix);
            if last.is_some_and(|item| item.operation == Some(promotion.id)) {
                line.came_down.insert(ix.0);
            }
        }
    }

    fn line_known(&mut self, stage: &StageName) -> Result<&mut Line, String> {
        self.lines.get_mut(stage).ok_or_else(|| format!("stage {stage} was never taken in"))
    }

    /// The number of a change that has a revision.
    pub(super) fn revision_known(&self, key: &ChangeKey, revision: RevisionNo) -> Result<ChangeIx, String> {
        let change = self.index_of(key)?;
        match self.at(change).revision(revision) {
            Some(_) => Ok(change),
            None => Err(format!("{key} has no revision {revision}")),
        }
    }
}
