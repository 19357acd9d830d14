//! How a line's tree comes about: carrying differences onto it, and recomposing what is left when one is taken out
//! (`SPEC L1`, `L3`, `L4`).

pub mod as_source;
mod blocks;
pub mod carry;
pub mod checked;
mod followed;
mod gave_back;
pub mod ground;
mod in_order;
mod kept;
pub mod making;
pub mod meeting;
mod paths;
mod pointer;
pub mod propose;
pub mod recall;
pub mod settle;
pub mod touching;
pub mod trail;
pub mod update;
pub mod void;
mod within;

use crate::compose::gave_back::NotThere;
use crate::compose::making::Making;
use crate::compose::paths::{moved, touched};
use crate::compose::settle::{Occasion, Settled};
use crate::compose::trail::Earlier;
use crate::compose::void::Onto;
use crate::content::filetype::{Excluded, FileTypes};
use crate::content::sketch::{Hashes, Sketch};
use crate::content::{Conflict, ConflictKind, Content, Merge, PathSet, Sides};
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::records::line::{Item, Source};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::{Redecided, Resolutions};
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};
use crate::words::warning::Warning;
use std::cell::RefCell;
use std::collections::BTreeSet;

impl Snapshot<'_> {
    /// Composes by what is known and configured now.
    pub fn composer<'b>(&'b self, content: &'b dyn Content) -> Composer<'b> {
        self.composer_without(content, self.pipeline.excluded())
    }

    /// The same where other file types must stop for a person (`SPEC X3`).
    pub fn composer_without<'b>(&'b self, content: &'b dyn Content, excluded: &'b Excluded) -> Composer<'b> {
        let types = &self.pipeline.settings().file_types;
        let (remembered, making) = (&self.state.resolutions, Making::Suppose);
        let rules = Rules::Now { types, excluded, remembered, making };
        Composer { state: self.state, content, rules }
    }
}

/// The state and the content, which every composition needs together.
#[derive(Clone, Copy)]
pub struct Composer<'a> {
    /// Where revisions are found.
    pub state: &'a State,
    /// Where trees are found.
    pub content: &'a dyn Content,
    /// How conflicts are settled without a person.
    pub rules: Rules<'a>,
}

/// By which rules conflicts are settled without a person.
#[derive(Clone, Copy)]
pub enum Rules<'a> {
    /// Only by what was decided when the line was made: for making it again, to the last bit.
    AsRecorded,
    /// By what is remembered and configured now as well.
    Now {
        /// The types of files (`SPEC X2`).
        types: &'a FileTypes,
        /// Those that must stop for a person (`SPEC X3`).
        excluded: &'a Excluded,
        /// What people decided about the same contents (`SPEC X5`).
        remembered: &'a Resolutions,
        /// Whether programs are run that make files again.
        making: Making,
    },
}

/// What makes a tree: a base, and items in order.
#[derive(Clone, Copy, Debug)]
pub struct Composition<'a> {
    /// The tree before the first item.
    pub base: TreeId,
    /// The tree after the last.
    pub tree: TreeId,
    /// The items.
    pub items: &'a [Item],
}

/// What came of taking changes out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Recomposed {
    /// What is left.
    Left(Remainder),
    /// This change builds on them.
    Blocked {
        /// Which.
        change: ChangeIx,
        /// Where it could not be carried any more.
        conflicts: Vec<Conflict>,
    },
}

/// What is left without some changes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remainder {
    /// The tree.
    pub tree: TreeId,
    /// What was decided on the way about items that stay, and that nobody had decided before.
    pub decided: Vec<Redecided>,
    /// What somebody should know about files that stay.
    pub warnings: Vec<Warning>,
}

/// The two trees between which an item's difference lies, and paths where a rebased revision could not be told apart
/// from what it was rebased onto.
#[derive(Clone)]
struct Difference {
    base: TreeId,
    theirs: TreeId,
    unclear: Vec<(RepoPath, Option<Leaf>)>,
}

