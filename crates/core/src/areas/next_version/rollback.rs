//! The version that takes a whole deployment back (`SPEC R1` to `R4`).

use super::{Draft, Next};
use crate::areas::{brought_back, revertible};
use crate::content::Merge;
use crate::ledger::plan::Stop;
use crate::records::version::{VersionChange, VersionKind};
use crate::words::names::VersionNo;

impl Next<'_> {
    /// A whole deployment goes out, and what gave way to it comes back.
    pub(super) fn rollback(&self, number: VersionNo) -> Result<Draft, Stop> {
        let version = revertible::check(self.snapshot, self.content, self.area, number)?;
        let before = self.held.before(number).map_or(self.line.base_tree, |before| before.wanted);
        let now = self.wanted_now();
        let (whole, merged) = brought_back::scope(self.snapshot, self.content, self.area, version)?;
        let scope = Some(&merged);
        let merge = Merge { base: version.wanted, ours: now, theirs: before, scope };
        let wanted = self.content.merge(merge)?.tree;
        let delta = self.content.delta(before, version.wanted)?;
        let mine = delta.changes.iter().filter(|one| whole.contains(&one.path));
        let back: Vec<_> = mine.map(|one| (one.path.clone(), one.before)).collect();
        let wanted = self.content.edit(wanted, &back)?;
        // What it brought and is still of it; then what comes back with the paths.
        let still = |moved: &&VersionChange| self.held.holding(moved.change).is_some_and(|held| held.since == number);
        let changes = version.changes.iter().filter(still).map(|moved| VersionChange {
            change: moved.change,
            after: moved.before.clone(),
            before: moved.after.clone(),
        });
        let back = brought_back::brought_back(self.snapshot, self.content, self.area, version)?.into_iter();
        let back = back.map(|(change, holding)| VersionChange { change, after: Some(holding), before: None });
        // What the filter does not let in any more is not the area's to bring back.
        let overwritten = version.overwritten.iter().filter(|one| self.area.filter.origin(&one.path).is_some());
        Ok(Draft {
            changes: changes.chain(back).collect(),
            restore: overwritten.cloned().collect(),
            reverts: Some(number),
            ..Draft::new(VersionKind::Rollback, wanted)
        })
    }
}
