//! A revision made outside: the trees between which its difference lies, and the changes it builds on (`SPEC L8`, `P11`).

use crate::adopting::revisions::Variant;
use crate::adopting::working::{Origin, theirs_wins};
use crate::compose::ground::{self, Below};
use crate::compose::update::{self, Elsewhere};
use crate::compose::{Composer, Composition, Recomposed, Rules};
use crate::content::Merge;
use crate::content::sketch::Hashes;
use crate::ledger::entry::Imported;
use crate::ledger::state::State;
use crate::records::change::Revision;
use crate::records::line::{Line, Source};
use crate::words::fault::Fault;
use crate::words::names::ChangeKey;
use crate::words::object::{RepoPath, TreeId};
use std::collections::BTreeSet;
use std::convert::Infallible;

/// How many differences below are looked at for what an edit builds on, the last first.
const LOOKED_AT: usize = 64;

/// Where a revision is made: onto what, with which knowledge.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// Where trees are, merged by what is configured now.
    pub composer: Composer<'a>,
    /// Every change that is known by now.
    pub state: &'a State,
    /// The line before anything came.
    pub line: &'a Line,
}

/// What was made there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Made {
    /// Where its difference starts.
    pub base_tree: TreeId,
    /// Where it ends.
    pub tip_tree: TreeId,
    /// The changes it builds on.
    pub depends_on: Vec<ChangeKey>,
}

impl Made {
    /// All that was brought, where nothing is known of what lay below.
    pub fn whole(variant: &Variant) -> Self {
        Self { base_tree: variant.before, tip_tree: variant.after, depends_on: Vec::new() }
    }
}

impl Place<'_> {
    /// What was brought of a change, as a revision that goes on from the one which the line held, if it held one.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn made(
        &self,
        variant: &Variant,
        held: Option<&Revision>,
        items: &[(Imported, Option<Origin>)],
    ) -> Result<Made, Fault> {
        let (base_tree, tip_tree) = match held {
            Some(held) => self.difference(variant, held)?,
            None => (variant.before, variant.after),
        };
        let mut depends_on = held.map(|held| held.depends_on.clone()).unwrap_or_default();
        for key in self.builds_on(variant, (base_tree, tip_tree), items)? {
            if !depends_on.contains(&key) {
                depends_on.push(key);
            }
        }
        Ok(Made { base_tree, tip_tree, depends_on })
    }

    /// The trees between which the difference of a revision lies that goes on from the one which the line held: from
    /// where that starts, to where what was brought leads from its end. Where what was brought edits what others gave,
    /// that is no part of it: there it starts from what the line holds without the change.
    fn difference(&self, variant: &Variant, held: &Revision) -> Result<(TreeId, TreeId), Fault> {
        let content = self.composer.content;
        let (base, theirs) = (variant.before, variant.after);
        let merged = self.composer.merge_soundly(Merge { base, ours: held.tip_tree, theirs, scope: None })?;
        let did = content.delta(base, theirs)?;
        let there = Elsewhere { did: &did, own: (base, theirs), ground: held.tip_tree, merged: &merged };
        let lost = did.with_other_ends(update::lost(content, there)?);
        if lost.is_empty() && merged.conflicts.is_empty() {
            return Ok((held.base_tree, merged.tree));
        }
        let ground = self.without(variant, held)?;
        let (mut befores, mut afters) = (Vec::new(), Vec::new());
        for conflict in merged.conflicts.into_iter().filter(|conflict| !lost.contains(&conflict.path)) {
            afters.push((conflict.path, conflict.sides.theirs));
        }
        for path in lost {
            befores.push((path.clone(), content.leaf(ground, &path)?));
            afters.push((path.clone(), content.leaf(theirs, &path)?));
        }
        Ok((content.edit(held.base_tree, &befores)?, content.edit(merged.tree, &afters)?))
    }

    /// What stood there before, without the change.
    fn without(&self, variant: &Variant, held: &Revision) -> Result<TreeId, Fault> {
        let Self { composer: Composer { content, .. }, state, line } = *self;
        let whole = Composition::of(line);
        let itself: BTreeSet<_> = state.change(&variant.change).map(|(ix, _)| ix).into_iter().collect();
        let composer = Composer { state, content, rules: Rules::AsRecorded };
        let ours = match composer.without(whole, &itself)? {
            Recomposed::Left(left) => left.tree,
            // Others build on it: what can be told of their ground is what it did, undone.
            Recomposed::Blocked { .. } => {
                let back = Merge { base: held.tip_tree, ours: line.tree, theirs: held.base_tree, scope: None };
                theirs_wins(content, back)?
            }
        };
        theirs_wins(content, Merge { base: line.tree, ours, theirs: variant.before, scope: None })
    }

    /// The changes that lie below what was brought of one, and that its edits cannot do without.
    fn builds_on(
        &self,
        variant: &Variant,
        edits: (TreeId, TreeId),
        items: &[(Imported, Option<Origin>)],
    ) -> Result<Vec<ChangeKey>, Fault> {
        let Self { composer: Composer { content, .. }, state, .. } = *self;
        let composer = Composer { state, content, rules: Rules::AsRecorded };
        let did = content.delta(edits.0, edits.1)?;
        let hashes = Hashes::of(did.changes.iter().map(|change| &change.path));
        let is_first = |item: &Imported, origin: &Option<Origin>| item.change == variant.change && origin.is_some();
        let below = items.iter().take_while(|(item, origin)| !is_first(item, origin)).map(|(item, _)| item);
        let mut others = Vec::new();
        for item in below.filter(|item| item.change != variant.change) {
            let Some((ix, _)) = state.change(&item.change) else { continue };
            let trees = match item.source {
                Source::Commit { base, theirs } => Some((base, theirs)),
                _ => {
                    let Ok(item) = item.clone().renamed(&|_| Ok::<_, Infallible>(ix));
                    composer.trees(&item)?
                }
            };
            let Some(trees) = trees else { continue };
            let sketch = state.outline(ix, item.revision).filter(|one| one.trees() == trees);
            let sketch = sketch.and_then(|one| one.sketch());
            if sketch.is_some_and(|sketch| !sketch.may_touch(&hashes)) {
                continue;
            }
            let touched = content.delta(trees.0, trees.1)?;
            let meets = |path: &RepoPath| did.changes.binary_search_by(|change| change.path.cmp(path)).is_ok();
            if touched.changes.iter().any(|change| meets(&change.path)) {
                others.push(Below { change: item.change.clone(), trees, sketch });
            }
        }
        let first = others.len().saturating_sub(LOOKED_AT);
        ground::needed(content, edits, &others[first..])
    }
}