/// What stops a recomposition.
struct Minds<'a> {
    /// The paths on which a conflict does.
    conflicts: &'a dyn Fn(&RepoPath) -> bool,
    voids: Voids,
    /// Who is blocked leaves along, and is noted here, where that needs no other paths to be composed anew.
    along: Option<&'a RefCell<Along>>,
}

/// Changes that leave along, with where they could not stay.
pub type Along = Vec<(ChangeIx, Vec<Conflict>)>;

/// Whether an edit that comes to nothing stops a recomposition.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Voids {
    Pass,
    Block,
}

impl Composer<'_> {
    /// Carries an item onto a tree; `scope` limits it to some paths.
    pub fn carry(&self, ours: TreeId, item: &Item, scope: Option<&PathSet>) -> Result<Settled, Fault> {
        let Some(difference) = self.difference(item)? else {
            return Ok(Settled { tree: ours, conflicts: Vec::new(), decided: Vec::new(), warnings: Vec::new() });
        };
        self.carry_difference((ours, item, Occasion::Arrives), difference, scope)
    }

    fn carry_difference(
        &self,
        (ours, item, occasion): (TreeId, &Item, Occasion),
        difference: Difference,
        scope: Option<&PathSet>,
    ) -> Result<Settled, Fault> {
        let Difference { base, theirs, unclear } = difference;
        let merge = Merge { base, ours, theirs, scope };
        let mut merged = self.content.merge(merge)?;
        for (path, wanted) in unclear {
            if scope.is_none_or(|scope| scope.contains(&path)) {
                // A path of a rebased revision that could not be transplanted is a person's to decide (`SPEC L4`).
                let (base, ours) = (self.content.leaf(base, &path)?, self.content.leaf(merged.tree, &path)?);
                let (kind, sides) = (ConflictKind::Content, Sides { base, ours, theirs: wanted });
                merged.conflicts.push(Conflict::new(path, kind, sides));
            }
        }
        let settled = self.settle((ours, merged), (item, occasion))?;
        let mut settled = self.as_kept(merge, item, settled)?;
        let followed = self.followed(merge, &settled)?;
        settled.decided.extend(followed);
        Ok(settled)
    }

    fn difference(&self, item: &Item) -> Result<Option<Difference>, Fault> {
        let change = self.state.at(item.change);
        let trees = |base, theirs| Ok(Some(Difference { base, theirs, unclear: Vec::new() }));
        match item.source {
            Source::Held => Ok(None),
            Source::Commit { base, theirs } => trees(base, theirs),
            Source::Revision => match change.revision(item.revision) {
                Some(revision) => trees(revision.base_tree, revision.tip_tree),
                None => Ok(None),
            },
            Source::Update { from } => {
                let (Some(old), Some(new)) = (change.revision(from), change.revision(item.revision)) else {
                    return Ok(None);
                };
                update::difference(self.content, (old, new), &item.resolutions).map(Some)
            }
        }
    }

    /// The two trees between which an item's difference lies; `None` for what the base holds already.
    pub fn trees(&self, item: &Item) -> Result<Option<(TreeId, TreeId)>, Fault> {
        Ok(self.difference(item)?.map(|difference| (difference.base, difference.theirs)))
    }

    /// Every path an item touches; both ends of a rename, and where settling its conflicts put files.
    pub fn touched(&self, item: &Item) -> Result<PathSet, Fault> {
        let Some(difference) = self.difference(item)? else { return Ok(PathSet::new()) };
        Ok(touched(item, &*self.content.delta(difference.base, difference.theirs)?, &difference))
    }

    /// Some paths with the other ends of an item's own renames.
    pub fn renamed(&self, item: &Item, paths: PathSet) -> Result<PathSet, Fault> {
        let Some(difference) = self.difference(item)? else { return Ok(paths) };
        Ok(self.content.delta(difference.base, difference.theirs)?.with_other_ends(paths))
    }

    /// The sketch of an item that carried a whole revision, and nothing to elsewhere.
    pub fn sketch(&self, item: &Item) -> Option<&Sketch> {
        match item.source {
            _ if moved(item).next().is_some() => None,
            Source::Revision => self.state.at(item.change).revision(item.revision)?.sketch.as_ref(),
            // What was imported is nearly always just what its revision is.
            Source::Commit { base, theirs } => {
                let revision = self.state.at(item.change).revision(item.revision)?;
                revision.sketch.as_ref().filter(|_| (revision.base_tree, revision.tip_tree) == (base, theirs))
            }
            Source::Update { .. } | Source::Held => None,
        }
    }

    /// Whether an item may touch one of some paths, by its sketch alone.
    pub fn may_touch(&self, item: &Item, paths: &Hashes) -> bool {
        self.sketch(item).is_none_or(|sketch| sketch.may_touch(paths))
    }

    /// What the composition would hold had some changes never been applied (`SPEC L3`): their paths are composed anew
    /// from the base by the other items; every other path stays as it is.
    pub fn without(&self, whole: Composition<'_>, leaving: &BTreeSet<ChangeIx>) -> Result<Recomposed, Fault> {
        self.recompose(whole, leaving, Minds { conflicts: &|_| true, voids: Voids::Pass, along: None })
    }

    /// The same where whoever stays must not have edited what leaves: where such an edit comes to nothing, which a merge
    /// takes for clean, the change builds on what leaves all the same. It would come to something else once both were
    /// there again in another order (`SPEC D4`, `L5`).
    pub fn without_voids(&self, whole: Composition<'_>, leaving: &BTreeSet<ChangeIx>) -> Result<Recomposed, Fault> {
        self.recompose(whole, leaving, Minds { conflicts: &|_| true, voids: Voids::Block, along: None })
    }

    /// The same for a place where only some paths matter: what conflicts elsewhere blocks nothing.
    pub fn without_minding(
        &self,
        whole: Composition<'_>,
        leaving: &BTreeSet<ChangeIx>,
        matters: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Recomposed, Fault> {
        self.recompose(whole, leaving, Minds { conflicts: matters, voids: Voids::Pass, along: None })
    }

    /// The same, with those leaving along who are blocked and touch nothing else than what is composed anyway; they are
    /// added to `along`. Whoever is blocked and touches more stops it.
    pub fn closing(
        &self,
        whole: Composition<'_>,
        leaving: &BTreeSet<ChangeIx>,
        along: &RefCell<Along>,
    ) -> Result<Recomposed, Fault> {
        self.recompose(whole, leaving, Minds { conflicts: &|_| true, voids: Voids::Block, along: Some(along) })
    }

    /// What blocks an item: its conflicts, or edits that came to nothing.
    fn blocked(&self, minds: &Minds<'_>, onto: Onto<'_>, merged: &Settled) -> Result<Option<Vec<Conflict>>, Fault> {
        if merged.conflicts.iter().any(|conflict| (minds.conflicts)(&conflict.path)) {
            return Ok(Some(merged.conflicts.clone()));
        }
        if minds.voids == Voids::Pass {
            return Ok(None);
        }
        let voids = self.voided(onto, merged)?;
        Ok((!voids.is_empty()).then(|| voids.iter().map(void::conflict).collect()))
    }

    fn recompose(
        &self,
        whole: Composition<'_>,
        leaving: &BTreeSet<ChangeIx>,
        minds: Minds<'_>,
    ) -> Result<Recomposed, Fault> {
        let mut leaving = leaving.clone();
        let ties = self.ties(whole.items)?;
        let scope = self.scope_by(&ties, (whole.items, &leaving))?;
        let mut cleared = Vec::with_capacity(scope.len());
        for path in &scope {
            cleared.push((path.clone(), self.content.leaf(whole.base, path)?));
        }
        let mut tree = self.content.edit(whole.tree, &cleared)?;
        let hashes = Hashes::of(&scope);
        let (mut decided, mut warnings) = (Vec::new(), Vec::new());
        let mut not_there = NotThere::default();
        let (mut earlier, mut stayed): (Vec<Earlier<'_>>, BTreeSet<ChangeIx>) = (Vec::new(), BTreeSet::new());
        // What lies beyond the scope is not what it will be while an item is carried: programs are run at the end.
        let supposing = self.making(Making::Suppose);
        for item in whole.items {
            if leaving.contains(&item.change) {
                earlier.push(Earlier::Lacking(item));
                continue;
            }
            if !self.may_touch(item, &hashes) {
                continue;
            }
            let Some(difference) = self.difference(item)? else { continue };
            let did = self.content.delta(difference.base, difference.theirs)?;
            let own = self.touched_among(item, &scope)?;
            if own.is_empty() {
                continue;
            }
            let own = ties.with(own);
            let given_back = not_there.meets(self.content, (item.change, &did, &scope), tree)?;
            let mut merged = supposing.carry_difference_within((tree, item, Occasion::Stays), &difference, &own)?;
            merged.conflicts.extend(given_back);
            let onto = Onto { item, tree, earlier: &earlier };
            if let Some(conflicts) = self.blocked(&minds, onto, &merged)? {
                let change = item.change;
                let Some(along) = minds.along.filter(|_| !stayed.contains(&change)) else {
                    return Ok(Recomposed::Blocked { change, conflicts });
                };
                if !self.scope_by(&ties, (whole.items, &BTreeSet::from([change])))?.is_subset(&scope) {
                    return Ok(Recomposed::Blocked { change, conflicts });
                }
                along.borrow_mut().push((change, conflicts));
                leaving.insert(change);
                earlier.push(Earlier::Lacking(item));
                continue;
            }
            stayed.insert(item.change);
            earlier.push(Earlier::There(item));
            tree = merged.tree;
            warnings.extend(merged.warnings);
            let new = merged.decided.into_iter().filter(|one| !item.resolutions.contains(one));
            decided.extend(new.map(|resolution| Redecided { commit: item.commit, resolution }));
        }
        warnings.dedup();
        self.make_last(Remainder { tree, decided, warnings }, whole.items)
    }

    /// Who made the other side of an item's conflict on a path (`SPEC X1`): the change after which it conflicts and before
    /// which it did not; where it conflicted all along, whoever touched the path last. `None` for what the line began
    /// with.
    pub fn other_side(
        &self,
        begun: (TreeId, &[Item]),
        item: &Item,
        path: &RepoPath,
    ) -> Result<Option<ChangeIx>, Fault> {
        let (mut tree, items) = begun;
        let touching = self.touching(items, path)?;
        let scope = self.tied(items, PathSet::from([path.clone()]))?;
        let conflicts = |tree: TreeId| -> Result<bool, Fault> {
            Ok(self.carry_within(tree, item, &scope)?.conflicts.iter().any(|conflict| conflict.path == *path))
        };
        let (mut before, mut made) = (conflicts(tree)?, None);
        for one in &touching {
            tree = self.carry_within(tree, one, &scope)?.tree;
            let after = conflicts(tree)?;
            if after != before {
                made = after.then_some(one.change);
            }
            before = after;
        }
        Ok(made.or(touching.last().map(|one| one.change)))
    }

    fn touching<'i>(&self, items: &'i [Item], path: &RepoPath) -> Result<Vec<&'i Item>, Fault> {
        let paths = PathSet::from([path.clone()]);
        let hashes = Hashes::of(&paths);
        let mut touching = Vec::new();
        for item in items {
            let perhaps = self.sketch(item).is_none_or(|sketch| sketch.may_touch(&hashes));
            if perhaps && self.meets(item, &paths)? {
                touching.push(item);
            }
        }
        Ok(touching)
    }
}
