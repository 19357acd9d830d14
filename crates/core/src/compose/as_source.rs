//! Once a stage holds the same changes on a path as the stage they come from, it takes the path from there (`SPEC P11`),
//! as an area takes it from its stage (`SPEC A3`): then the order in which they came leaves no trace.
//!
//! What is taken is kept with the item that came last, as what it makes of the three sides it met, and is made of them
//! again whenever they are the same: a line stays its base and its items (`SPEC L3`), and taking changes out and putting
//! them in again gives what one move would have given (`SPEC L5`).

mod gives_way;

use crate::compose::Composer;
use crate::compose::came::Orders;
use crate::compose::in_order::{Comers, InOrder};
use crate::compose::settle::Settled;
use crate::compose::standing::Standing;
use crate::content::sketch::Hashes;
use crate::content::{Conflict, ConflictKind, PathSet, Sides};
use crate::ledger::snapshot::Snapshot;
use crate::records::line::{Item, Line, Source};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::{Redecided, Resolution, Settler};
use crate::words::fault::Fault;
use crate::words::names::{RevisionNo, StageName};
use crate::words::object::{Leaf, RepoPath, TreeId};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// A line, and the one that its changes come from.
pub struct Beside<'a> {
    stage: &'a StageName,
    source: &'a Line,
    /// The line as it shall be.
    comers: Comers<'a>,
}

/// Where a line comes from: the stage, and how it stands.
pub struct Origin<'a> {
    stage: &'a StageName,
    line: &'a Line,
    /// The lines of it and of the stages below it, the lowest last: there changes stand in the order in which they were
    /// made.
    orders: Vec<&'a Line>,
}

impl<'a> Origin<'a> {
    /// A stage that holds what its line says.
    pub fn new(snapshot: &Snapshot<'a>, stage: &'a StageName, line: &'a Line) -> Self {
        let below = snapshot.pipeline.below(stage).into_iter();
        let below = below.filter_map(|below| snapshot.state.lines.get(&below.name));
        Self { stage, line, orders: [line].into_iter().chain(below).collect() }
    }
}

/// The revisions that were carried; what a base held already is none.
fn carried<'a>(items: impl IntoIterator<Item = &'a Item>) -> BTreeMap<ChangeIx, RevisionNo> {
    let carried = items.into_iter().filter(|item| item.source != Source::Held);
    carried.map(|item| (item.change, item.revision)).collect()
}

impl<'a> Beside<'a> {
    /// A line of some items beside the one they come from.
    pub fn new(composer: Composer<'a>, origin: Origin<'a>, (base, items): (TreeId, Standing<'a>)) -> Self {
        let Origin { stage, line: source, orders } = origin;
        let comers = Comers { composer, base, items, orders: Orders::of(orders), ties: OnceCell::new() };
        Self { stage, source, comers }
    }

    /// Items of either line that may touch some paths and that the other has not, or has at another revision.
    fn apart(&self, hashes: &Hashes) -> Vec<&'a Item> {
        let Comers { composer, items, .. } = self.comers;
        let mut touching = items.may_touch(composer, hashes);
        touching.extend(items.source_may_touch(composer, hashes));
        let asked: BTreeSet<ChangeIx> = touching.iter().map(|item| item.change).collect();
        let here = carried(items.of_changes(composer, &asked));
        let there = carried(items.source_of_changes(composer, &asked));
        touching.into_iter().filter(|item| here.get(&item.change) != there.get(&item.change)).collect()
    }

