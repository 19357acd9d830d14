//! The part of the fold that moves stages' lines.

use crate::ledger::entry::Imported;
use crate::ledger::state::State;
use crate::records::line::{Line, Source};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Redecided;
use crate::words::names::{ChangeKey, RevisionNo, StageName};
use crate::words::object::{CommitId, TreeId};

/// What taking a change off a line came to.
pub(super) struct Removal<'a> {
    pub head: CommitId,
    pub tree: TreeId,
    pub decided: &'a [Redecided],
}

/// A line as it is taken in, before its items.
pub(super) fn adopted(base: (CommitId, TreeId), now: (CommitId, TreeId)) -> Line {
    Line { head: now.0, previous_head: now.0, tree: now.1, ..Line::new(base.0, base.1) }
}

impl State {
    pub(super) fn adopt_stage(&mut self, stage: &StageName, line: Line, items: &[Imported]) -> Result<(), String> {
        self.lines.insert(stage.clone(), line);
        items.iter().try_for_each(|item| self.put_item(stage, item))
    }

    pub(super) fn adopt_commits(
        &mut self,
        stage: &StageName,
        now: (CommitId, TreeId),
        items: &[Imported],
    ) -> Result<(), String> {
        items.iter().try_for_each(|item| self.put_item(stage, item))?;
        self.line_known(stage).map(|line| (line.head, line.tree) = now)
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
        let change = self.index_of(key)?;
        let line = self.line_known(stage)?;
        if !line.receipts.holds(change) {
            return Err(format!("{key} is taken off {stage}, which does not hold it"));
        }
        line.items.retain(|item| item.change != change);
        for Redecided { commit, resolution } in removal.decided {
            let about = line.items.iter_mut().filter(|item| item.commit == *commit);
            about.for_each(|item| item.resolutions.push(resolution.clone()));
        }
        line.receipts.remove(change);
        (line.head, line.tree) = (removal.head, removal.tree);
        Ok(())
    }

    fn put_item(&mut self, stage: &StageName, item: &Imported) -> Result<(), String> {
        let change = self.revision_known(&item.change, item.revision)?;
        let line = self.line_known(stage)?;
        line.receipts.put(change, item.revision);
        line.items.push(item.clone().renamed(&|_| Ok::<_, String>(change))?);
        Ok(())
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
