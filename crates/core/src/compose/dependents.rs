//! Who could not stay on a line if one change left it: asked of many changes of the same line. Only the paths are composed
//! anew that somebody touched after the change; who would have to leave because of others that leave is theirs to tell.

use crate::compose::paths::Ties;
use crate::compose::recompose::{Anew, Leave, Minds, Voids};
use crate::compose::{Composer, Composition, PATHS_OF_ONE, Recomposed};
use crate::content::PathSet;
use crate::content::sketch::{ByHash, Hashes};
use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::object::RepoPath;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

/// Those that build directly on a change, each with the paths on which it could not be carried without it.
pub type Dependents = BTreeMap<ChangeIx, PathSet>;

/// A line, ready to be asked.
pub struct Line<'a> {
    composer: Composer<'a>,
    whole: Composition<'a>,
    ties: Ties,
    by_hash: ByHash,
    /// The places of each change's items.
    places: BTreeMap<ChangeIx, Vec<usize>>,
    spent: Cell<usize>,
}

impl<'a> Line<'a> {
    /// Brings in order what questions about a line need.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn new(composer: Composer<'a>, whole: Composition<'a>) -> Result<Self, Fault> {
        let mut places: BTreeMap<ChangeIx, Vec<usize>> = BTreeMap::new();
        for (place, item) in whole.items.iter().enumerate() {
            places.entry(item.change).or_default().push(place);
        }
        let by_hash = ByHash::of(whole.items.iter().map(|item| composer.sketch(item)));
        Ok(Self { composer, whole, ties: composer.ties(whole.items)?, by_hash, places, spent: Cell::new(0) })
    }

    /// How much was carried to answer so far: each item once for each time, and once more for every 64 of its paths.
    pub fn spent(&self) -> usize {
        self.spent.get()
    }

    /// Who builds directly on a change.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn dependents(&self, change: ChangeIx) -> Result<Dependents, Fault> {
        let mut leaving = BTreeSet::from([change]);
        let touched = self.ties.with(self.composer.touched_by(self.whole.items, &leaving)?);
        let own = self.composer.with_what_stands((&self.ties, self.whole.tree), touched.clone())?;
        let first = self.places.get(&change).and_then(|places| places.first()).copied().unwrap_or(0);
        let mut shared = PathSet::new();
        for (_, item) in self.touching(&own).into_iter().filter(|(place, _)| *place > first) {
            if item.change != change {
                shared.extend(self.composer.touched_among(item, &own)?);
            }
        }
        let mut found = Dependents::new();
        if shared.is_empty() {
            return Ok(found);
        }
        // What stands where a file of it was is shared because that one is not there.
        let scope = if shared.is_subset(&touched) { self.ties.with(shared) } else { own };
        let items: Vec<&Item> = self.touching(&scope).into_iter().map(|(_, item)| item).collect();
        self.spent.set(self.spent.get() + items.len() + scope.len() / PATHS_OF_ONE);
        let anew = Anew { whole: self.whole, ties: &self.ties, scope: &scope, items: &items, depth: 0 };
        loop {
            let along = RefCell::default();
            let minds = Minds { conflicts: &|_: &RepoPath| true, voids: Voids::Block, leave: Leave::Anyhow(&along) };
            let recomposed = self.composer.compose_anew(anew, &leaving, minds)?;
            let mut blocked = along.into_inner();
            let is_done = match recomposed {
                Recomposed::Left(_) => true,
                Recomposed::Blocked { change, conflicts } => {
                    blocked.push((change, conflicts));
                    false
                }
            };
            for (change, conflicts) in blocked {
                leaving.insert(change);
                found.insert(change, conflicts.into_iter().map(|one| one.path).collect());
            }
            if is_done {
                return Ok(found);
            }
        }
    }

    /// Changes before a change on the line that touch what it touches: it may build on them.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn before(&self, change: ChangeIx) -> Result<BTreeSet<ChangeIx>, Fault> {
        let mut scope = self.composer.scope_by(&self.ties, (self.whole, &BTreeSet::from([change])))?;
        // Somebody made room.
        scope.extend(self.composer.content.in_the_way(self.whole.base, &scope)?);
        let last = self.places.get(&change).and_then(|places| places.last()).copied().unwrap_or(0);
        let mut found = BTreeSet::new();
        for (_, item) in self.touching(&scope).into_iter().filter(|(place, _)| *place < last) {
            if item.change != change && !found.contains(&item.change) && self.composer.meets(item, &scope)? {
                found.insert(item.change);
            }
        }
        Ok(found)
    }

    /// The items that may touch some paths, with their places.
    fn touching(&self, paths: &PathSet) -> Vec<(usize, &'a Item)> {
        let items = self.whole.items;
        self.by_hash.may_touch(&Hashes::of(paths)).into_iter().map(|place| (place, &items[place])).collect()
    }
}
