//! A file that a change was to move onto another, and that stays where it was because somebody settled it so. What a newer
//! revision does to it starts there, and whether it moves is asked again (`SPEC L4`).

use crate::compose::{Composer, Difference};
use crate::content::{Conflict, ConflictKind, Merge, Merged, Sides};
use crate::records::line::{Item, Line, Source};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};
use std::borrow::Cow;

/// A file that stays where it was.
struct Unmoved {
    from: RepoPath,
    /// Where it was to go.
    to: RepoPath,
    /// What it was before the older revision.
    began: Option<Leaf>,
    /// What stood before it where it was to go.
    stood: Option<Leaf>,
}

/// What stays on a line where a change was to put something else, as its newest item there says.
pub(super) fn stays(line: &Line, change: ChangeIx) -> Vec<Resolution> {
    let Some(newest) = line.items_of(change).last() else { return Vec::new() };
    let moved = |one: &Resolution| {
        newest.resolutions.iter().any(|new| new.path == one.path && one.at.iter().all(|at| new.left.contains(at)))
    };
    newest.resolutions.iter().filter(|one| is_beside(one) && !moved(one)).cloned().collect()
}

impl Composer<'_> {
    /// A difference as it meets a tree: what its older revision did to a file that stays where it was came to nothing.
    pub(super) fn as_unmoved<'d>(
        &self,
        (ours, item): (TreeId, &Item),
        difference: &'d Difference,
    ) -> Result<Cow<'d, Difference>, Fault> {
        let stays = self.unmoved((ours, item), difference)?;
        if stays.is_empty() {
            return Ok(Cow::Borrowed(difference));
        }
        let began = stays.into_iter().flat_map(|one| [(one.from, one.began), (one.to, one.stood)]);
        let base = self.content.edit(difference.base, &began.collect::<Vec<_>>())?;
        Ok(Cow::Owned(Difference { base, ..difference.clone() }))
    }

    /// The two trees between which an item's difference lies as it meets a tree; `None` for what the base holds already.
    pub(super) fn trees_met(&self, (ours, item): (TreeId, &Item)) -> Result<Option<(TreeId, TreeId)>, Fault> {
        let Some(difference) = self.difference(item)? else { return Ok(None) };
        let met = self.as_unmoved((ours, item), &difference)?;
        Ok(Some((met.base, met.theirs)))
    }

    /// Asks about those that were to go where nothing shall be: a merge would not.
    pub(super) fn ask_again(&self, merge: Merge<'_>, item: &Item, merged: &mut Merged) -> Result<(), Fault> {
        if !matches!(item.source, Source::Update { .. }) {
            return Ok(());
        }
        for (from, to) in ties(item).filter(|(_, to)| merge.scope.is_none_or(|scope| scope.contains(*to))) {
            let leaf = |tree, path| self.content.leaf(tree, path);
            let goes = leaf(merge.base, from)?.is_some() && leaf(merge.theirs, from)?.is_none();
            let comes = leaf(merge.base, to)?.is_none() && leaf(merge.theirs, to)?.is_some();
            let (here, there) = (leaf(merge.ours, from)?, leaf(merge.ours, to)?);
            let is_open = merged.conflicts.iter().any(|one| one.names().any(|name| name == to));
            if goes && comes && here.is_some() && there.is_none() && !is_open {
                let sides = Sides { base: None, ours: None, theirs: leaf(merge.theirs, to)? };
                let mut conflict = Conflict::new(to.clone(), ConflictKind::Rename, sides);
                conflict.places.left = vec![from.clone()];
                merged.conflicts.push(conflict);
                merged.tree = self.content.edit(merged.tree, &[(to.clone(), None), (from.clone(), here)])?;
            }
        }
        Ok(())
    }

    fn unmoved(&self, (ours, item): (TreeId, &Item), difference: &Difference) -> Result<Vec<Unmoved>, Fault> {
        let mut found = Vec::new();
        let Source::Update { from: older } = item.source else { return Ok(found) };
        let Some(older) = self.state.at(item.change).revision(older) else { return Ok(found) };
        if ties(item).next().is_none() {
            return Ok(found);
        }
        let did = self.content.delta(older.base_tree, older.tip_tree)?;
        for (from, to) in ties(item) {
            let leaf = |tree, path| self.content.leaf(tree, path);
            let made = leaf(older.tip_tree, to)?;
            // What it was rebased onto may have given it another ground there.
            let is_made = leaf(difference.base, to)? == made && leaf(difference.base, from)?.is_none();
            let edits = leaf(difference.theirs, to)? != made || leaf(difference.theirs, from)?.is_some();
            let stays = leaf(ours, from)?.is_some() && leaf(ours, to)? != made;
            if did.renames_to(to).any(|(name, _)| name == from) && is_made && edits && stays {
                let (began, stood) = (leaf(older.base_tree, from)?, leaf(older.base_tree, to)?);
                found.push(Unmoved { from: from.clone(), to: to.clone(), began, stood });
            }
        }
        Ok(found)
    }
}

/// What stays somewhere though an item was to put it elsewhere: `(from, to)`.
fn ties(item: &Item) -> impl Iterator<Item = (&RepoPath, &RepoPath)> {
    item.resolutions.iter().filter(|one| is_beside(one)).filter_map(|one| Some((one.at.as_ref()?, &one.path)))
}

fn is_beside(one: &Resolution) -> bool {
    one.by == Settler::Followed && one.sides.base.is_none()
}
