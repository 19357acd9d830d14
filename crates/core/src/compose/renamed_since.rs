//! A file that an item deletes, and that the line has under a name that others gave it, with too little left of what it was
//! for a merge to see that it is the same: the deletion finds nothing there, as in git, and the file stays. Somebody should
//! know.

use crate::compose::Composer;
use crate::content::sketch::Hashes;
use crate::records::line::Item;
use crate::words::fault::Fault;
use crate::words::object::{RepoPath, TreeId};

/// The code of the warning.
pub(super) const STAYS: &str = "renamed-file-stays";

impl Composer<'_> {
    /// The files that an item deletes under one name and that a tree keeps under another, each with both names. The tree
    /// was made by some items, in order.
    ///
    /// # Errors
    /// A fault of the content.
    pub(super) fn renamed_since<'i, I: Iterator<Item = &'i Item>>(
        &self,
        item: &Item,
        items: impl Fn() -> I,
        (ours, made): (TreeId, TreeId),
    ) -> Result<Vec<(RepoPath, RepoPath)>, Fault> {
        let mut found = Vec::new();
        let Some((base, theirs)) = self.trees(item)? else { return Ok(found) };
        let did = self.content.delta(base, theirs)?;
        for one in did.changes.iter().filter(|one| one.after.is_none()) {
            let renames = did.renames_at(&one.path).any(|(from, _)| *from == one.path);
            if renames || self.content.leaf(ours, &one.path)?.is_some() {
                continue;
            }
            if let Some(name) = self.name_since(items(), &one.path)?
                && self.content.leaf(made, &name)?.is_some()
            {
                found.push((one.path.clone(), name));
            }
        }
        Ok(found)
    }

    /// What a file is called that some items renamed; `None` where it is gone, or has its name.
    fn name_since<'i>(
        &self,
        items: impl Iterator<Item = &'i Item>,
        path: &RepoPath,
    ) -> Result<Option<RepoPath>, Fault> {
        let mut name = Some(path.clone());
        for item in items {
            if !self.may_touch(item, &Hashes::of([path].into_iter().chain(&name))) {
                continue;
            }
            let Some((base, theirs)) = self.trees(item)? else { continue };
            let did = self.content.delta(base, theirs)?;
            if did.change(path).is_some_and(|one| one.before.is_none()) {
                name = Some(path.clone());
            }
            let Some(now) = name.clone() else { continue };
            if did.change(&now).is_some_and(|one| one.after.is_none()) {
                let to = did.renames_at(&now).find(|(from, _)| *from == now);
                name = to.map(|(_, to)| to.clone());
            }
        }
        Ok(name.filter(|name| name != path))
    }
}
