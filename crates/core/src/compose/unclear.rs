//! Paths of a rebased revision on which what it did cannot be told apart from what it was rebased onto (`SPEC L4`): they are
//! a person's to decide, unless the tree holds that as well.

use crate::compose::{Composer, Decision, Difference, Rules};
use crate::content::entry::Places;
use crate::content::filetype::{FileType, Strategy};
use crate::content::{Blended, Conflict, ConflictKind, Merge, Merged, Sides, Weave};
use crate::records::line::Item;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};

/// Why a person is asked.
const APART: &str = "what is new in this revision cannot be told apart from what it was rebased onto";

/// Whether a conflict is about what a revision was rebased onto.
pub fn is_unclear(conflict: &Conflict) -> bool {
    conflict.why.as_deref() == Some(APART)
}

/// What a rebased revision has at a path.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Unclear {
    pub(super) path: RepoPath,
    /// What stood there where the change began before, and where it was rebased onto.
    pub(super) onto: [Option<Leaf>; 2],
    /// Whether the older revision did nothing there.
    pub(super) is_new: bool,
    /// What the revision has there, with what others gave.
    pub(super) wanted: Option<Leaf>,
}

/// A conflict about one, with what it was rebased from and onto.
pub(super) struct Open {
    pub(super) conflict: Conflict,
    onto: [Option<Leaf>; 2],
}

impl Composer<'_> {
    /// What is open of a difference once it was merged. What was put together by lines where the change stood before is no
    /// result where it breaks a file: neither side ever held it.
    pub(super) fn open(
        &self,
        merge: Merge<'_>,
        merged: &mut Merged,
        difference: &Difference,
    ) -> Result<Vec<Open>, Fault> {
        let is_here = |one: &&Unclear| merge.scope.is_none_or(|scope| scope.contains(&one.path));
        let mut open = Vec::new();
        for one in difference.unclear.iter().filter(is_here) {
            let sides = self.sides(merge, one)?;
            open.push(conflict(one, sides, APART.to_owned()));
        }
        for one in difference.put_together.iter().filter(is_here) {
            // The line may know the file by another name, and the edit went along.
            let elsewhere = merged.followed.iter().find(|(there, _)| *there == one.path).map(|(_, here)| here.clone());
            let here = elsewhere.clone().unwrap_or_else(|| one.path.clone());
            let sides = Sides { ours: self.content.leaf(merge.ours, &here)?, ..self.sides(merge, one)? };
            if one.is_new && one.onto[1] == sides.ours {
                // What it was made on stands here, to the byte: so does it then, and no lines are put together.
                merged.tree = self.content.edit(merged.tree, &[(here.clone(), one.wanted)])?;
                merged.blended.retain(|blended| blended.path != here);
                merged.conflicts.retain(|conflict| conflict.path != here);
                continue;
            }
            let made = self.content.leaf(merged.tree, &here)?;
            let is_ours = made == sides.ours || merged.conflicts.iter().any(|conflict| conflict.path == here);
            let Some(result) = made.filter(|_| !is_ours && made != one.wanted) else { continue };
            let blended = Blended { path: here.clone(), sides, result };
            if let Some(why) = self.forbids(&blended, merge.ours)? {
                merged.blended.retain(|blended| blended.path != here);
                merged.tree = self.content.edit(merged.tree, &[(here.clone(), sides.ours)])?;
                let mut one = conflict(one, sides, why);
                if elsewhere.is_some() {
                    let there = std::mem::replace(&mut one.conflict.path, here);
                    one.conflict.places =
                        Places { base: Some(there.clone()), theirs: Some(there), ..Places::default() };
                }
                open.push(one);
            }
        }
        Ok(open)
    }

    fn sides(&self, merge: Merge<'_>, one: &Unclear) -> Result<Sides, Fault> {
        let (base, ours) = (self.content.leaf(merge.base, &one.path)?, self.content.leaf(merge.ours, &one.path)?);
        Ok(Sides { base, ours, theirs: one.wanted })
    }

    /// What settles what is open: what was decided before, a side that the type of the file names, and whatever settles other
    /// conflicts where the tree holds what the revision was rebased onto.
    pub(super) fn decide_open(&self, open: &Open, (ours, item): (TreeId, &Item)) -> Result<Decision, Fault> {
        if let Some(decision) = self.remembered(&open.conflict, item)? {
            return Ok(decision);
        }
        let Rules::Now { types, .. } = self.rules else { return Ok(Err(None)) };
        let file_type = types.of(&open.conflict.path);
        let names_side = file_type.is_some_and(|one| matches!(one.strategy, Strategy::Source | Strategy::Destination));
        match names_side || self.holds(open, file_type)? {
            true => self.by_rules(&open.conflict, ours),
            false => Ok(Err(None)),
        }
    }

    /// Whether what somebody has at a path holds what a revision was rebased onto, element by element.
    fn holds(&self, open: &Open, file_type: Option<&FileType>) -> Result<bool, Fault> {
        let (ours, [from, to]) = (open.conflict.sides.ours, open.onto);
        let structural = file_type.filter(|one| one.strategy == Strategy::Structural);
        let format = structural.and_then(|one| Some((one.format?, &one.keys)));
        let (Some((format, keys)), Some(here)) = (format, ours) else { return Ok(ours == to) };
        let texts = [from.map(|one| one.id), Some(here.id), to.map(|one| one.id)];
        Ok(ours == to || self.content.weave(texts, Weave::Structural(format, keys))? == Ok(here.id))
    }
}

fn conflict(one: &Unclear, sides: Sides, why: String) -> Open {
    let conflict = Conflict::new(one.path.clone(), ConflictKind::Content, sides);
    Open { conflict: Conflict { why: Some(why), ..conflict }, onto: one.onto }
}
