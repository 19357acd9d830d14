//! Whether what comes of a newer revision alone settles what the update conflicts over.

use super::Update;
use super::afresh::{Afresh, answers};
use crate::compose::settle::Settled;
use crate::content::folders::moved_folder;
use crate::content::{Conflict, ConflictKind, Merge, PathSet};
use crate::records::resolution::Resolution;
use crate::words::fault::Fault;

impl Update<'_> {
    /// Whether each conflict was answered there, or is about nothing that the newer revision does; and where that was rebased,
    /// whether all of it came to something, for nothing else would say so on the lowest stage.
    pub(super) fn is_settled_by(&self, came: &Afresh, (group, open): (&PathSet, &[&Conflict])) -> Result<bool, Fault> {
        let made = &came.made;
        let answers: Vec<&Resolution> = answers(&made.decided).collect();
        for conflict in open {
            if !answers.iter().any(|one| one.is_about(conflict)) && !self.is_placed(conflict, made)? {
                return Ok(false);
            }
        }
        let is_told = open.is_empty() || !answers.is_empty() || self.old.base_tree == self.new.base_tree;
        Ok(is_told || self.is_whole(came, group)?)
    }

    /// Whether all that the newer revision does came to something: put back onto its own ground, it is what it was.
    fn is_whole(&self, came: &Afresh, group: &PathSet) -> Result<bool, Fault> {
        let (content, new) = (self.composer.content, self.new);
        let merge = Merge { base: came.without, ours: new.base_tree, theirs: came.made.tree, scope: Some(group) };
        let back = content.merge(merge)?;
        for path in group {
            let conflict = back.conflicts.iter().find(|conflict| conflict.names().any(|name| name == path));
            let stands = match conflict {
                None => Some(content.leaf(back.tree, path)?),
                Some(conflict) => self.composer.by_element(conflict)?.map(|made| made.result),
            };
            if stands != Some(content.leaf(new.tip_tree, path)?) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether files stand where the newer revision has them that a conflict is about. That its folder moved shows in other
    /// files of it: without them a new one would stay where it is. Where two moved one file, it is at the place of only one of
    /// them, and where a file meets a folder, only one of them stands.
    fn is_placed(&self, conflict: &Conflict, made: &Settled) -> Result<bool, Fault> {
        if !conflict.kind.is_about_places() {
            return Ok(true);
        }
        let places = conflict.places.ours.iter().chain(&conflict.places.theirs);
        let mut folders =
            places.flat_map(|at| [moved_folder(&conflict.path, at), moved_folder(at, &conflict.path)]).flatten();
        let moves = |folder| self.own.renames.iter().any(|(from, to)| moved_folder(from, to) == Some(folder));
        if conflict.kind == ConflictKind::FolderRename && folders.any(moves) {
            return Ok(false);
        }
        for (name, change) in conflict.names().filter_map(|name| Some((name, self.own.change(name)?))) {
            let is_edit = change.before.is_some() == change.after.is_some();
            let stands = || Ok::<_, Fault>(self.composer.content.leaf(made.tree, name)?.is_some());
            let is_placed = match conflict.kind {
                ConflictKind::Rename => is_edit || change.after.is_some() == stands()?,
                kind => is_edit && kind == ConflictKind::FolderRename,
            };
            if !is_placed {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
