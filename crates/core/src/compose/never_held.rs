//! Updates where others touch the same path. An update takes back what its older revision did and the newer one does not do
//! any more; what another change does as well is not the update's to take back, as it is not a removal's (`SPEC L3`, `L4`).
//! So such a path becomes what it would be had the line got the newer revision at once, and never the older one.
//!
//! What comes of that is kept with the item, as what it makes of the three sides it met, for it was made for all that stood
//! on the line; once one of those leaves, it is asked anew.

mod afresh;
mod as_recorded;
mod asked;
mod looked_at;
mod placed;
mod twin;

use crate::compose::never_held::afresh::{Came, Whole, answers};
use crate::compose::paths::Ties;
use crate::compose::settle::Settled;
use crate::compose::standing::Met;
use crate::compose::{Composer, Difference, Rules};
use crate::content::{Conflict, Delta, PathSet, Sides};
use crate::records::change::Revision;
use crate::records::conflict::MoveConflict;
use crate::records::line::{Item, Source};
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::names::RevisionNo;
use crate::words::object::{Leaf, RepoPath};
use std::cell::OnceCell;
use std::sync::Arc;

/// Whether a conflict is about what others built on, which a newer revision does not do any more.
pub fn is_built_on(conflict: &MoveConflict) -> bool {
    conflict.why.as_deref() == Some(twin::WHY)
}

/// An update that meets a line, and what lies between its two revisions.
struct Update<'a> {
    composer: Composer<'a>,
    item: &'a Item,
    met: Met<'a>,
    from: RevisionNo,
    old: &'a Revision,
    new: &'a Revision,
    difference: &'a Difference,
    did: &'a Delta,
    /// What the older revision did.
    before: &'a Delta,
    /// What the newer one does.
    own: &'a Delta,
    /// What renames tie together on the line, once somebody asks.
    ties: OnceCell<Ties>,
    /// What comes of it alone.
    whole: Whole,
}

impl Composer<'_> {
    /// What was settled, with the paths that others touch as they would be had the older revision never been there.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn as_never_held(&self, item: &Item, met: Met<'_>, settled: Settled) -> Result<Settled, Fault> {
        let (Source::Update { from }, Rules::Now { .. }) = (item.source, self.rules) else { return Ok(settled) };
        let change = self.state.at(item.change);
        let (Some(old), Some(new)) = (change.revision(from), change.revision(item.revision)) else {
            return Ok(settled);
        };
        let Some(difference) = self.difference(item)? else { return Ok(settled) };
        let difference = &*self.as_unmoved((met.tree, item), &difference)?;
        let did = &*self.content.delta(difference.base, difference.theirs)?;
        let before = &*self.content.delta(old.base_tree, old.tip_tree)?;
        let own = &*self.content.delta(new.base_tree, new.tip_tree)?;
        let (composer, ties, whole) = (*self, OnceCell::new(), Whole::default());
        Update { composer, item, met, from, old, new, difference, did, before, own, ties, whole }.settle(settled)
    }
}

