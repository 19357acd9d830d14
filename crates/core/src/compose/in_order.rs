//! A change that arrives after others which came later where they all come from may take back what those did: it deletes
//! the file that they brought again, or turns off what they turned on again. Nothing conflicts then, for each edit alone is
//! clean. What they meant is what they make in the order of their source, so a path on which that happened is made in that
//! order, as one move of all of them would have made it (`SPEC L5`, `P11`).

use crate::compose::Composer;
use crate::compose::came::{self, Orders};
use crate::compose::paths::Ties;
use crate::compose::settle::Settled;
use crate::compose::standing::{Met, Standing};
use crate::content::PathSet;
use crate::content::lines::LineCounts;
use crate::content::sketch::Hashes;
use crate::records::line::Item;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, RepoPath, TreeId};
use std::cell::OnceCell;

/// What becomes of some paths when an item arrives after some that came later on the source.
pub(super) enum InOrder {
    /// What the merge made of it.
    Stands,
    /// What those make of it in the order of the source.
    Otherwise(Vec<(RepoPath, Option<Leaf>)>),
    /// They make nothing of it in that order: somebody is missing whom one of them builds on. On this path something was
    /// taken back.
    Disputed(RepoPath),
}

/// An item that came later where it comes from than one that arrives, and what it makes of a path.
struct Later {
    before: Option<Leaf>,
    after: Option<Leaf>,
}

/// The items of a line, with the one that arrives, and the lines that they come from.
pub(super) struct Comers<'a> {
    pub composer: Composer<'a>,
    /// What the line began with.
    pub base: TreeId,
    /// Its items as they shall be.
    pub items: Standing<'a>,
    /// The order in which they were made: the line that they come from and those below it say it.
    pub orders: Orders<'a>,
    /// What renames tie together, once somebody asks.
    pub ties: OnceCell<Ties>,
}

impl<'a> Comers<'a> {
    /// What renames of the line and of its source tie together.
    pub fn ties(&self) -> Result<&Ties, Fault> {
        if let Some(known) = self.ties.get() {
            return Ok(known);
        }
        let ties = self.composer.ties(self.items.may_rename(self.composer))?;
        Ok(self.ties.get_or_init(|| ties))
    }

    /// Whether an item came later than another.
    fn is_later(&self, one: &Item, other: &Item) -> bool {
        self.orders.is_later(one.change, other.change)
    }

    /// Those of some paths that others touch which came later than an item where all come from, and are there before it.
    pub fn touched_later(&self, item: &Item, paths: &PathSet) -> Result<PathSet, Fault> {
        let (mut found, hashes) = (PathSet::new(), Hashes::of(paths));
        for other in self.items.may_touch(self.composer, &hashes) {
            if self.is_later(other, item) {
                found.extend(self.composer.touched_among(other, paths)?);
            }
        }
        Ok(found)
    }

    /// What some paths that renames tie together hold when those that touch them are carried in the order of their source,
    /// where an arriving item took back what a later one did on one of them. All of them are made so together: what one
    /// loses may be another's.
    pub fn in_order(&self, (ours, item, made): (TreeId, &Item, TreeId), group: &PathSet) -> Result<InOrder, Fault> {
        let content = self.composer.content;
        let mut changed = Vec::new();
        for path in group {
            let sides = (content.leaf(ours, path)?, content.leaf(made, path)?);
            if sides.0 != sides.1 {
                changed.push((path, sides));
            }
        }
        if changed.is_empty() {
            return Ok(InOrder::Stands);
        }
        let Some(touching) = self.sorted(group)? else { return Ok(InOrder::Stands) };
        let after: Vec<&Item> = touching.iter().copied().filter(|other| self.is_later(other, item)).collect();
        let mut taken_back = None;
        for (path, sides) in changed {
            if takes_back(&self.composer, sides, &self.later(&after, path)?)? {
                taken_back = Some(path);
                break;
            }
        }
        let Some(path) = taken_back else { return Ok(InOrder::Stands) };
        let Some(tree) = self.carried(made, (&touching, group))? else { return Ok(InOrder::Disputed(path.clone())) };
        let mut otherwise = Vec::new();
        for path in group {
            let leaf = content.leaf(tree, path)?;
            if leaf != content.leaf(made, path)? {
                otherwise.push((path.clone(), leaf));
            }
        }
        Ok(if otherwise.is_empty() { InOrder::Stands } else { InOrder::Otherwise(otherwise) })
    }

    /// What some paths that renames tie together hold when those that touch them are carried in the order of their source,
    /// where one of them took back what a later one did that is there before it.
    pub fn put_in_order(&self, tree: TreeId, group: &PathSet) -> Result<Option<TreeId>, Fault> {
        let Some(sorted) = self.sorted(group)? else { return Ok(None) };
        let content = self.composer.content;
        let mut here = content.edit(tree, &self.composer.leaves(self.base, group)?)?;
        let mut came: Vec<&Item> = Vec::new();
        for item in self.touching(group)? {
            let made = self.carry(here, (item, &came), group)?.tree;
            let after: Vec<&Item> = came.iter().copied().filter(|other| self.is_later(other, item)).collect();
            for path in group.iter().filter(|_| !after.is_empty()) {
                let sides = (content.leaf(here, path)?, content.leaf(made, path)?);
                if takes_back(&self.composer, sides, &self.later(&after, path)?)? {
                    return self.carried(tree, (&sorted, group));
                }
            }
            here = made;
            came.push(item);
        }
        Ok(None)
    }

