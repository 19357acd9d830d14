//! A change that arrives after others which came later where they all come from may take back what those did: it deletes
//! the file that they brought again, or turns off what they turned on again. Nothing conflicts then, for each edit alone is
//! clean. What they meant is what they make in the order of their source, so a path on which that happened is made in that
//! order, as one move of all of them would have made it (`SPEC L5`, `P11`).

use crate::compose::paths::Ties;
use crate::compose::void::{Counts, add};
use crate::compose::{Composer, touching};
use crate::content::PathSet;
use crate::content::sketch::Hashes;
use crate::records::line::{Item, Line};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, Mode, RepoPath, TreeId};
use std::cell::OnceCell;
use std::collections::HashSet;

/// What becomes of a path when an item arrives after some that came later on the source.
pub(super) enum InOrder {
    /// What the merge made of it.
    Stands,
    /// What those make of it in the order of the source.
    Otherwise(Option<Leaf>),
    /// They make nothing of it in that order: somebody is missing whom one of them builds on.
    Disputed,
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
    pub items: Vec<&'a Item>,
    /// The line that they come from and those below it, the lowest last: there changes stand in the order in which they
    /// were made.
    pub orders: Vec<&'a Line>,
    /// What renames tie together, once somebody asks.
    pub ties: OnceCell<Ties>,
}

impl<'a> Comers<'a> {
    /// What renames of the line and of its source tie together.
    pub fn ties(&self) -> Result<&Ties, Fault> {
        if let Some(known) = self.ties.get() {
            return Ok(known);
        }
        let source = self.orders.first().into_iter().flat_map(|line| &line.items);
        let ties = self.composer.ties(self.items.iter().copied().chain(source))?;
        Ok(self.ties.get_or_init(|| ties))
    }

    /// Those of some paths that others touch which came later than an item where all come from, and are there before it.
    pub fn touched_later(&self, item: &Item, paths: &PathSet) -> Result<PathSet, Fault> {
        let mut found = PathSet::new();
        let mut later: HashSet<ChangeIx> = HashSet::new();
        for line in &self.orders {
            if let Some(place) = line.items.iter().position(|other| other.change == item.change) {
                later.extend(line.items[place..].iter().map(|other| other.change).filter(|one| *one != item.change));
            }
        }
        let is_later = |other: &&&Item| later.contains(&other.change);
        let mut hashes = None;
        for other in self.items.iter().filter(is_later) {
            if self.composer.may_touch(other, hashes.get_or_insert_with(|| Hashes::of(paths))) {
                found.extend(self.composer.touched_among(other, paths)?);
            }
        }
        Ok(found)
    }

    /// What a path holds when those that touch it are carried in the order of their source, where an arriving item took
    /// back what a later one did. `None` where it did not, or where they cannot be carried so.
    pub fn in_order(&self, (ours, item, made): (TreeId, &Item, TreeId), path: &RepoPath) -> Result<InOrder, Fault> {
        let content = self.composer.content;
        let sides = (content.leaf(ours, path)?, content.leaf(made, path)?);
        if sides.0 == sides.1 {
            return Ok(InOrder::Stands);
        }
        let group = self.ties()?.with(PathSet::from([path.clone()]));
        let mut touching = self.touching(&group)?;
        if touching.len() < 2 {
            return Ok(InOrder::Stands);
        }
        let Some(order) = self.order(&touching) else { return Ok(InOrder::Stands) };
        let place = |item: &Item| order.items.iter().position(|other| other.change == item.change);
        touching.sort_by_key(|item| place(item));
        let mut later = Vec::new();
        for other in touching.iter().skip_while(|other| other.change != item.change).skip(1) {
            let Some((base, theirs)) = self.composer.trees(other)? else { continue };
            later.push(Later { before: content.leaf(base, path)?, after: content.leaf(theirs, path)? });
        }
        if later.is_empty() || !takes_back(&self.composer, sides, &later)? {
            return Ok(InOrder::Stands);
        }
        let cleared = self.composer.leaves(self.base, &group)?;
        let mut tree = content.edit(made, &cleared)?;
        for item in touching {
            let settled = self.composer.carry_within(tree, item, &group)?;
            if !settled.conflicts.is_empty() {
                return Ok(InOrder::Disputed);
            }
            tree = settled.tree;
        }
        let leaf = content.leaf(tree, path)?;
        Ok(if leaf == sides.1 { InOrder::Stands } else { InOrder::Otherwise(leaf) })
    }

    /// Those that touch some paths.
    pub fn touching(&self, paths: &PathSet) -> Result<Vec<&'a Item>, Fault> {
        let hashes = Hashes::of(paths);
        let mut touching = Vec::new();
        for item in self.items.iter().copied().filter(|item| self.composer.may_touch(item, &hashes)) {
            if self.composer.meets(item, paths)? {
                touching.push(item);
            }
        }
        Ok(touching)
    }

    /// The lowest line that holds all of some items.
    fn order(&self, items: &[&Item]) -> Option<&'a Line> {
        let holds = |line: &&&Line| items.iter().all(|item| line.receipts.holds(item.change));
        self.orders.iter().rev().find(holds).copied()
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
    let gone = difference(composer, (Some(old), Some(new)))?;
    for one in later {
        let did = difference(composer, (one.before, one.after))?;
        if did.iter().any(|(line, count)| count.signum() * gone.get(line).copied().unwrap_or(0) < 0) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// By how much each line stands more often in one text than in another.
fn difference(composer: &Composer<'_>, (before, after): (Option<Leaf>, Option<Leaf>)) -> Result<Counts, Fault> {
    let mut counts = Counts::new();
    for (leaf, times) in [(before, -1), (after, 1)] {
        if let Some(leaf) = leaf.filter(|leaf| matches!(leaf.mode, Mode::File | Mode::Executable)) {
            let bytes = composer.content.read(leaf.id)?;
            add(&mut counts, &touching::lines(&bytes), times);
        }
    }
    counts.retain(|_, count| *count != 0);
    Ok(counts)
}
