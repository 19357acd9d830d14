//! Which paths an item touches, and what renames tie to one another. Some changes touch thousands: nothing here gathers
//! all of them for a question about a few.

use crate::compose::{Composer, moved};
use crate::content::{Delta, PathSet};
use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Resolution;
use crate::words::fault::Fault;
use crate::words::object::RepoPath;
use std::collections::BTreeSet;
use std::sync::Arc;

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
        let mut scope = PathSet::new();
        for item in items.iter().filter(|item| leaving.contains(&item.change)) {
            scope.extend(self.touched(item)?);
        }
        self.tied(items, scope)
    }

    /// Some paths with every path that a rename of some items ties to them.
    pub fn tied(&self, items: &[Item], scope: PathSet) -> Result<PathSet, Fault> {
        self.tied_by(&items.iter().collect::<Vec<_>>(), scope)
    }

    /// The same for items of several lines.
    pub(super) fn tied_by(&self, items: &[&Item], mut scope: PathSet) -> Result<PathSet, Fault> {
        let mut renaming = Vec::new();
        for item in items {
            renaming.extend(self.renaming(item)?);
        }
        let mut new: Vec<RepoPath> = scope.iter().cloned().collect();
        while !new.is_empty() {
            let mut found = Vec::new();
            for one in &renaming {
                one.other_ends(&new, &mut found);
            }
            found.retain(|path| scope.insert(path.clone()));
            new = found;
        }
        Ok(scope)
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
        Ok((!did.renames.is_empty() || !settled.is_empty()).then_some(Renaming { did, settled }))
    }
}

/// What an item renames: by its difference, and by what settled its conflicts.
struct Renaming {
    did: Arc<Delta>,
    settled: Vec<(RepoPath, RepoPath)>,
}

impl Renaming {
    /// The other ends of some paths.
    fn other_ends(&self, paths: &[RepoPath], found: &mut Vec<RepoPath>) {
        let few = paths.len() < 64;
        let set: BTreeSet<&RepoPath> = if few { BTreeSet::new() } else { paths.iter().collect() };
        let has = |path: &RepoPath| if few { paths.contains(path) } else { set.contains(path) };
        // Only what an item touches can be an end of its renames.
        let concerned = !few || paths.iter().any(|path| find(&self.did, path));
        let renames = if concerned { &self.did.renames[..] } else { &[] };
        for (from, to) in renames.iter().chain(&self.settled) {
            if has(from) {
                found.push(to.clone());
            } else if has(to) {
                found.push(from.clone());
            }
        }
    }
}

/// Whether a difference touches a path.
fn find(did: &Delta, path: &RepoPath) -> bool {
    did.changes.binary_search_by(|one| one.path.cmp(path)).is_ok()
}
