//! Carrying an item within some paths only. The tree it is carried onto may be of another time elsewhere: one in which a
//! later change has moved the folder that this one adds to, say. That must neither stop it nor cost anything, so what lies
//! beyond the paths is taken to be as the item's base has it.

use crate::compose::paths::Ties;
use crate::compose::settle::{Occasion, Settled};
use crate::compose::{Composer, Difference};
use crate::content::sketch::Hashes;
use crate::content::{Conflict, ConflictKind, Delta, Merge, PathSet};
use crate::records::line::Item;
use crate::records::resolution::{Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};

/// Up to how many paths of an item that arrives are looked at one by one; beyond, the whole trees are compared first.
const FEW: usize = 512;

/// Where the files of a line went: what it began with, and the renames of its items.
#[derive(Clone, Copy)]
pub(super) struct Went<'a> {
    /// The tree before the first item.
    pub begun: TreeId,
    /// What the renames of all its items tie together.
    pub ties: &'a Ties,
}

/// Up to how many groups of paths that are in dispute are looked at by themselves.
const FEW_GROUPS: usize = 32;

/// What had a say in how some paths were carried.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Say {
    /// What the three sides have there, for each path by itself.
    EachPath,
    /// What stands around them as well.
    Around,
}

/// Where something is carried.
#[derive(Clone, Copy)]
pub(super) struct Within<'a> {
    /// The paths.
    pub paths: &'a PathSet,
    /// What left, of what came before it.
    pub gone: &'a [&'a Item],
    /// Where its files went, when a line is composed anew.
    pub line: Option<Went<'a>>,
}

/// Where alone something differs from an item's base.
#[derive(Clone, Copy)]
struct Among<'a> {
    /// There.
    paths: &'a PathSet,
    /// Where the item is carried; everywhere where nothing is said.
    scope: Option<&'a PathSet>,
}

impl Within<'_> {
    /// The names that the line knows a file by.
    fn names(&self, path: &RepoPath) -> PathSet {
        let own = PathSet::from([path.clone()]);
        match self.line {
            Some(line) => line.ties.with(own),
            None => own,
        }
    }
}