    /// What an item that arrives last makes of the paths that it completes, where that is not what its merge gave.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn settle(&self, (tree, item): (TreeId, &Item), mut settled: Settled) -> Result<Settled, Fault> {
        let mut touched = self.comers.composer.touched(item)?;
        let followed = settled.decided.iter().filter(|one| one.by == Settler::Followed);
        touched.extend(followed.flat_map(Resolution::paths).cloned());
        // What it does to a file that others renamed may be lost under another name than those it knows, and what stands in
        // its way is gone where the source has what it brings.
        let touched = self.comers.composer.with_what_stands((self.comers.ties()?, settled.tree), touched)?;
        let mut taken = self.taken((tree, item), (&settled, &touched))?;
        // What must stop for a person stops, whatever the source holds (`SPEC X3`).
        let conflicts = settled.conflicts.iter().map(|conflict| &conflict.path);
        let stops: BTreeSet<&RepoPath> = conflicts.filter(|path| self.comers.composer.must_stop(path)).collect();
        taken.retain(|one| !stops.contains(&one.path));
        self.keep_later((tree, item), (&touched, &mut taken), &mut settled)?;
        self.leave_what_stands(settled.tree, &mut taken)?;
        if taken.is_empty() {
            return Ok(settled);
        }
        let here: BTreeSet<&RepoPath> = taken.iter().map(|one| &one.path).collect();
        settled.conflicts.retain(|conflict| !here.contains(&conflict.path));
        settled.decided.retain(|one| one.by == Settler::Followed || !here.contains(&one.path));
        let edits: Vec<_> = taken.iter().flat_map(Resolution::edits).collect();
        settled.tree = self.comers.composer.content.edit(settled.tree, &edits)?;
        let displaced = self.displaced((tree, settled.tree), &taken)?;
        settled.decided.extend(taken.into_iter().chain(displaced));
        Ok(settled)
    }

    /// What some paths of a tree become when they are taken from the source where that holds the same on them, and with
    /// which items that is kept.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn level(&self, tree: TreeId, paths: &PathSet) -> Result<(TreeId, Vec<Redecided>), Fault> {
        let mut made = (tree, Vec::new());
        let mut differing = PathSet::new();
        for path in paths {
            if self.differs(tree, path)? {
                differing.insert(path.clone());
            }
        }
        for group in self.complete(differing)? {
            self.take_group((tree, &mut made), (&group, self.source.tree))?;
        }
        let late = self.comers.touched_late(paths)?;
        for group in self.comers.ties()?.groups(late) {
            // What the same changes made is as the source holds it.
            if !self.complete(group.clone())?.is_empty() {
                continue;
            }
            if let Some(ordered) = self.comers.put_in_order(tree, &group)? {
                self.take_group((tree, &mut made), (&group, ordered))?;
            }
        }
        Ok(made)
    }

    /// Takes some paths as another tree has them, unless something else would have to give way, or nobody may say so.
    fn take_group(
        &self,
        (tree, made): (TreeId, &mut (TreeId, Vec<Redecided>)),
        (group, from): (&PathSet, TreeId),
    ) -> Result<(), Fault> {
        let (level, decided) = made;
        let edits = self.comers.composer.leaves(from, group)?;
        if self.displaces(*level, &edits)? {
            return Ok(());
        }
        if let Some(taken) = self.taken_last(tree, (group, &edits))? {
            *level = self.comers.composer.content.edit(*level, &edits)?;
            decided.extend(taken);
        }
        Ok(())
    }

    /// What the last item on some paths is said to make of them; `None` where nobody may say so.
    fn taken_last(
        &self,
        tree: TreeId,
        (group, results): (&PathSet, &[(RepoPath, Option<Leaf>)]),
    ) -> Result<Option<Vec<Redecided>>, Fault> {
        let Some((before, (last, others))) = self.last_on(tree, group)? else { return Ok(None) };
        let composer = self.comers.composer;
        let settled = self.comers.carry(before, (last, &others), group)?;
        if settled.decided.iter().any(|one| one.by == Settler::Person) {
            // What somebody decided about the very item stands.
            return Ok(None);
        }
        let Some((base, theirs)) = composer.trees_met((before, last))? else { return Ok(Some(Vec::new())) };
        let mut taken = Vec::new();
        for (path, result) in results {
            let leaf = |tree| composer.content.leaf(tree, path);
            if settled.conflicts.iter().any(|one| one.path == *path) || leaf(settled.tree)? != *result {
                let sides = Sides { base: leaf(base)?, ours: leaf(before)?, theirs: leaf(theirs)? };
                taken.push(Redecided { commit: last.commit, resolution: self.resolution(path, sides, *result) });
            }
        }
        Ok(Some(taken))
    }

    /// What is taken from the source on the paths that an item touches.
    fn taken(
        &self,
        (tree, item): (TreeId, &Item),
        (settled, paths): (&Settled, &PathSet),
    ) -> Result<Vec<Resolution>, Fault> {
        let (mut taken, mut done) = (Vec::new(), PathSet::new());
        let mut apart = self.by_hand(item, settled)?;
        // The folder's move ties the file to a change that does not touch it.
        let in_moved_folder = settled.conflicts.iter().filter(|one| one.kind == ConflictKind::FolderRename);
        apart.extend(in_moved_folder.flat_map(Conflict::names).cloned());
        apart.extend(settled.together.iter().cloned());
        let open: PathSet = settled.conflicts.iter().map(|conflict| conflict.path.clone()).collect();
        let mut differing = PathSet::new();
        for path in paths {
            if !apart.contains(path) && (open.contains(path) || self.differs(settled.tree, path)?) {
                differing.insert(path.clone());
            }
        }
        let Some((base, theirs)) = self.comers.composer.trees_met((tree, item))? else { return Ok(taken) };
        for path in self.complete(differing)?.into_iter().flatten() {
            if done.insert(path.clone()) && (open.contains(&path) || self.differs(settled.tree, &path)?) {
                let leaf = |tree| self.comers.composer.content.leaf(tree, &path);
                let sides = Sides { base: leaf(base)?, ours: leaf(tree)?, theirs: leaf(theirs)? };
                taken.push(self.resolution(&path, sides, self.leaf(&path)?));
            }
        }
        Ok(taken)
    }

    /// The paths about which somebody decided, or on which something goes elsewhere, each with where the item would have it.
    fn by_hand(&self, item: &Item, settled: &Settled) -> Result<PathSet, Fault> {
        let by_hand = |one: &&Resolution| {
            // What came back is settled as it was.
            let is_person = matches!(one.by, Settler::Person | Settler::Remembered(_));
            is_person || one.moves() && one.by != Settler::Followed
        };
        let decided = settled.decided.iter().filter(by_hand).flat_map(Resolution::paths);
        self.comers.composer.renamed(item, decided.cloned().collect())
    }

    /// What an arriving item takes back of what others did that came later on the source is not taken back.
    fn keep_later(
        &self,
        (tree, item): (TreeId, &Item),
        (touched, taken): (&PathSet, &mut Vec<Resolution>),
        settled: &mut Settled,
    ) -> Result<(), Fault> {
        let Some((base, theirs)) = self.comers.composer.trees_met((tree, item))? else { return Ok(()) };
        let content = self.comers.composer.content;
        let open = settled.conflicts.iter().map(|one| &one.path).chain(taken.iter().map(|one| &one.path));
        let mut apart = self.by_hand(item, settled)?;
        apart.extend(open.cloned());
        let later = self.comers.touched_later(item, touched)?;
        for group in self.comers.ties()?.groups(later) {
            if !group.is_disjoint(&apart) {
                continue;
            }
            let in_order = self.comers.in_order((tree, item, settled.tree), &group)?;
            if !matches!(in_order, InOrder::Stands) && !self.complete(group.clone())?.is_empty() {
                // It is as the source holds it.
                continue;
            }
            let sides = |path: &RepoPath| {
                let leaf = |tree| content.leaf(tree, path);
                Ok::<_, Fault>(Sides { base: leaf(base)?, ours: leaf(tree)?, theirs: leaf(theirs)? })
            };
            match in_order {
                InOrder::Stands => {}
                InOrder::Otherwise(results) => {
                    for (path, result) in results {
                        taken.push(self.resolution(&path, sides(&path)?, result));
                    }
                }
                InOrder::Disputed(path) => {
                    settled.tree = content.edit(settled.tree, &self.comers.composer.leaves(tree, &group)?)?;
                    let why = Some("it takes back what came after it where both come from".to_owned());
                    let conflict = Conflict::new(path.clone(), ConflictKind::Content, sides(&path)?);
                    settled.conflicts.push(Conflict { why, ..conflict });
                }
            }
        }
        settled.conflicts.sort_by(|one, two| one.path.cmp(&two.path));
        Ok(())
    }

    fn resolution(&self, path: &RepoPath, sides: Sides, result: Option<Leaf>) -> Resolution {
        let by = Settler::AsSource(self.stage.clone());
        Resolution { path: path.clone(), sides, result, at: None, left: Vec::new(), by }
    }

    fn leaf(&self, path: &RepoPath) -> Result<Option<Leaf>, Fault> {
        self.comers.composer.content.leaf(self.source.tree, path)
    }

    fn differs(&self, tree: TreeId, path: &RepoPath) -> Result<bool, Fault> {
        Ok(self.comers.composer.content.leaf(tree, path)? != self.leaf(path)?)
    }

    /// Some paths, each with all that renames tie to it, where both lines began with the same and hold the same changes
    /// there. All of them are asked at once: who is apart is looked at once, not once for each path.
    fn complete(&self, mut paths: PathSet) -> Result<Vec<PathSet>, Fault> {
        self.keep_complete(&mut paths)?;
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let mut groups = self.comers.ties()?.groups(paths);
        let seen: PathSet = groups.iter().flatten().cloned().collect();
        let mut complete = seen;
        self.keep_complete(&mut complete)?;
        groups.retain(|group| group.is_subset(&complete));
        Ok(groups)
    }

    /// Leaves of some paths those on which both lines began with the same and hold the same changes.
    fn keep_complete(&self, paths: &mut PathSet) -> Result<(), Fault> {
        if paths.is_empty() {
            return Ok(());
        }
        if self.comers.base != self.source.base_tree {
            let content = self.comers.composer.content;
            let mut same = PathSet::new();
            for path in &*paths {
                if content.leaf(self.comers.base, path)? == content.leaf(self.source.base_tree, path)? {
                    same.insert(path.clone());
                }
            }
            *paths = same;
        }
        let displacing = self.displacing(paths)?;
        let with_those = |paths: &PathSet| paths.iter().chain(displacing.keys()).cloned().collect::<PathSet>();
        let (mut asked, mut hashed) = (with_those(paths), paths.len());
        let mut hashes = Hashes::of(&asked);
        for item in self.apart(&hashes) {
            if paths.is_empty() {
                break;
            }
            if !self.comers.composer.may_touch(item, &hashes) {
                continue;
            }
            let touched = self.comers.composer.touched_among(item, &asked)?;
            let because = touched.iter().filter_map(|path| displacing.get(path)).flatten();
            let parted: BTreeSet<&RepoPath> = touched.iter().chain(because).collect();
            paths.retain(|path| !parted.contains(path));
            // Those of paths that are gone do no harm, and there may be thousands.
            if paths.len() < hashed / 2 {
                (asked, hashed) = (with_those(paths), paths.len());
                hashes = Hashes::of(&asked);
            }
        }
        Ok(())
    }

    /// The last item on some paths with those before it, and the tree that it met there.
    fn last_on(&self, tree: TreeId, paths: &PathSet) -> Result<Option<Last<'a>>, Fault> {
        let mut others = self.comers.touching(paths)?;
        let Some(last) = others.pop() else { return Ok(None) };
        let cleared = self.comers.composer.leaves(self.comers.base, paths)?;
        let mut before = self.comers.composer.content.edit(tree, &cleared)?;
        for (place, item) in others.iter().enumerate() {
            before = self.comers.carry(before, (item, &others[..place]), paths)?.tree;
        }
        Ok(Some((before, (last, others))))
    }
}

/// The tree that the last item on some paths met, with that one and those before it.
type Last<'a> = (TreeId, (&'a Item, Vec<&'a Item>));
