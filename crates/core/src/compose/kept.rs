//! Whether a merge by lines kept what each side did to a file whose elements may stand in any order. Where one side, or a
//! merge by element before, put an element elsewhere, lines take that for a deletion and an addition: who deletes or
//! edits it then does so where it stood, and it stays where it went, though nobody wanted it to stay. And where one stood
//! twice and each side took out another, lines take out both, though both sides kept it.

use crate::compose::Composer;
use crate::compose::settle::Settled;
use crate::content::filetype::Strategy;
use crate::content::{Blended, Conflict, ConflictKind, Sides};
use crate::records::line::Item;
use crate::records::resolution::Settler;
use crate::words::fault::Fault;
use crate::words::object::TreeId;

/// Why a person is asked.
const GONE: &str = "merging it line by line would take out what both sides keep";

impl Composer<'_> {
    /// Merges a file by element where merging it by lines lost something that only one side did, or all of what both keep.
    /// Where that is not possible, or comes to the same lines, what git makes of it stands, but for what both keep: then a
    /// person is asked.
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
        let lines = || base.iter().chain(ours.iter()).chain(theirs.iter()).map(|(line, _)| line);
        let of = |line: u64| [&base, &ours, &theirs, &made].map(|counts| counts.of_line(line));
        let is_gone = |line: u64| {
            let [base, ours, theirs, made] = of(line);
            base > 1 && ours > 0 && theirs > 0 && made <= 0
        };
        let lost = |line: u64| {
            let [base, ours, theirs, made] = of(line);
            (ours == base && made != theirs) || (theirs == base && made != ours) || is_gone(line)
        };
        if !lines().any(lost) {
            return Ok(());
        }
        let conflict = Conflict::new(path, ConflictKind::Content, sides);
        let resolution = match self.decide(&conflict, carried)? {
            Ok(resolution) => resolution,
            Err(why) => {
                if lines().any(is_gone) {
                    settled.tree = self.content.edit(settled.tree, &[(conflict.path.clone(), sides.ours)])?;
                    settled.conflicts.push(Conflict { why: why.or_else(|| Some(GONE.to_owned())), ..conflict });
                }
                return Ok(());
            }
        };
        let by_element = matches!(resolution.by, Settler::Type { strategy: Strategy::Structural, .. });
        if let Some(leaf) = resolution.result.filter(|_| by_element)
            && self.content.lines(leaf.id)? != made
        {
            settled.decided.push(resolution);
        }
        Ok(())
    }
}
