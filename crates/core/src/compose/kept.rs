//! Whether a merge by lines kept what each side did to a file whose elements may stand in any order. Where one side, or a
//! merge by element before, put an element elsewhere, lines take that for a deletion and an addition: who deletes or
//! edits it then does so where it stood, and it stays where it went, though nobody wanted it to stay.

use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::compose::touching;
use crate::compose::void::{Counts, add};
use crate::content::filetype::Strategy;
use crate::content::{Blended, Conflict, ConflictKind, Sides};
use crate::records::line::Item;
use crate::records::resolution::Settler;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, TreeId};

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
        let made = self.lines_of(result)?;
        let [base, ours, theirs] = [self.lines_of(base)?, self.lines_of(ours)?, self.lines_of(theirs)?];
        let lines = base.keys().chain(ours.keys()).chain(theirs.keys());
        let count = |counts: &Counts, line: &u64| counts.get(line).copied().unwrap_or(0);
        let lost = |line: &u64| {
            let [base, ours, theirs, made] = [&base, &ours, &theirs, &made].map(|counts| count(counts, line));
            (ours == base && made != theirs) || (theirs == base && made != ours)
        };
        if !lines.into_iter().any(lost) {
            return Ok(());
        }
        let conflict = Conflict::new(path, ConflictKind::Content, sides);
        let Ok(resolution) = self.decide(&conflict, carried)? else { return Ok(()) };
        let by_element = matches!(resolution.by, Settler::Type { strategy: Strategy::Structural, .. });
        if let Some(leaf) = resolution.result.filter(|_| by_element)
            && self.lines_of(leaf)? != made
        {
            settled.decided.push(resolution);
        }
        Ok(())
    }

    fn lines_of(&self, leaf: Leaf) -> Result<Counts, Fault> {
        let bytes = self.content.read(leaf.id)?;
        let mut counts = Counts::new();
        add(&mut counts, &touching::lines(&bytes), 1);
        Ok(counts)
    }
}
