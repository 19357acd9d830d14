//! What a line would hold had some changes never been applied (`SPEC L3`): their paths are composed anew by the others.

use crate::compose::as_it_came::AsItCame;
use crate::compose::gave_back::NotThere;
use crate::compose::making::Making;
use crate::compose::paths::Ties;
use crate::compose::settle::{Occasion, Settled};
use crate::compose::standing::Met;
use crate::compose::trail::Earlier;
use crate::compose::void::{self, Onto};
use crate::compose::within::{Went, Within};
use crate::compose::{Composer, Composition, Difference, Recomposed, Remainder};
use crate::content::sketch::Hashes;
use crate::content::{Conflict, PathSet, Sides};
use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::records::resolution::{Redecided, Resolution};
use crate::words::fault::Fault;
use crate::words::object::{RepoPath, TreeId};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// What stops a recomposition.
#[derive(Clone, Copy)]
pub(super) struct Minds<'a> {
    /// The paths on which a conflict does.
    pub conflicts: &'a dyn Fn(&RepoPath) -> bool,
    /// Whether an edit that comes to nothing does.
    pub voids: Voids,
    /// Whether who is blocked leaves along instead.
    pub leave: Leave<'a>,
}

/// Whether who is blocked leaves along, and is noted.
#[derive(Clone, Copy)]
pub(super) enum Leave<'a> {
    /// It stops the recomposition.
    Nobody,
    /// Where that needs no other paths to be composed anew.
    Within(&'a RefCell<Along>),
    /// Whatever else it touches stays as it is.
    Anyhow(&'a RefCell<Along>),
}

/// What is composed anew.
#[derive(Clone, Copy)]
pub(super) struct Anew<'a> {
    /// The line.
    pub whole: Composition<'a>,
    /// What its renames tie together.
    pub ties: &'a Ties,
    /// The paths, with all that is tied to them.
    pub scope: &'a PathSet,
    /// Every item that may touch one of them, in order.
    pub items: &'a [&'a Item],
    /// How many updates are worked out afresh that need this.
    pub depth: usize,
}

/// Changes that leave along, with where they could not stay.
pub type Along = Vec<(ChangeIx, Vec<Conflict>)>;

/// Whether an edit that comes to nothing stops a recomposition.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Voids {
    Pass,
    Block,
}

