//! Changes of a stage that it has not promoted yet, to be asked which of them touch the files of others (`SPEC P3`).

use crate::compose::Composer;
use crate::content::sketch::{ByHash, Hashes};
use crate::ledger::snapshot::Snapshot;
use crate::records::line::{Item, Source};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{RevisionNo, StageName};
use crate::words::object::RepoPath;

/// The changes, and what they touch, roughly.
pub(super) struct Unpromoted {
    items: Vec<Item>,
    by_hash: ByHash,
}

impl Unpromoted {
    /// Those of a stage.
    pub(super) fn at(composer: Composer<'_>, snapshot: &Snapshot<'_>, stage: &StageName) -> Self {
        let items = items(composer, snapshot, stage).unwrap_or_default();
        let by_hash = ByHash::of(items.iter().map(|item| composer.sketch(item)));
        Self { items, by_hash }
    }

    /// The first that touches a file which a change touches as well, with the file.
    ///
    /// # Errors
    /// A fault of the content.
    pub(super) fn meeting(
        &self,
        composer: Composer<'_>,
        (change, revision): (ChangeIx, RevisionNo),
    ) -> Result<Option<(ChangeIx, RepoPath)>, Fault> {
        if self.items.is_empty() {
            return Ok(None);
        }
        let mine = composer.touched(&whole(composer, change, revision))?;
        for place in self.by_hash.may_touch(&Hashes::of(&mine)) {
            let other = &self.items[place];
            if other.change != change
                && let Some(path) = composer.touched_among(other, &mine)?.pop_first()
            {
                return Ok(Some((other.change, path)));
            }
        }
        Ok(None)
    }
}

fn items(composer: Composer<'_>, snapshot: &Snapshot<'_>, stage: &StageName) -> Option<Vec<Item>> {
    let stage = snapshot.pipeline.stage(stage)?;
    let line = snapshot.state.lines.get(&stage.name)?;
    let mut unpromoted = roaring::RoaringBitmap::new();
    for next in stage.next.iter().filter_map(|next| snapshot.state.lines.get(next)) {
        unpromoted |= line.receipts.ahead_of(&next.receipts);
    }
    unpromoted -= &snapshot.state.excluded;
    let held = unpromoted.iter().map(ChangeIx).filter_map(|ix| Some((ix, line.receipts.revision(ix)?)));
    Some(held.map(|(change, revision)| whole(composer, change, revision)).collect())
}

/// A whole revision of a change, wherever it is.
fn whole(composer: Composer<'_>, change: ChangeIx, revision: RevisionNo) -> Item {
    let commit = composer.state.at(change).latest().tip;
    Item { change, revision, source: Source::Revision, commit, operation: None, resolutions: Vec::new() }
}
