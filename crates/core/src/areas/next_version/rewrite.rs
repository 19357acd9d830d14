//! The version that takes demoted changes out of an area and brings in what was rewritten without them (`SPEC D7`).

use super::{Draft, Next, stops};
use crate::ledger::plan::Stop;
use crate::records::deployment::Deployment;
use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::records::version::{VersionChange, VersionKind};
use std::collections::BTreeSet;

impl Next<'_> {
    /// What the stage does not hold any more goes out, and what it holds otherwise comes in: one version, because
    /// neither can be without the other.
    pub(super) fn rewrite(&self, asked: &Deployment) -> Result<Option<Draft>, Stop> {
        let (coming, going) = self.exchanged(asked)?;
        if coming.is_empty() && going.is_empty() {
            return Ok(None);
        }
        let moving: Vec<ChangeIx> = going.iter().chain(&coming).copied().collect();
        let moving: BTreeSet<ChangeIx> = moving.into_iter().collect();
        let stays = self.held.held.iter().map(|(change, _)| *change).filter(|change| !going.contains(change));
        let after = stays.chain(coming.iter().copied()).collect();
        let split = self.split(moving.clone(), after)?;
        // What came in can be rolled back as any deployment can, and later ones may depend on it.
        let kind = if coming.is_empty() { VersionKind::Rollback } else { VersionKind::Deploy };
        let mut draft = Draft::new(kind, self.wanted_now());
        if !split.partial.is_empty() {
            self.recompose(&mut draft, &moving)?;
            let items = coming.iter().flat_map(|change| self.line.items_of(*change)).cloned();
            let mut there = self.held.items();
            there.retain(|item| !moving.contains(&item.change));
            self.carry_partly(&mut draft, (items, there), &split)?;
        }
        draft.wanted = self.take_from_stage(draft.wanted, &split.whole)?;
        let gone = |change: &ChangeIx| VersionChange {
            change: *change,
            after: None,
            before: self.held.holding(*change).cloned(),
        };
        draft.changes = coming.iter().map(|change| self.brought(*change)).chain(going.iter().map(gone)).collect();
        let since = going.iter().filter_map(|ix| self.held.holding(*ix)).map(|holding| holding.since).max();
        draft.reverts = since.filter(|_| coming.is_empty());
        Ok(Some(draft))
    }

    /// What comes in, in the stage's order, and what goes out.
    fn exchanged(&self, asked: &Deployment) -> Result<(Vec<ChangeIx>, Vec<ChangeIx>), Stop> {
        let (mut coming, mut going) = (Vec::new(), Vec::new());
        for (key, _) in &asked.changes {
            let (ix, change) = self.snapshot.change(key)?;
            let holding = self.held.holding(ix);
            let Some(revision) = self.line.receipts.revision(ix) else {
                going.extend(holding.map(|_| ix));
                continue;
            };
            let items: Vec<Item> = self.line.items_of(ix).cloned().collect();
            if holding.is_some_and(|holding| holding.items == items) {
                continue;
            }
            if let Some(task) = change.open_task(&self.area.name, revision) {
                return Err(stops::task_open(key, task.number, &task.text, self.area).into());
            }
            coming.push(ix);
        }
        coming.sort_by_key(|ix| self.line.items.iter().position(|item| item.change == *ix));
        Ok((coming, going))
    }
}