impl Composer<'_> {
    /// What the composition would hold had some changes never been applied (`SPEC L3`): their paths are composed anew
    /// from the base by the other items; every other path stays as it is.
    pub fn without(&self, whole: Composition<'_>, leaving: &BTreeSet<ChangeIx>) -> Result<Recomposed, Fault> {
        self.recompose(whole, leaving, Minds { conflicts: &|_| true, voids: Voids::Pass, leave: Leave::Nobody })
    }

    /// The same where whoever stays must not have edited what leaves: where such an edit comes to nothing, which a merge
    /// takes for clean, the change builds on what leaves all the same. It would come to something else once both were
    /// there again in another order (`SPEC D4`, `L5`).
    pub fn without_voids(&self, whole: Composition<'_>, leaving: &BTreeSet<ChangeIx>) -> Result<Recomposed, Fault> {
        self.without_voids_minding(whole, leaving, &|_| true)
    }

    /// Both: whoever stays must not have edited what leaves, where only some paths matter.
    pub fn without_voids_minding(
        &self,
        whole: Composition<'_>,
        leaving: &BTreeSet<ChangeIx>,
        matters: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Recomposed, Fault> {
        self.recompose(whole, leaving, Minds { conflicts: matters, voids: Voids::Block, leave: Leave::Nobody })
    }

    /// The same for a place where only some paths matter: what conflicts elsewhere blocks nothing.
    pub fn without_minding(
        &self,
        whole: Composition<'_>,
        leaving: &BTreeSet<ChangeIx>,
        matters: &dyn Fn(&RepoPath) -> bool,
    ) -> Result<Recomposed, Fault> {
        self.recompose(whole, leaving, Minds { conflicts: matters, voids: Voids::Pass, leave: Leave::Nobody })
    }

    /// The same, with those leaving along who are blocked and touch nothing else than what is composed anyway; they are
    /// added to `along`. Whoever is blocked and touches more stops it.
    pub fn closing(
        &self,
        whole: Composition<'_>,
        leaving: &BTreeSet<ChangeIx>,
        along: &RefCell<Along>,
    ) -> Result<Recomposed, Fault> {
        self.recompose(whole, leaving, Minds { conflicts: &|_| true, voids: Voids::Block, leave: Leave::Within(along) })
    }

    /// What blocks an item: its conflicts, or edits that came to nothing.
    fn blocked(&self, minds: &Minds<'_>, onto: Onto<'_>, merged: &Settled) -> Result<Option<Vec<Conflict>>, Fault> {
        if merged.conflicts.iter().any(|conflict| (minds.conflicts)(&conflict.path)) {
            return Ok(Some(merged.conflicts.clone()));
        }
        if minds.voids == Voids::Pass {
            return Ok(None);
        }
        let mut voids = self.voided(onto, merged)?;
        voids.retain(|ground| (minds.conflicts)(&ground.path));
        Ok((!voids.is_empty()).then(|| voids.iter().map(void::conflict).collect()))
    }

    fn recompose(
        &self,
        whole: Composition<'_>,
        leaving: &BTreeSet<ChangeIx>,
        minds: Minds<'_>,
    ) -> Result<Recomposed, Fault> {
        let ties = self.ties(whole.items)?;
        let scope = self.scope_by(&ties, (whole, leaving))?;
        let hashes = Hashes::of(&scope);
        let concerned = |item: &&Item| leaving.contains(&item.change) || self.may_touch(item, &hashes);
        let items: Vec<&Item> = whole.items.iter().filter(concerned).collect();
        let anew = Anew { whole, ties: &ties, scope: &scope, items: &items, depth: 0 };
        match self.compose_anew(anew, leaving, minds)? {
            Recomposed::Left(left) => self.make_last(left, whole.items),
            blocked @ Recomposed::Blocked { .. } => Ok(blocked),
        }
    }

    /// Clears some paths to what whoever came first made of them, and carries the others who stay onto them.
    pub(super) fn compose_anew(
        &self,
        anew: Anew<'_>,
        leaving: &BTreeSet<ChangeIx>,
        minds: Minds<'_>,
    ) -> Result<Recomposed, Fault> {
        let Anew { whole, ties, scope, items, depth } = anew;
        let mut leaving = leaving.clone();
        let nobody_left = items.iter().copied().take_while(|item| !leaving.contains(&item.change));
        let AsItCame { leaves, mut before, count } = self.as_it_came(whole.base, nobody_left, scope)?;
        let mut tree = self.content.edit(whole.tree, &leaves)?;
        let (mut decided, mut warnings, mut gone) = (Vec::new(), Vec::new(), Vec::new());
        let mut not_there = NotThere::default();
        let mut earlier: Vec<Earlier<'_>> = before.iter().copied().map(Earlier::There).collect();
        let mut stayed: BTreeSet<ChangeIx> = before.iter().map(|item| item.change).collect();
        // What lies beyond the scope is not what it will be while an item is carried: programs are run at the end.
        let supposing = self.making(Making::Suppose);
        for item in items[count..].iter().copied() {
            if leaving.contains(&item.change) {
                earlier.push(Earlier::Lacking(item));
                gone.push(item);
                continue;
            }
            let Some(difference) = self.difference(item)? else { continue };
            let own = self.touched_among(item, scope)?;
            if own.is_empty() {
                continue;
            }
            let did = self.content.delta(difference.base, difference.theirs)?;
            let given_back = not_there.meets(self.content, (item.change, &did, &own), tree)?;
            let own = ties.with(own);
            let fresh = self.fresh(item, (ties, &gone))?;
            let carried = (tree, &*fresh, Occasion::Stays);
            let within = Within { paths: &own, gone: &gone, line: Some(Went { begun: whole.base, ties }) };
            let merged = supposing.carry_grouped_within(carried, &difference, within)?;
            let met = Met {
                begun: whole.base,
                tree,
                before: &before,
                ties: Some(ties),
                earlier: &earlier,
                within: Some(&own),
                depth: Some(depth),
            };
            let mut merged = supposing.as_never_held(item, met, merged)?;
            merged.conflicts.extend(given_back);
            let onto = Onto { item, tree, earlier: &earlier, within: Some(&own) };
            if let Some(conflicts) = self.blocked(&minds, onto, &merged)? {
                let change = item.change;
                let may_leave = self.may_leave(minds.leave, anew, change)?.filter(|_| !stayed.contains(&change));
                let Some(along) = may_leave else { return Ok(Recomposed::Blocked { change, conflicts }) };
                along.borrow_mut().push((change, conflicts));
                leaving.insert(change);
                earlier.push(Earlier::Lacking(item));
                gone.push(item);
                continue;
            }
            merged.decided.extend(self.otherwise((item, &fresh), &difference, (tree, merged.tree))?);
            stayed.insert(item.change);
            before.push(item);
            earlier.push(Earlier::There(item));
            tree = merged.tree;
            warnings.extend(merged.warnings);
            let new = merged.decided.into_iter().filter(|one| !item.resolutions.contains(one));
            decided.extend(new.map(|resolution| Redecided { commit: item.commit, resolution }));
        }
        warnings.dedup();
        Ok(Recomposed::Left(Remainder { tree, decided, warnings }))
    }

    /// Where it is noted that a change leaves along which is blocked; `None` where it may not.
    fn may_leave<'m>(
        &self,
        leave: Leave<'m>,
        anew: Anew<'_>,
        change: ChangeIx,
    ) -> Result<Option<&'m RefCell<Along>>, Fault> {
        Ok(match leave {
            Leave::Nobody => None,
            Leave::Within(along) => {
                let touches = self.scope_by(anew.ties, (anew.whole, &BTreeSet::from([change])))?;
                touches.is_subset(anew.scope).then_some(along)
            }
            Leave::Anyhow(along) => Some(along),
        })
    }

    /// An item that stays, without what was taken from its source among others of whom one left: it was made for them all,
    /// though the three sides may be the same without that one.
    fn fresh<'i>(&self, item: &'i Item, (ties, gone): (&Ties, &[&Item])) -> Result<Cow<'i, Item>, Fault> {
        let mut fresh = Cow::Borrowed(item);
        if gone.is_empty() || !item.resolutions.iter().any(Resolution::is_of_the_line) {
            return Ok(fresh);
        }
        let mut stale = PathSet::new();
        for one in item.resolutions.iter().filter(|one| one.is_of_the_line()) {
            let group = ties.with(PathSet::from([one.path.clone()]));
            for left in gone {
                if self.meets(left, &group)? {
                    stale.insert(one.path.clone());
                    break;
                }
            }
        }
        if !stale.is_empty() {
            fresh.to_mut().resolutions.retain(|one| !one.is_of_the_line() || !stale.contains(&one.path));
        }
        Ok(fresh)
    }

    /// What an item makes of the same three sides now that what was taken from its source does not count any more.
    fn otherwise(
        &self,
        (item, fresh): (&Item, &Item),
        difference: &Difference,
        (ours, made): (TreeId, TreeId),
    ) -> Result<Vec<Resolution>, Fault> {
        let difference = self.as_unmoved((ours, item), difference)?;
        let mut otherwise = Vec::new();
        let mut seen = PathSet::new();
        for one in item.resolutions.iter().rev().filter(|one| one.is_of_the_line() && !fresh.resolutions.contains(one))
        {
            let leaf = |tree| self.content.leaf(tree, &one.path);
            let sides = Sides { base: leaf(difference.base)?, ours: leaf(ours)?, theirs: leaf(difference.theirs)? };
            if seen.insert(one.path.clone()) && sides == one.sides && leaf(made)? != one.result {
                otherwise.push(Resolution { result: leaf(made)?, ..one.clone() });
            }
        }
        Ok(otherwise)
    }
}
