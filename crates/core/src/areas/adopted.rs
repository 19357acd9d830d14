//! Which changes an area holds once what stands at its place was taken as it is (`SPEC A15`): a refreshed sandbox has
//! lost some, and may have others.

use crate::content::Content;
use crate::ledger::snapshot::Snapshot;
use crate::pipeline::area::Area;
use crate::records::change::Change;
use crate::records::receipt::ChangeIx;
use crate::records::version::{Holding, VersionChange};
use crate::words::fault::Fault;
use crate::words::names::RevisionNo;
use crate::words::object::{Leaf, PathChange, TreeId};

/// The changes that come or go with it, told by content alone: one is gone where every file it touches stands as before
/// it, and there where each stands as it left them. What can be told neither way stays as it was.
///
/// # Errors
/// A fault of the content.
pub fn moved(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    area: &Area,
    wanted: TreeId,
) -> Result<Vec<VersionChange>, Fault> {
    let state = snapshot.state;
    let Some(line) = state.lines.get(&area.stage) else { return Ok(Vec::new()) };
    let held = state.area(&area.name);
    let taken = Taken { content, area, wanted };
    let stands = |ix: ChangeIx, number, side: Side| taken.stands(state.at(ix), number, side);
    let mut moved = Vec::new();
    for (change, holding) in &held.held {
        if stands(*change, holding.revision, |file| file.before)? {
            moved.push(VersionChange { change: *change, after: None, before: Some(holding.clone()) });
        }
    }
    for change in line.receipts.iter() {
        let Some(revision) = line.receipts.revision(change) else { continue };
        let before = held.holding(change).cloned();
        let is_held = before.as_ref().is_some_and(|before| before.revision == revision);
        if !is_held && stands(change, revision, |file| file.after)? {
            let items = line.items_of(change).cloned().collect();
            let after = Some(Holding { revision, since: held.next_number(), items });
            moved.retain(|other| other.change != change);
            moved.push(VersionChange { change, after, before });
        }
    }
    Ok(moved)
}

/// What a file was before a change, or after it.
type Side = fn(&PathChange) -> Option<Leaf>;

/// What was taken as it stands.
struct Taken<'a> {
    content: &'a dyn Content,
    area: &'a Area,
    wanted: TreeId,
}

impl Taken<'_> {
    /// Whether every file of a change that the area gets stands as on one side of it; not where there is none.
    fn stands(&self, change: &Change, number: RevisionNo, side: Side) -> Result<bool, Fault> {
        let Some(revision) = change.revision(number) else { return Ok(false) };
        let delta = self.content.delta(revision.base_tree, revision.tip_tree)?;
        let mut any = false;
        for file in delta.changes.iter().filter(|file| self.area.filter.map(&file.path).is_some()) {
            if self.content.leaf(self.wanted, &file.path)? != side(file) {
                return Ok(false);
            }
            any = true;
        }
        Ok(any)
    }
}
