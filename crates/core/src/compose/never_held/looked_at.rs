//! Where an update may make what its newer revision alone would not, and what hangs together there.

use super::Update;
use crate::compose::settle::Settled;
use crate::content::sketch::Hashes;
use crate::content::{Conflict, Delta, PathSet};
use crate::records::line::Item;
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::RepoPath;
use std::collections::HashSet;

impl<'a> Update<'a> {
    /// Where a plain merge of it conflicts, takes back what the older revision did, or takes away what others edited.
    pub(super) fn looked_at(&self, plain: &Settled) -> Result<PathSet, Fault> {
        let mut paths = self.taken_back(plain);
        paths.extend(self.gone(plain)?);
        paths.extend(plain.conflicts.iter().flat_map(Conflict::names).cloned());
        Ok(paths)
    }

    /// The paths on which it may take back what the older revision did, and that nobody decided about. What the newer one
    /// moves to or from one of those paths shows in no difference between the two, and what that takes for a move may be none.
    fn taken_back(&self, plain: &Settled) -> PathSet {
        let by_hand = |one: &&Resolution| one.by == Settler::Person || one.is_of_the_line();
        let decided: HashSet<&RepoPath> = plain.decided.iter().filter(by_hand).map(|one| &one.path).collect();
        let paths = self.before.changes.iter().map(|one| &one.path).filter(|path| self.did.change(path).is_some());
        let set = |delta: &'a Delta| -> HashSet<&'a (RepoPath, RepoPath)> { delta.renames.iter().collect() };
        let (own, did, before) = (set(self.own), set(self.did), set(self.before));
        let touches = |path: &RepoPath| self.before.change(path).is_some();
        let is_hidden = |one: &&(RepoPath, RepoPath)| !did.contains(one) || touches(&one.0) != touches(&one.1);
        let hidden = own.difference(&before).filter(|one| is_hidden(one));
        let moves = hidden.chain(did.difference(&own)).flat_map(|(from, to)| [from, to]);
        let here = paths.chain(moves).filter(|path| self.is_within(path));
        here.filter(|path| !decided.contains(*path)).cloned().collect()
    }

    /// What others edited and the update deletes, where nobody is asked: it was taken for a move to what the update brings back.
    fn gone(&self, plain: &Settled) -> Result<PathSet, Fault> {
        let decided: HashSet<&RepoPath> = plain.decided.iter().map(|one| &one.path).collect();
        let mut gone = PathSet::new();
        for change in self.did.changes.iter().filter(|one| one.after.is_none() && self.is_within(&one.path)) {
            let leaf = |tree| self.composer.content.leaf(tree, &change.path);
            let is_edited = leaf(self.met.tree)?.is_some_and(|leaf| Some(leaf) != change.before);
            if is_edited && leaf(plain.tree)?.is_none() && !decided.contains(&change.path) {
                gone.insert(change.path.clone());
            }
        }
        Ok(gone)
    }

    fn is_within(&self, path: &RepoPath) -> bool {
        self.met.within.is_none_or(|within| within.contains(path))
    }

    /// Some paths, each with all that hangs together with it: by renames, those of the newer revision and of what it was
    /// rebased onto as well, and by conflicts.
    pub(super) fn groups(&self, plain: &Settled, paths: PathSet) -> Result<Vec<PathSet>, Fault> {
        let (Update { new, own, .. }, ties, between) = (self, self.ties()?, self.between()?);
        let followed: Vec<&Resolution> = plain.decided.iter().filter(|one| one.by == Settler::Followed).collect();
        let (mut groups, mut seen): (Vec<PathSet>, PathSet) = (Vec::new(), PathSet::new());
        for path in paths {
            if seen.contains(&path) {
                continue;
            }
            let (mut group, mut known) = (PathSet::from([path]), 0);
            while known < group.len() {
                known = group.len();
                group = ties.with(own.with_other_ends(between.with_other_ends(group)));
                let tied = followed.iter().filter(|one| one.paths().any(|path| group.contains(path)));
                let tied = tied.flat_map(|one| one.paths());
                let open = plain.conflicts.iter().filter(|one| one.is_among(&group)).flat_map(Conflict::names);
                let more: Vec<RepoPath> = tied.chain(open).cloned().collect();
                group.extend(more);
                // Where it puts a folder or a file in the place of one.
                group.extend(self.composer.content.in_the_way(new.tip_tree, &group)?);
            }
            seen.extend(group.iter().cloned());
            groups.push(group);
        }
        Ok(groups)
    }

    /// What other changes it meets on some paths.
    pub(super) fn others(&self, group: &PathSet) -> Result<Vec<&'a Item>, Fault> {
        let (mut others, hashes) = (Vec::new(), Hashes::of(group));
        for other in self.met.before.iter().copied().filter(|other| other.change != self.item.change) {
            if self.composer.may_touch(other, &hashes) && self.composer.meets(other, group)? {
                others.push(other);
            }
        }
        Ok(others)
    }
}
