//! Merges of lines for whoever carries no change and asks nobody: what breaks a file, or is right by luck alone, is no result
//! (`SPEC X2`). And edits that come as they are, broken or not.

use crate::compose::settle::UNSOUND;
use crate::compose::{Composer, Rules};
use crate::content::entry::is_plain;
use crate::content::{Blended, Conflict, ConflictKind, Delta, Merge, Merged, Sides, Soundness};
use crate::words::fault::Fault;
use crate::words::names::ChangeKey;
use crate::words::object::TreeId;
use crate::words::warning::Warning;

impl Composer<'_> {
    /// A merge in which what is no result is a conflict, and the tree holds ours there.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn merge_soundly(&self, merge: Merge<'_>) -> Result<Merged, Fault> {
        let mut merged = self.content.merge(merge)?;
        let (mut kept, mut ours) = (Vec::new(), Vec::new());
        for blended in merged.blended {
            let Some(why) = self.forbids(&blended, merge.ours)? else {
                kept.push(blended);
                continue;
            };
            let Blended { path, sides, .. } = blended;
            ours.push((path.clone(), sides.ours));
            merged.conflicts.push(Conflict { why: Some(why), ..Conflict::new(path, ConflictKind::Content, sides) });
        }
        merged.blended = kept;
        if !ours.is_empty() {
            merged.tree = self.content.edit(merged.tree, &ours)?;
        }
        Ok(merged)
    }

    /// Warns about structured files that are sound before a difference and not after it. Whoever merges with git gets such
    /// files without a word, and gives them as their own.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn breaks(&self, change: &ChangeKey, delta: &Delta) -> Result<Vec<Warning>, Fault> {
        let Rules::Now { types, .. } = self.rules else { return Ok(Vec::new()) };
        let mut warnings = Vec::new();
        for edit in &delta.changes {
            let renamed = || delta.change(&delta.renames_to(&edit.path).next()?.0)?.before;
            let (Some(before), Some(after)) = (edit.before.or_else(renamed), edit.after) else { continue };
            let file_type = types.of(&edit.path).filter(|_| is_plain(before) && is_plain(after));
            let Some(file_type) = file_type else { continue };
            let sides = Sides { base: Some(before), ours: None, theirs: None };
            if let Soundness::Broken(problem) = self.soundness(file_type, &sides, after.id)? {
                let message = format!("the branch of {change} breaks {}: {problem}", edit.path);
                warnings.push(Warning::of(UNSOUND, message));
            }
        }
        Ok(warnings)
    }

    /// Why what a merge of lines made of a file of a tree is no result; `None` where it is one.
    ///
    /// # Errors
    /// A fault of the content.
    pub(super) fn forbids(&self, blended: &Blended, ours: TreeId) -> Result<Option<String>, Fault> {
        let Rules::Now { types, .. } = self.rules else { return Ok(None) };
        if let Some(file_type) = types.of(&blended.path).filter(|one| one.is_made()) {
            return Ok(Some(format!(
                "{} files are made by a program, and lines put together are right by luck alone",
                file_type.name
            )));
        }
        Ok(match self.judged(blended, ours)? {
            Some(Soundness::Broken(why)) => Some(why),
            Some(Soundness::Sound | Soundness::Before(_)) | None => None,
        })
    }
}
