//! What would have to give way where some paths are taken as the source has them, and what stays because of it: a file and a
//! folder of one name cannot both stand, and whoever put either has a say.

use super::Beside;
use crate::compose::followed;
use crate::content::folders::is_in;
use crate::content::{PathSet, Sides};
use crate::records::resolution::Resolution;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};
use std::collections::{BTreeMap, BTreeSet};

impl Beside<'_> {
    /// What stands where a file would be that is taken for gone: somebody settled it so on the source, and the file is there
    /// again once that other one leaves.
    pub(super) fn displaced(
        &self,
        (before, after): (TreeId, TreeId),
        taken: &[Resolution],
    ) -> Result<Vec<Resolution>, Fault> {
        let content = self.comers.composer.content;
        let mut found = Vec::new();
        for one in taken.iter().filter(|one| one.result.is_none() && one.sides.theirs.is_some()) {
            for stands in content.in_the_way(after, &PathSet::from([one.path.clone()]))? {
                let here = |tree| content.leaf(tree, &stands);
                let sides = Sides { ours: here(before)?, ..one.sides };
                found.push(followed::tie((&one.path, &stands), sides, here(after)?));
            }
        }
        Ok(found)
    }

    /// Takes nothing where something else would have to give way, which others made: a folder where a file is to stand, or a
    /// file where a folder is. Nor does anything give way to what is not taken.
    pub(super) fn leave_what_stands(&self, tree: TreeId, taken: &mut Vec<Resolution>) -> Result<(), Fault> {
        let all: Vec<_> = taken.iter().flat_map(Resolution::edits).collect();
        if !all.is_empty() && self.displaces(tree, &all)? {
            let gone: Vec<_> = all.into_iter().filter(|(_, leaf)| leaf.is_none()).collect();
            let mut stands = PathSet::new();
            for one in taken.iter().filter(|one| one.result.is_some()) {
                let edits: Vec<_> = gone.iter().cloned().chain(one.edits()).collect();
                if self.displaces(tree, &edits)? {
                    stands.insert(one.path.clone());
                }
            }
            // What does not come to where it went is not gone from where it was.
            let stands = self.comers.ties()?.with(stands);
            taken.retain(|one| !stands.contains(&one.path));
        }
        let gone = taken.iter().filter(|one| one.result.is_none()).map(|one| one.path.clone()).collect();
        for (other, because) in self.displacing(&gone)? {
            let comes = taken.iter().any(|one| one.path == other);
            if !comes && self.differs(tree, &other)? {
                taken.retain(|one| one.result.is_some() || !because.contains(&one.path));
            }
        }
        Ok(())
    }

    /// Whether some edits of a tree would take away what stands elsewhere in it.
    pub(super) fn displaces(&self, tree: TreeId, edits: &[(RepoPath, Option<Leaf>)]) -> Result<bool, Fault> {
        let named: BTreeSet<&RepoPath> = edits.iter().map(|(path, _)| path).collect();
        let put: PathSet = edits.iter().filter(|(_, leaf)| leaf.is_some()).map(|(path, _)| path.clone()).collect();
        let stands = self.comers.composer.content.in_the_way(tree, &put)?;
        Ok(stands.iter().any(|path| !named.contains(path)))
    }

    /// What stands on the source where some of the paths cannot be because of it, each with those: whoever put it there has a
    /// say about them.
    pub(super) fn displacing(&self, paths: &PathSet) -> Result<BTreeMap<RepoPath, Vec<RepoPath>>, Fault> {
        let mut gone = PathSet::new();
        for path in paths {
            if self.leaf(path)?.is_none() {
                gone.insert(path.clone());
            }
        }
        let stands = self.comers.composer.content.in_the_way(self.source.tree, &gone)?;
        let because_of =
            |one: &RepoPath| gone.iter().filter(|gone| is_in(one, gone) || is_in(gone, one)).cloned().collect();
        Ok(stands.into_iter().map(|one| (one.clone(), because_of(&one))).collect())
    }
}