impl Update<'_> {
    fn settle(&self, plain: Settled) -> Result<Settled, Fault> {
        let mut paths = self.looked_at(&plain)?;
        if paths.is_empty() {
            return Ok(plain);
        }
        let (mut settled, mut seen) = (plain.clone(), PathSet::new());
        while !paths.is_empty() {
            for group in self.groups(&plain, paths)? {
                self.settle_group(&group, &mut settled)?;
                seen.extend(group);
            }
            // What the newer revision alone conflicts over may lie where the older one did nothing.
            paths = self.whole.conflicts().filter(|path| !seen.contains(*path)).cloned().collect();
        }
        let is_kept = self.met.depth.is_some() || !settled.conflicts.is_empty() || settled == plain;
        if is_kept { Ok(settled) } else { self.as_recorded(settled) }
    }

    /// Settles some paths that hang together.
    fn settle_group(&self, group: &PathSet, settled: &mut Settled) -> Result<(), Fault> {
        if self.met.depth.is_some() && self.met.within.is_some_and(|within| !group.is_subset(within)) {
            // Beyond them the tree is of another time.
            return Ok(());
        }
        let asks = self.met.depth.is_none() || self.was_asked(group);
        let open: Vec<&Conflict> = settled.conflicts.iter().filter(|one| one.is_among(group)).collect();
        let others = self.others(group)?;
        let twin = if open.is_empty() { self.twin(&others, group)? } else { None };
        if !asks && twin.is_none() || open.is_empty() && others.is_empty() {
            return Ok(());
        }
        if open.iter().any(|one| self.composer.must_stop(&one.path)) {
            return Ok(());
        }
        match (self.afresh(group)?, twin) {
            (Came::Clear(came), _) if self.is_settled_by(&came, (group, &open))? => {
                self.take((group, came.made), settled)
            }
            (Came::Open(made), _) if !others.is_empty() && self.is_new(&made) => self.ask((group, made), settled),
            (_, Some(path)) => self.ask_about_twin((group, path), settled),
            (Came::Clear(_) | Came::Open(_) | Came::Unknown, None) => Ok(()),
        }
    }

    /// Takes what came of it, and keeps where that is not what the update made; there it may have made nothing.
    fn take(&self, (group, made): (&PathSet, Settled), settled: &mut Settled) -> Result<(), Fault> {
        let leaf = |tree, path: &RepoPath| self.composer.content.leaf(tree, path);
        let answers: Vec<&Resolution> = answers(&made.decided).collect();
        let group: PathSet = group.iter().chain(answers.iter().flat_map(|one| one.paths())).cloned().collect();
        let given = answers.into_iter().filter(|one| self.item.resolutions.contains(one)).cloned();
        let here: Vec<Conflict> = settled.conflicts.extract_if(.., |one| one.is_among(&group)).collect();
        let mut disputed: PathSet = here.iter().flat_map(Conflict::names).cloned().collect();
        // What was settled about where a file goes falls as a whole.
        for one in settled.decided.iter().filter(|one| one.moves() && one.by != Settler::Followed) {
            for path in one.paths().filter(|path| group.contains(*path)) {
                if leaf(made.tree, path)? != leaf(settled.tree, path)? {
                    disputed.extend(one.paths().cloned());
                }
            }
        }
        let mut taken = Vec::new();
        for path in group {
            let result = leaf(made.tree, &path)?;
            if disputed.contains(&path) || result != leaf(settled.tree, &path)? {
                // A conflict is known by what it was about: a renamed file has its sides elsewhere.
                let open = here.iter().find(|one| one.path == path).map(|one| one.sides);
                let decided = || settled.decided.iter().find(|one| one.path == path && one.by != Settler::Followed);
                let sides = open.or_else(|| decided().map(|one| one.sides));
                let sides = sides.map_or_else(|| self.sides(&path), Ok)?;
                taken.push(self.taken(path, sides, result));
            }
        }
        let edits: Vec<_> = taken.iter().flat_map(Resolution::edits).collect();
        let paths: PathSet = edits.iter().map(|(path, _)| path.clone()).collect();
        settled.tree = self.composer.content.edit(settled.tree, &edits)?;
        settled.decided.retain(|one| one.by == Settler::Followed || !paths.contains(&one.path));
        settled.decided.extend(taken.into_iter().chain(given));
        settled.warnings.retain(|(path, _)| !paths.contains(path));
        settled.warnings.extend(made.warnings.into_iter().filter(|(path, _)| paths.contains(path)));
        Ok(())
    }

    /// What renames tie together on the line.
    fn ties(&self) -> Result<&Ties, Fault> {
        if let Some(known) = self.met.ties.or(self.ties.get()) {
            return Ok(known);
        }
        let found = self.composer.ties(self.met.before.iter().copied().chain([self.item]))?;
        Ok(self.ties.get_or_init(|| found))
    }

    /// What lies between what both revisions were made on.
    fn between(&self) -> Result<Arc<Delta>, Fault> {
        self.composer.content.delta(self.old.base_tree, self.new.base_tree)
    }

    /// What it meets at a path.
    fn sides(&self, path: &RepoPath) -> Result<Sides, Fault> {
        let leaf = |tree| self.composer.content.leaf(tree, path);
        let (base, theirs) = (leaf(self.difference.base)?, leaf(self.difference.theirs)?);
        Ok(Sides { base, ours: leaf(self.met.tree)?, theirs })
    }

    /// What a path becomes because the older revision was never there.
    fn taken(&self, path: RepoPath, sides: Sides, result: Option<Leaf>) -> Resolution {
        Resolution { path, sides, result, at: None, left: Vec::new(), by: Settler::NeverHeld(self.from) }
    }

    /// Whether it was so on some paths when it came.
    fn was_asked(&self, group: &PathSet) -> bool {
        self.item.resolutions.iter().any(|one| matches!(one.by, Settler::NeverHeld(_)) && group.contains(&one.path))
    }
}
