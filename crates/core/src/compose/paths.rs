//! Which paths an item touches, and what renames tie to one another. Some changes touch thousands: nothing here gathers
//! all of them for a question about a few.

use crate::compose::{Composer, Difference};
use crate::content::{Delta, PathSet};
use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::RepoPath;
use std::cell::{Cell, OnceCell};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Every path that an item's difference touches, with those that are not clear, and those where settling its conflicts
/// put files.
pub(super) fn touched(item: &Item, did: &Delta, difference: &Difference) -> PathSet {
    let unclear = difference.unclear.iter().map(|(path, _)| path);
    let settled = moved(item).flat_map(Resolution::paths);
    did.changes.iter().map(|change| &change.path).chain(unclear).chain(settled).cloned().collect()
}

/// What settled an item by putting files where its difference may not: elsewhere, or as its source holds them, or where
/// the line knows them.
pub(super) fn moved(item: &Item) -> impl Iterator<Item = &Resolution> {
    let beyond = |by: &Settler| matches!(by, Settler::AsSource(_) | Settler::Followed);
    item.resolutions.iter().filter(move |one| one.moves() || beyond(&one.by))
}

impl Composer<'_> {
    /// Whether an item touches one of some paths.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn meets(&self, item: &Item, paths: &PathSet) -> Result<bool, Fault> {
        Ok(!self.touched_among(item, paths)?.is_empty())
    }

    /// Those of some paths that an item touches.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn touched_among(&self, item: &Item, paths: &PathSet) -> Result<PathSet, Fault> {
        let Some(difference) = self.difference(item)? else { return Ok(PathSet::new()) };
        let did = self.content.delta(difference.base, difference.theirs)?;
        let mut found: PathSet = match paths.len() < did.changes.len() {
            true => paths.iter().filter(|path| find(&did, path)).cloned().collect(),
            false => did.changes.iter().map(|one| &one.path).filter(|path| paths.contains(*path)).cloned().collect(),
        };
        let unclear = difference.unclear.iter().map(|(path, _)| path);
        let beyond = unclear.chain(moved(item).flat_map(Resolution::paths));
        found.extend(beyond.filter(|path| paths.contains(*path)).cloned());
        Ok(found)
    }

    /// The paths to compose anew: what the leaving changes touched, and whatever a rename ties to it.
    pub fn scope(&self, items: &[Item], leaving: &BTreeSet<ChangeIx>) -> Result<PathSet, Fault> {
        self.scope_by(&self.ties(items)?, (items, leaving))
    }

    /// The same by ties that are known already.
    pub(super) fn scope_by(
        &self,
        ties: &Ties,
        (items, leaving): (&[Item], &BTreeSet<ChangeIx>),
    ) -> Result<PathSet, Fault> {
        let mut scope = PathSet::new();
        for item in items.iter().filter(|item| leaving.contains(&item.change)) {
            scope.extend(self.touched(item)?);
        }
        Ok(ties.with(scope))
    }

    /// Some paths with every path that a rename of some items ties to them.
    pub fn tied(&self, items: &[Item], scope: PathSet) -> Result<PathSet, Fault> {
        Ok(self.ties(items)?.with(scope))
    }

    /// What renames of some items tie together, for questions about many paths.
    pub(super) fn ties<'i>(&self, items: impl IntoIterator<Item = &'i Item>) -> Result<Ties, Fault> {
        let mut renaming = Vec::new();
        for item in items {
            renaming.extend(self.renaming(item)?);
        }
        Ok(Ties(renaming))
    }

    /// What an item renames; `None` where it renames nothing.
    fn renaming(&self, item: &Item) -> Result<Option<Renaming>, Fault> {
        if self.sketch(item).is_some_and(|sketch| !sketch.renames()) {
            return Ok(None);
        }
        let Some(difference) = self.difference(item)? else { return Ok(None) };
        let did = self.content.delta(difference.base, difference.theirs)?;
        let settled = moved(item).flat_map(|one| one.paths().skip(1).map(|path| (one.path.clone(), path.clone())));
        let settled: Vec<_> = settled.collect();
        let some = !did.renames.is_empty() || !settled.is_empty();
        Ok(some.then(|| Renaming { did, settled, ends: OnceCell::new(), asked: Cell::new(0) }))
    }
}

/// So many questions are answered before renames are brought in order for them.
const FEW: usize = 16;

/// What renames of some items tie together.
pub(super) struct Ties(Vec<Renaming>);

impl Ties {
    /// Some paths with all that is tied to them.
    pub fn with(&self, mut scope: PathSet) -> PathSet {
        if self.0.is_empty() {
            return scope;
        }
        let mut new: Vec<RepoPath> = scope.iter().cloned().collect();
        while !new.is_empty() {
            let mut found = Vec::new();
            for path in &new {
                self.0.iter().for_each(|one| one.other_ends(path, &mut found));
            }
            found.retain(|path| scope.insert(path.clone()));
            new = found;
        }
        scope
    }
}

/// What an item renames: by its difference, and by what settled its conflicts.
struct Renaming {
    did: Arc<Delta>,
    settled: Vec<(RepoPath, RepoPath)>,
    /// The renames of its difference by their new names, once somebody asks: by the old ones they are in order.
    ends: OnceCell<Vec<usize>>,
    /// How often somebody asked.
    asked: Cell<usize>,
}

impl Renaming {
    /// The other ends of a path.
    fn other_ends(&self, path: &RepoPath, found: &mut Vec<RepoPath>) {
        for (from, to) in &self.settled {
            if path == from {
                found.push(to.clone());
            } else if path == to {
                found.push(from.clone());
            }
        }
        // Only what an item touches can be an end of its renames.
        if !find(&self.did, path) {
            return;
        }
        let renames = &self.did.renames;
        let first = renames.partition_point(|(from, _)| from < path);
        let same = renames[first..].iter().take_while(|(from, _)| from == path);
        found.extend(same.map(|(_, to)| to.clone()));
        let asked = self.asked.replace(self.asked.get() + 1);
        if asked < FEW {
            found.extend(renames.iter().filter(|(_, to)| to == path).map(|(from, _)| from.clone()));
            return;
        }
        let by_end = self.ends.get_or_init(|| by_end(renames));
        let first = by_end.partition_point(|at| renames[*at].1 < *path);
        let same = by_end[first..].iter().map(|at| &renames[*at]).take_while(|(_, to)| to == path);
        found.extend(same.map(|(from, _)| from.clone()));
    }
}

/// The places of some renames in order of their new names.
fn by_end(renames: &[(RepoPath, RepoPath)]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..renames.len()).collect();
    places.sort_by(|one, two| renames[*one].1.cmp(&renames[*two].1));
    places
}

/// Whether a difference touches a path.
fn find(did: &Delta, path: &RepoPath) -> bool {
    did.changes.binary_search_by(|one| one.path.cmp(path)).is_ok()
}
