//! Whether a merge by lines kept what each side did to a file whose elements may stand in any order. Where one side, or a
//! merge by element before, put an element elsewhere, lines take that for a deletion and an addition: who deletes or
//! edits it then does so where it stood, and it stays where it went, though nobody wanted it to stay.

use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::content::filetype::Strategy;
use crate::content::{Blended, Conflict, ConflictKind, Sides};
use crate::records::line::Item;
use crate::records::resolution::Settler;
use crate::words::fault::Fault;
use crate::words::object::TreeId;

impl Composer<'_> {
    /// Merges a file by element where merging it by lines lost something that only one side did. Where that is not
    /// possible, or comes to the same lines, what git makes of it stands.
    pub(super) fn keep_both(
        &self,
        blended: Blended,
        carried: (TreeId, &Item),
        settled: &mut Settled,
    ) -> Result<(), Fault> {
        let Blended { path, sides, result } = blended;
        let Sides { base: Some(base), ours: Some(ours), theirs: Some(theirs) } = sides else { return Ok(()) };
        let made = self.content.lines(result.id)?;
        let [base, ours, theirs] =
            [self.content.lines(base.id)?, self.content.lines(ours.id)?, self.content.lines(theirs.id)?];
        let mut lines = base.iter().chain(ours.iter()).chain(theirs.iter()).map(|(line, _)| line);
        let lost = |line: u64| {
            let [base, ours, theirs, made] = [&base, &ours, &theirs, &made].map(|counts| counts.of_line(line));
            (ours == base && made != theirs) || (theirs == base && made != ours)
        };
        if !lines.any(lost) {
            return Ok(());
        }
        let conflict = Conflict::new(path, ConflictKind::Content, sides);
        let Ok(resolution) = self.decide(&conflict, carried)? else { return Ok(()) };
        let by_element = matches!(resolution.by, Settler::Type { strategy: Strategy::Structural, .. });
        if let Some(leaf) = resolution.result.filter(|_| by_element)
            && self.content.lines(leaf.id)? != made
        {
            settled.decided.push(resolution);
        }
        Ok(())
    }
}