    /// Those of some paths on which one of the items came after others that are later where all come from.
    pub fn touched_late(&self, paths: &PathSet) -> Result<PathSet, Fault> {
        let (mut found, mut before, hashes) = (PathSet::new(), came::Met::nobody(&self.orders), Hashes::of(paths));
        for item in self.items.items() {
            // Most came in the order of their source, or touch other paths.
            if before.came_later(item.change) && self.composer.may_touch(item, &hashes) {
                let touched = self.ties()?.with(self.composer.touched_among(item, paths)?);
                found.extend(self.touched_later(item, &touched)?);
            }
            before.meet(item.change);
        }
        Ok(found)
    }

    /// Those that touch some paths, in the order of their source: of the lowest line that holds them. Who came elsewhere, a
    /// fix made above say, stays behind all that were there before it. `None` where one is alone.
    fn sorted(&self, group: &PathSet) -> Result<Option<Vec<&'a Item>>, Fault> {
        let touching = self.touching(group)?;
        if touching.len() < 2 {
            return Ok(None);
        }
        let changes = |items: &mut dyn Iterator<Item = &Item>| items.map(|item| item.change).collect::<Vec<_>>();
        let own = changes(&mut self.items.items());
        let below = self.orders.lines().map(|line| changes(&mut line.items.iter()));
        let mut sorted: Vec<&Item> = Vec::new();
        for line in below.chain([own]) {
            let place = |item: &&Item| line.iter().position(|change| *change == item.change);
            let is_new = |item: &&Item| !sorted.iter().any(|one| std::ptr::eq(*one, *item));
            let mut new: Vec<&Item> = touching.iter().copied().filter(is_new).collect();
            new.retain(|item| place(item).is_some());
            new.sort_by_key(place);
            for item in new {
                let before = |other: &&Item| place(other).is_some_and(|at| Some(at) <= place(&item));
                let at = sorted.iter().rposition(before).map_or(0, |at| at + 1);
                sorted.insert(at, item);
            }
        }
        Ok(Some(sorted))
    }

    /// What some items did to a path.
    fn later(&self, items: &[&Item], path: &RepoPath) -> Result<Vec<Later>, Fault> {
        let content = self.composer.content;
        let mut later = Vec::new();
        for item in items {
            let Some((base, theirs)) = self.composer.trees(item)? else { continue };
            later.push(Later { before: content.leaf(base, path)?, after: content.leaf(theirs, path)? });
        }
        Ok(later)
    }

    /// A tree with some paths made anew by some items; `None` where they make nothing of them. What was taken from a source
    /// was taken in the order in which they came, and counts only where they conflict without it.
    fn carried(&self, tree: TreeId, (items, group): (&[&Item], &PathSet)) -> Result<Option<TreeId>, Fault> {
        let plain: Vec<Item> = items
            .iter()
            .map(|item| {
                let mut item = (*item).clone();
                item.resolutions.retain(|one| !one.is_as_source());
                item
            })
            .collect();
        let plain: Vec<&Item> = plain.iter().collect();
        match self.carried_as_they_are(tree, (&plain, group))? {
            Some(tree) => Ok(Some(tree)),
            None => self.carried_as_they_are(tree, (items, group)),
        }
    }

    fn carried_as_they_are(&self, tree: TreeId, (items, group): (&[&Item], &PathSet)) -> Result<Option<TreeId>, Fault> {
        let cleared = self.composer.leaves(self.base, group)?;
        let mut tree = self.composer.content.edit(tree, &cleared)?;
        for (place, item) in items.iter().enumerate() {
            let settled = self.carry(tree, (item, &items[..place]), group)?;
            if !settled.conflicts.is_empty() {
                return Ok(None);
            }
            tree = settled.tree;
        }
        Ok(Some(tree))
    }

    /// Carries an item onto some paths of a tree that some others made.
    pub fn carry(&self, tree: TreeId, (item, before): (&Item, &[&Item]), paths: &PathSet) -> Result<Settled, Fault> {
        let settled = self.composer.carry_within(tree, item, paths)?;
        let ties = Some(self.ties()?);
        let met = Met { begun: self.base, tree, before, ties, earlier: &[], within: Some(paths), depth: Some(0) };
        self.composer.as_never_held(item, met, settled)
    }

    /// Those that touch some paths.
    pub fn touching(&self, paths: &PathSet) -> Result<Vec<&'a Item>, Fault> {
        let hashes = Hashes::of(paths);
        let mut touching = Vec::new();
        for item in self.items.may_touch(self.composer, &hashes) {
            if self.composer.meets(item, paths)? {
                touching.push(item);
            }
        }
        Ok(touching)
    }
}

/// Whether what some items did to a file is less there than before another came.
fn takes_back(
    composer: &Composer<'_>,
    (ours, made): (Option<Leaf>, Option<Leaf>),
    later: &[Later],
) -> Result<bool, Fault> {
    let (Some(old), Some(new)) = (ours, made) else {
        let did = |one: &Later| one.before.is_some() != one.after.is_some() && one.after.is_some() == ours.is_some();
        return Ok(ours.is_some() != made.is_some() && later.iter().any(did));
    };
    let mode = |leaf: Option<Leaf>| leaf.map(|leaf| leaf.mode);
    let turned = |one: &Later| mode(one.after) == Some(old.mode) && mode(one.before) != mode(one.after);
    if old.mode != new.mode && later.iter().any(turned) {
        return Ok(true);
    }
    if old.id == new.id {
        return Ok(false);
    }
    let gone = LineCounts::of_edit(composer.content, Some(old), Some(new))?;
    for one in later {
        let did = LineCounts::of_edit(composer.content, one.before, one.after)?;
        if did.iter().any(|(line, count)| count.signum() * gone.of_line(line) < 0) {
            return Ok(true);
        }
    }
    Ok(false)
}
