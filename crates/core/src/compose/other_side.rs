//! Who made the other side of a conflict (`SPEC X1`).

use crate::compose::Composer;
use crate::content::folders::{MovedFolder, is_in, moved_folder};
use crate::content::sketch::Hashes;
use crate::content::{Conflict, ConflictKind, PathSet};
use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::object::{RepoPath, TreeId};

impl Composer<'_> {
    /// Who made the other side of an item's conflict: the change after which it conflicts and before which it did not;
    /// where it conflicted all along, whoever touched the path last. `None` for what the line began with.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn other_side(
        &self,
        (begun, items): (TreeId, &[Item]),
        item: &Item,
        conflict: &Conflict,
    ) -> Result<Option<ChangeIx>, Fault> {
        let path = &conflict.path;
        if conflict.kind == ConflictKind::FileFolder
            && let Some(other) = self.who_stands_in_the_way(items, conflict.places.theirs.as_ref().unwrap_or(path))?
        {
            return Ok(Some(other));
        }
        if conflict.kind != ConflictKind::FolderRename {
            return self.who_touched((begun, items), item, path);
        }
        // Nobody else touched a file that is new in a folder that moved.
        match conflict.places.ours.as_ref().and_then(|ours| moved_folder(path, ours)) {
            Some(folder) => self.who_moved(items, folder),
            None => self.who_added(items, path),
        }
    }

    /// Who put a file where a folder is wanted, or something into a folder where a file is.
    fn who_stands_in_the_way(&self, items: &[Item], path: &RepoPath) -> Result<Option<ChangeIx>, Fault> {
        for item in items.iter().rev() {
            let Some((base, theirs)) = self.trees(item)? else { continue };
            let did = self.content.delta(base, theirs)?;
            let put = did.changes.iter().filter(|one| one.after.is_some());
            if put.map(|one| &one.path).any(|one| is_in(one, path) || is_in(path, one)) {
                return Ok(Some(item.change));
            }
        }
        Ok(None)
    }

    fn who_added(&self, items: &[Item], path: &RepoPath) -> Result<Option<ChangeIx>, Fault> {
        let touching = self.touching(items, path)?;
        for item in touching.iter().rev() {
            let Some((base, theirs)) = self.trees(item)? else { continue };
            if self.content.delta(base, theirs)?.change(path).is_some_and(|one| one.before.is_none()) {
                return Ok(Some(item.change));
            }
        }
        Ok(touching.last().map(|item| item.change))
    }

    /// Who moved a folder; where it went there by several moves, who made the last of them.
    fn who_moved(&self, items: &[Item], folder: MovedFolder<'_>) -> Result<Option<ChangeIx>, Fault> {
        let mut last = None;
        for item in items.iter().rev() {
            if self.sketch(item).is_some_and(|sketch| !sketch.renames()) {
                continue;
            }
            let Some((base, theirs)) = self.trees(item)? else { continue };
            let did = self.content.delta(base, theirs)?;
            let moved = || did.renames.iter().filter_map(|(from, to)| moved_folder(from, to));
            if moved().any(|moved| moved == folder) {
                return Ok(Some(item.change));
            }
            if last.is_none() && moved().any(|moved| moved.to == folder.to) {
                last = Some(item.change);
            }
        }
        Ok(last)
    }

    fn who_touched(
        &self,
        (mut tree, items): (TreeId, &[Item]),
        item: &Item,
        path: &RepoPath,
    ) -> Result<Option<ChangeIx>, Fault> {
        let touching = self.touching(items, path)?;
        let scope = self.tied(items, PathSet::from([path.clone()]))?;
        let conflicts = |tree: TreeId| -> Result<bool, Fault> {
            Ok(self.carry_within(tree, item, &scope)?.conflicts.iter().any(|conflict| conflict.path == *path))
        };
        let (mut before, mut made) = (conflicts(tree)?, None);
        for one in &touching {
            tree = self.carry_within(tree, one, &scope)?.tree;
            let after = conflicts(tree)?;
            if after != before {
                made = after.then_some(one.change);
            }
            before = after;
        }
        let others = touching.iter().rev().map(|one| one.change);
        let last = others.clone().find(|change| *change != item.change).or(others.clone().next());
        Ok(made.or(last))
    }

    fn touching<'i>(&self, items: &'i [Item], path: &RepoPath) -> Result<Vec<&'i Item>, Fault> {
        let paths = PathSet::from([path.clone()]);
        let hashes = Hashes::of(&paths);
        let mut touching = Vec::new();
        for item in items.iter().filter(|item| self.may_touch(item, &hashes)) {
            if self.meets(item, &paths)? {
                touching.push(item);
            }
        }
        Ok(touching)
    }
}
