//! Which paths an item touches, and what renames tie to one another. Some changes touch thousands: nothing here gathers
//! all of them for a question about a few.

use crate::compose::{Composer, Composition, Difference};
use crate::content::folders::{MovedFolder, moved_folder};
use crate::content::{Delta, PathSet};
use crate::records::line::{Item, Source};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::{RepoPath, TreeId};
use std::cell::{Cell, OnceCell};
use std::collections::{BTreeSet, HashMap};
use std::hash::BuildHasher;
use std::sync::Arc;

/// Every path that an item's difference touches, and what lies beyond.
pub(super) fn touched(item: &Item, did: &Delta, difference: &Difference) -> PathSet {
    did.changes.iter().map(|change| &change.path).chain(beyond(item, difference)).cloned().collect()
}

/// The paths that are not clear, and all about which something was settled: where the item does something to a file that
/// others moved, its difference may not name the one where that stands.
fn beyond<'i>(item: &'i Item, difference: &'i Difference) -> impl Iterator<Item = &'i RepoPath> {
    let unclear = difference.unclear.iter().map(|one| &one.path);
    unclear.chain(item.resolutions.iter().flat_map(Resolution::paths))
}

/// What settled an item by putting files where its difference may not: elsewhere, or as its source holds them, or where
/// the line knows them.
pub(super) fn moved(item: &Item) -> impl Iterator<Item = &Resolution> {
    let is_beyond = |one: &&Resolution| one.moves() || one.is_of_the_line() || one.by == Settler::Followed;
    item.resolutions.iter().filter(is_beyond)
}

impl Composer<'_> {
    /// Whether an item touches one of some paths.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn meets(&self, item: &Item, paths: &PathSet) -> Result<bool, Fault> {
        let Some(difference) = self.difference(item)? else { return Ok(false) };
        let did = self.content.delta(difference.base, difference.theirs)?;
        Ok(did.touches(paths) || beyond(item, &difference).any(|path| paths.contains(path)))
    }

    /// Those of some paths that an item touches.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn touched_among(&self, item: &Item, paths: &PathSet) -> Result<PathSet, Fault> {
        let Some(difference) = self.difference(item)? else { return Ok(PathSet::new()) };
        let did = self.content.delta(difference.base, difference.theirs)?;
        let mut found: PathSet = did.changes_at(paths).into_iter().map(|one| one.path.clone()).collect();
        found.extend(beyond(item, &difference).filter(|path| paths.contains(*path)).cloned());
        Ok(found)
    }

    /// The paths to compose anew: what the leaving changes touched, whatever a rename ties to it, and what could not be
    /// there were it otherwise.
    pub fn scope(&self, whole: Composition<'_>, leaving: &BTreeSet<ChangeIx>) -> Result<PathSet, Fault> {
        self.scope_by(&self.ties(whole.items)?, (whole, leaving))
    }

    /// The same by ties that are known already.
    pub(super) fn scope_by(
        &self,
        ties: &Ties,
        (whole, leaving): (Composition<'_>, &BTreeSet<ChangeIx>),
    ) -> Result<PathSet, Fault> {
        self.with_what_stands((ties, whole.tree), self.touched_by(whole.items, leaving)?)
    }

    /// Every path that some changes touch.
    pub(super) fn touched_by(&self, items: &[Item], changes: &BTreeSet<ChangeIx>) -> Result<PathSet, Fault> {
        let mut touched = PathSet::new();
        for item in items.iter().filter(|item| changes.contains(&item.change)) {
            touched.extend(self.touched(item)?);
        }
        Ok(touched)
    }

    /// Some paths with what renames tie to them, and what could not be there together with a file at each: a file gives way
    /// to no folder of its name unseen, nor a folder to a file, and who put it has a say.
    pub(super) fn with_what_stands(&self, (ties, tree): (&Ties, TreeId), mut paths: PathSet) -> Result<PathSet, Fault> {
        loop {
            paths = ties.with(paths);
            let stands = self.content.in_the_way(tree, &paths)?;
            if stands.is_empty() {
                return Ok(paths);
            }
            paths.extend(stands);
        }
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
        Ok(Ties::new(renaming.into_iter()))
    }

    /// What an item renames; `None` where it renames nothing.
    fn renaming(&self, item: &Item) -> Result<Option<Renaming>, Fault> {
        if self.sketch(item).is_some_and(|sketch| !sketch.renames()) {
            return Ok(None);
        }
        let Some(difference) = self.difference(item)? else { return Ok(None) };
        let did = self.content.delta(difference.base, difference.theirs)?;
        let settled = moved(item).flat_map(|one| one.paths().skip(1).map(|path| (one.path.clone(), path.clone())));
        let mut settled: Vec<_> = settled.collect();
        if matches!(item.source, Source::Update { .. })
            && let Some(revision) = self.state.outline(item.change, item.revision)
        {
            // It went where the newer revision has it, whatever the update renames.
            settled.extend(self.content.delta(revision.base_tree(), revision.tip_tree())?.renames.iter().cloned());
        }
        let new = moved(item).filter(|one| one.sides.base.is_none() && one.by != Settler::Followed);
        let placed = new.filter_map(|one| Some((one.path.clone(), one.at.clone()?))).collect();
        let some = !did.renames.is_empty() || !settled.is_empty();
        Ok(some.then_some(Renaming { did, settled, placed }))
    }
}

