//! Merges of lines for whoever carries no change and asks nobody: what breaks a file, or is right by luck alone, is no result
//! (`SPEC X2`).

use crate::compose::{Composer, Rules};
use crate::content::{Blended, Conflict, ConflictKind, Merge, Merged, Soundness};
use crate::words::fault::Fault;
use crate::words::object::TreeId;

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