impl Composer<'_> {
    /// Carries an item onto some paths of a tree, which hold everything that renames tie to them.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn carry_within(&self, ours: TreeId, item: &Item, paths: &PathSet) -> Result<Settled, Fault> {
        match self.difference(item)? {
            Some(difference) => self.carry_difference_within(
                (ours, item, Occasion::Arrives),
                &difference,
                Within { paths, gone: &[], line: None },
            ),
            None => self.carry(ours, item, Some(paths)),
        }
    }

    /// The same for a difference that is known, and for what stays when others leave.
    pub(super) fn carry_difference_within(
        &self,
        carried: (TreeId, &Item, Occasion),
        difference: &Difference,
        within: Within<'_>,
    ) -> Result<Settled, Fault> {
        Ok(self.carry_by(carried, difference, within)?.0)
    }

    /// The same, with what had a say in it.
    fn carry_by(
        &self,
        carried: (TreeId, &Item, Occasion),
        difference: &Difference,
        within: Within<'_>,
    ) -> Result<(Settled, Say), Fault> {
        let paths = within.paths;
        let item = carried.1;
        // Where somebody said that a file goes elsewhere, what stood around it was asked about as well.
        let moved = item.resolutions.iter().any(|one| one.moves() && one.by != Settler::Followed);
        let is_many = paths.len() > FEW && within.line.is_none();
        if moved || is_many {
            let settled = self.carry_difference(carried, difference, Some(paths))?;
            if moved && self.misses((carried.0, item), paths, &settled)? {
                let whole = self.among(carried, difference, Among { paths, scope: None })?;
                if whole.conflicts.is_empty() && !self.misses((carried.0, item), paths, &whole)? {
                    return Ok((whole, Say::Around));
                }
            }
            if settled.conflicts.is_empty() || moved {
                return Ok((settled, Say::Around));
            }
        }
        let (alone, say) = self.alone(carried, difference, within)?;
        if say == Say::EachPath || moved || is_many || !self.may_be_elsewhere(&alone.conflicts, within)? {
            return Ok((alone, say));
        }
        let settled = self.carry_difference(carried, difference, Some(paths))?;
        Ok((if settled.conflicts.is_empty() { settled } else { alone }, Say::Around))
    }

    /// The same, and where something is in dispute, each group of paths there that renames tie together by itself, and the
    /// rest by itself: where an item moved a folder, that does not concern what else it edits and what stands there since
    /// somebody left.
    pub(super) fn carry_grouped_within(
        &self,
        carried: (TreeId, &Item, Occasion),
        difference: &Difference,
        within: Within<'_>,
    ) -> Result<Settled, Fault> {
        let (settled, say) = self.carry_by(carried, difference, within)?;
        if settled.conflicts.is_empty() || say == Say::EachPath {
            return Ok(settled);
        }
        let open = settled.conflicts.iter().map(|one| &one.path).filter(|path| within.paths.contains(*path));
        let mut groups = within.line.map(|line| line.ties.groups(open.cloned().collect())).unwrap_or_default();
        if groups.is_empty() || groups.len() > FEW_GROUPS {
            return Ok(settled);
        }
        let is_rest = |path: &&RepoPath| !groups.iter().any(|group| group.contains(*path));
        let rest: PathSet = within.paths.iter().filter(is_rest).cloned().collect();
        if rest.is_empty() && groups.len() == 1 {
            return Ok(settled);
        }
        if !rest.is_empty() {
            groups.insert(0, rest);
        }
        let (ours, item, occasion) = carried;
        let mut all = Settled::unchanged(ours);
        for paths in groups {
            let within = Within { paths: &paths, ..within };
            let one = self.carry_difference_within((all.tree, item, occasion), difference, within)?;
            if !one.conflicts.is_empty() {
                return Ok(settled);
            }
            all.tree = one.tree;
            all.decided.extend(one.decided);
            all.warnings.extend(one.warnings);
            all.followed.extend(one.followed);
            all.beside.extend(one.beside);
        }
        Ok(all)
    }

    /// Whether somebody said where a file goes that is there as it was then, and it did not go there: among a few files nobody
    /// sees that a whole folder moved.
    fn misses(&self, (ours, item): (TreeId, &Item), paths: &PathSet, settled: &Settled) -> Result<bool, Fault> {
        let said = item.resolutions.iter().filter(|one| one.moves() && one.by != Settler::Followed);
        for one in said.filter(|one| one.sides.ours.is_some() && paths.contains(&one.path)) {
            let is_used = settled.decided.iter().any(|used| used.path == one.path && used.sides == one.sides);
            if !is_used && self.content.leaf(ours, &one.path)? == one.sides.ours {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the rest of the tree may settle some conflicts: only where a file is missing that may have gone elsewhere. One
    /// that is not there because who brought it left has not, however much another looks like it; and where one that the
    /// line began with went, its items tell.
    fn may_be_elsewhere(&self, conflicts: &[Conflict], within: Within<'_>) -> Result<bool, Fault> {
        for conflict in conflicts {
            if conflict.kind.is_about_places()
                || (conflict.sides.ours.is_none() && !self.is_followed(&within.names(&conflict.path), within)?)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether it is known where a file went, if it went anywhere: who brought it left, or the line began with it, under
    /// one of its names.
    fn is_followed(&self, names: &PathSet, within: Within<'_>) -> Result<bool, Fault> {
        for name in names {
            let began = within.line.map_or(Ok(None), |line| self.content.leaf(line.begun, name))?;
            if began.is_some() || self.brought(within.gone, name)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether one of some items brought the file at a path.
    fn brought(&self, items: &[&Item], path: &RepoPath) -> Result<bool, Fault> {
        let hashes = Hashes::of([path]);
        for item in items.iter().filter(|item| self.may_touch(item, &hashes)) {
            let Some(difference) = self.difference(item)? else { continue };
            let did = self.content.delta(difference.base, difference.theirs)?;
            if did.change(path).is_some_and(|one| one.before.is_none()) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Carries it where nothing but the paths differs from its base; as it is, where nothing else has a say.
    fn alone(
        &self,
        carried: (TreeId, &Item, Occasion),
        difference: &Difference,
        within: Within<'_>,
    ) -> Result<(Settled, Say), Fault> {
        let (ours, item, occasion) = carried;
        let paths = within.paths;
        let difference = &*self.as_unmoved((ours, item), difference)?;
        let did = self.content.delta(difference.base, difference.theirs)?;
        let nowhere = self.nowhere((ours, &did), within)?;
        let merge = Merge { base: difference.base, ours, theirs: difference.theirs, scope: Some(paths) };
        if let Some(merged) = self.content.merge_apart(merge, &nowhere)? {
            let settled = self.settle_merged((merge, merged), difference, (item, occasion))?;
            return Ok((settled, Say::EachPath));
        }
        let settled = self.among(carried, difference, Among { paths, scope: Some(paths) })?;
        let in_moved_folder = settled.conflicts.iter().filter(|one| one.kind == ConflictKind::FolderRename);
        let mut own = paths.clone();
        for conflict in in_moved_folder.filter(|one| did.change(&one.path).is_none()) {
            // A file that only others' renames tie to it stands in a folder that it moved: it never met that one.
            own.remove(&conflict.path);
        }
        let settled = if own.len() == paths.len() {
            settled
        } else {
            self.among(carried, difference, Among { paths: &own, scope: Some(&own) })?
        };
        Ok((settled, Say::Around))
    }

    /// The paths of a difference whose files are known to be nowhere in a tree, because who brought them left. Where a file
    /// goes that the difference renames is another question.
    fn nowhere(&self, (ours, did): (TreeId, &Delta), within: Within<'_>) -> Result<PathSet, Fault> {
        let mut nowhere = PathSet::new();
        if within.line.is_none() {
            return Ok(nowhere);
        }
        let edited = did.changes_at(within.paths).into_iter().filter(|one| one.before.is_some());
        for one in edited.filter(|one| did.renames_at(&one.path).next().is_none()) {
            let is_there = |name: &RepoPath| Ok::<_, Fault>(self.content.leaf(ours, name)?.is_some());
            if is_there(&one.path)? {
                continue;
            }
            let names = within.names(&one.path);
            if !self.is_followed(&names, within)? {
                continue;
            }
            if !names.iter().map(is_there).collect::<Result<Vec<_>, _>>()?.contains(&true) {
                nowhere.insert(one.path.clone());
            }
        }
        Ok(nowhere)
    }

    /// Carries it onto some paths, where its base has everything else.
    fn among(
        &self,
        carried: (TreeId, &Item, Occasion),
        difference: &Difference,
        asked: Among<'_>,
    ) -> Result<Settled, Fault> {
        let ((ours, item, occasion), Among { paths, scope }) = (carried, asked);
        // What stands where a file would go is asked about, whether it is among the paths or not.
        let stands = self.content.in_the_way(ours, paths)?;
        let here = match stands.is_empty() {
            true => self.leaves(ours, paths)?,
            false => self.leaves(ours, &paths.iter().cloned().chain(stands).collect())?,
        };
        let mut apart = Vec::new();
        for (path, leaf) in &here {
            if self.content.leaf(difference.base, path)? != *leaf {
                apart.push((path.clone(), *leaf));
            }
        }
        let ground = self.content.edit(difference.base, &apart)?;
        let mut settled = self.carry_difference((ground, item, occasion), difference, scope)?;
        let mut reached = paths.clone();
        reached.extend(settled.decided.iter().flat_map(Resolution::paths).cloned());
        // Both are in order of path, and most of what is reached was looked up already.
        let (mut here, mut made) = (here.into_iter().peekable(), Vec::new());
        for (path, leaf) in self.leaves(settled.tree, &reached)? {
            let before = match here.next_if(|(known, _)| *known == path) {
                Some((_, known)) => known,
                None => self.content.leaf(ours, &path)?,
            };
            if before != leaf {
                made.push((path, leaf));
            }
        }
        settled.tree = self.content.edit(ours, &made)?;
        Ok(settled)
    }

    /// What a tree holds at some paths.
    pub(super) fn leaves(&self, tree: TreeId, paths: &PathSet) -> Result<Vec<(RepoPath, Option<Leaf>)>, Fault> {
        let leaf = |path: &RepoPath| Ok((path.clone(), self.content.leaf(tree, path)?));
        paths.iter().map(leaf).collect()
    }
}