/// What renames of some items tie together.
pub struct Ties {
    renaming: Vec<Arc<Delta>>,
    /// What settling conflicts tied together, `(from, to)`.
    settled: Vec<(RepoPath, RepoPath)>,
    /// Which renames have an end of some hash, by the place of the item and of the rename, once many ends were asked for.
    ends: OnceCell<Ends>,
    asked: Cell<usize>,
}

/// So many paths are looked up in the renames as they are, before those are brought in order for it.
const FEW: usize = 64;

impl Ties {
    fn new(items: impl Iterator<Item = Renaming>) -> Self {
        let (mut renaming, mut settled, mut placed) = (Vec::new(), Vec::new(), Vec::new());
        for item in items {
            renaming.push(item.did);
            settled.extend(item.settled);
            placed.extend(item.placed);
        }
        for (path, at) in &placed {
            let moves = moved_folder(path, at).into_iter().flat_map(|folder| moving(&renaming, folder));
            settled.extend(moves.map(|(from, _)| (path.clone(), from.clone())));
        }
        Self { renaming, settled, ends: OnceCell::new(), asked: Cell::new(0) }
    }

    /// Some paths with all that is tied to them.
    pub fn with(&self, mut scope: PathSet) -> PathSet {
        if self.renaming.is_empty() && self.settled.is_empty() {
            return scope;
        }
        let mut new = Vec::new();
        scope.iter().for_each(|path| self.other_ends(path, &mut new));
        while !new.is_empty() {
            new.retain(|path| scope.insert(path.clone()));
            let mut found = Vec::new();
            new.iter().for_each(|path| self.other_ends(path, &mut found));
            new = found;
        }
        scope
    }

    /// Some paths, each with all that is tied to it, and none twice.
    pub fn groups(&self, paths: PathSet) -> Vec<PathSet> {
        let (mut groups, mut seen): (Vec<PathSet>, PathSet) = (Vec::new(), PathSet::new());
        for path in paths {
            if !seen.contains(&path) {
                let group = self.with(PathSet::from([path]));
                seen.extend(group.iter().cloned());
                groups.push(group);
            }
        }
        groups
    }

    /// The other ends of a path.
    fn other_ends(&self, path: &RepoPath, found: &mut Vec<RepoPath>) {
        let other = |(from, to): &(RepoPath, RepoPath)| match path {
            _ if path == from => Some(to.clone()),
            _ if path == to => Some(from.clone()),
            _ => None,
        };
        self.asked.set(self.asked.get() + 1);
        if self.asked.get() < FEW {
            // Only what an item touches can be an end of its renames.
            let touching = self.renaming.iter().filter(|did| did.change(path).is_some());
            found.extend(touching.flat_map(|did| &did.renames).filter_map(other));
        } else {
            let places = self.ends.get_or_init(|| ends(&self.renaming)).get(&hash(path));
            let places = places.into_iter().flatten();
            found.extend(places.filter_map(|(item, at)| other(&self.renaming[*item].renames[*at])));
        }
        found.extend(self.settled.iter().filter_map(other));
    }
}

/// What an item renames: by its difference, and by what settled its conflicts.
struct Renaming {
    did: Arc<Delta>,
    settled: Vec<(RepoPath, RepoPath)>,
    /// Which of that were new files, put where their folder went.
    placed: Vec<(RepoPath, RepoPath)>,
}

/// What moves a folder from where it was, or to where it went: of each item that does, one rename for every such move.
fn moving<'a>(renaming: &'a [Arc<Delta>], folder: MovedFolder<'a>) -> impl Iterator<Item = &'a (RepoPath, RepoPath)> {
    renaming.iter().flat_map(move |did| {
        let mut known = BTreeSet::new();
        did.renames.iter().filter(move |(from, to)| {
            let moved = moved_folder(from, to).filter(|moved| moved.from == folder.from || moved.to == folder.to);
            moved.is_some_and(|moved| known.insert(moved))
        })
    })
}

/// Places of renames by the hash of an end.
type Ends = HashMap<u64, Vec<(usize, usize)>, foldhash::fast::FixedState>;

/// The places of all renames by the hashes of their ends.
fn ends(renaming: &[Arc<Delta>]) -> Ends {
    let mut ends = Ends::default();
    for (item, did) in renaming.iter().enumerate() {
        for (at, (from, to)) in did.renames.iter().enumerate() {
            [from, to].into_iter().for_each(|end| ends.entry(hash(end)).or_default().push((item, at)));
        }
    }
    ends
}

fn hash(path: &RepoPath) -> u64 {
    foldhash::fast::FixedState::default().hash_one(path.as_bytes())
}
