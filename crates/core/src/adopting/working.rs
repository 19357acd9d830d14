//! A line while a branch is read onto it: what lies on it by now, and what can be asked about that.

use crate::adopting::says::Says;
use crate::compose::{Composer, Composition, Recomposed, Rules};
use crate::content::{Content, Merge, Merged, PathSet};
use crate::ledger::entry::{Event, Imported};
use crate::ledger::fold::Attribution;
use crate::ledger::state::State;
use crate::records::change::{Facts, Revision, Voice};
use crate::records::line::{Item, Line, Source, TakenOff};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, RevisionNo, Time, UserName};
use crate::words::object::{CommitId, RepoPath, TreeId};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;

/// One difference on a branch.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// The commit that did it.
    pub commit: CommitId,
    /// The commit before it on the branch.
    pub parent: CommitId,
    /// The tree before it.
    pub before: TreeId,
    /// The tree after it.
    pub after: TreeId,
}

/// Where an item that was read off a branch comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    /// The commit before the one that made it.
    pub parent: CommitId,
    /// What that one's message claims.
    pub says: Says,
}

/// What is known about the paths that changes touch.
#[derive(Clone, Default)]
struct Index {
    touched: BTreeMap<ChangeIx, PathSet>,
    touching: BTreeMap<RepoPath, Vec<ChangeIx>>,
}

/// A line while a branch is read onto it.
pub(super) struct Working<'a> {
    content: &'a dyn Content,
    /// Every change that lies on it or is known, those that were only just found included.
    state: State,
    base: TreeId,
    /// The tree by now.
    pub tree: TreeId,
    items: Vec<Item>,
    origins: Vec<Option<Origin>>,
    began_with: BTreeSet<ChangeIx>,
    /// What was on the line before, and was taken off.
    pub taken_out: Vec<TakenOff>,
    /// What was taken off it, whoever put it there, by the last commit that did.
    gone: Vec<TakenOff>,
    /// Whether what lay on it before is not what it was, so that the whole must be told anew.
    pub is_anew: bool,
    index: Option<Index>,
}

impl<'a> Working<'a> {
    /// A line as it lies, with every change that is known.
    pub fn of(content: &'a dyn Content, state: State, line: &Line) -> Self {
        let began_with = line.receipts.iter().collect();
        let (items, origins) = (line.items.to_vec(), vec![None; line.items.len()]);
        let (base, tree, taken_out, index) = (line.base_tree, line.tree, Vec::new(), None);
        let gone = Vec::new();
        Self { content, state, base, tree, items, origins, began_with, taken_out, gone, is_anew: false, index }
    }

    /// A line that nothing is known about, from a tree on.
    pub fn begin(content: &'a dyn Content, commit: CommitId, tree: TreeId) -> Self {
        Self::of(content, State::default(), &Line::new(commit, tree))
    }

    fn composer(&self) -> Composer<'_> {
        Composer { state: &self.state, content: self.content, rules: Rules::AsRecorded }
    }

    /// A change that lies on it.
    pub fn held(&self, key: &ChangeKey) -> Option<ChangeIx> {
        let (ix, _) = self.state.change(key)?;
        self.items.iter().any(|item| item.change == ix).then_some(ix)
    }

    /// Whether something of a change was read off the branch.
    pub fn has_read(&self, key: &ChangeKey) -> bool {
        let Some((ix, _)) = self.state.change(key) else { return false };
        self.items.iter().zip(&self.origins).any(|(item, origin)| item.change == ix && origin.is_some())
    }

    /// The key of a change that lies on it.
    pub fn key(&self, ix: ChangeIx) -> &ChangeKey {
        self.state.key(ix)
    }

    /// Whether a change is known at all.
    pub fn knows(&self, key: &ChangeKey) -> bool {
        self.state.change(key).is_some()
    }

    /// The changes that lie on it through some commits.
    pub fn through(&self, commits: &[CommitId]) -> BTreeSet<ChangeIx> {
        // Most commits revert nothing, and lines are long.
        if commits.is_empty() {
            return BTreeSet::new();
        }
        self.items.iter().filter(|item| commits.contains(&item.commit)).map(|item| item.change).collect()
    }

    /// What a change did through some commits, in order.
    pub fn did(&self, change: ChangeIx, commits: &[CommitId]) -> Result<Vec<(TreeId, TreeId)>, Fault> {
        let mine = self.items.iter().filter(|item| item.change == change && commits.contains(&item.commit));
        let mut did = Vec::new();
        for item in mine {
            did.extend(self.composer().trees(item)?);
        }
        Ok(did)
    }

    /// Puts a difference on it.
    pub fn put(&mut self, step: &Step, key: &ChangeKey, says: Says) -> Result<(), Fault> {
        let change = self.number(key, step)?;
        let source = Source::Commit { base: step.before, theirs: step.after };
        let (revision, commit) = (self.state.at(change).latest().number, step.commit);
        let item = Item { change, revision, source, commit, operation: None, resolutions: Vec::new() };
        if let Some(index) = &mut self.index {
            let paths =
                self.content.delta(step.before, step.after)?.changes.iter().map(|one| one.path.clone()).collect();
            index.add(change, paths);
        }
        self.items.push(item);
        self.origins.push(Some(Origin { parent: step.parent, says }));
        self.tree = step.after;
        Ok(())
    }

    /// The number of a change; one that is new gets one, and a revision that stands in until the end.
    fn number(&mut self, key: &ChangeKey, step: &Step) -> Result<ChangeIx, Fault> {
        if let Some((ix, _)) = self.state.change(key) {
            return Ok(ix);
        }
        let nobody = UserName::new("");
        let revision = Revision {
            number: RevisionNo(1),
            base: step.parent,
            tip: step.commit,
            base_tree: step.before,
            tip_tree: step.after,
            author: crate::content::Signature { name: String::new(), email: String::new(), time: Time(0) },
            subject: String::new(),
            depends_on: Vec::new(),
            attested: Vec::new(),
            recorded_at: Time(0),
            sketch: None,
        };
        let owner = nobody.clone();
        let facts = Facts { title: String::new(), project: None, release: None, owner, parent: None };
        let event = Event::Recorded {
            change: key.clone(),
            facts,
            revision: Box::new(revision),
            origin: None,
            voice: Voice::Others,
        };
        let told = Attribution { by: &nobody, at: Time(0), reason: None };
        self.state.take_all(&[event], told).map_err(Fault::from)?;
        Ok(self.state.change(key).map_or(ChangeIx(0), |(ix, _)| ix))
    }

    /// The tree it would have without some changes (`SPEC L3`); `None` where what stays cannot do without them.
    pub fn without(&self, leaving: &BTreeSet<ChangeIx>) -> Result<Option<TreeId>, Fault> {
        let whole = Composition { base: self.base, tree: self.tree, items: &self.items };
        match self.composer().without(whole, leaving)? {
            Recomposed::Left(left) => Ok(Some(left.tree)),
            Recomposed::Blocked { .. } => Ok(None),
        }
    }

    /// Takes some changes off it; `tree` is what it has without them.
    pub fn take(&mut self, leaving: &BTreeSet<ChangeIx>, commit: CommitId, tree: TreeId) {
        self.tell_taken(leaving, commit);
        let stays: Vec<bool> = self.items.iter().map(|item| !leaving.contains(&item.change)).collect();
        let (mut at, mut also) = (stays.iter(), stays.iter());
        self.items.retain(|_| at.next().copied().unwrap_or(true));
        self.origins.retain(|_| also.next().copied().unwrap_or(true));
        (self.tree, self.index) = (tree, None);
    }

    /// Lets one change stand for what lies there of others and for the difference that left nothing of them: what came
    /// after them cannot be composed without them.
    pub fn absorb(&mut self, leaving: &BTreeSet<ChangeIx>, step: &Step, key: &ChangeKey) -> Result<(), Fault> {
        self.tell_taken(leaving, step.commit);
        let change = self.number(key, step)?;
        for at in 0..self.items.len() {
            let item = self.items[at].clone();
            if !leaving.contains(&item.change) {
                continue;
            }
            let Some((base, theirs)) = self.composer().trees(&item)? else { continue };
            let (revision, source) = (RevisionNo(1), Source::Commit { base, theirs });
            self.items[at] = Item { change, revision, source, ..item };
            self.origins[at].get_or_insert(Origin { parent: step.parent, says: Says::default() });
        }
        (self.is_anew, self.index) = (true, None);
        self.put(step, key, Says::default())
    }

    fn tell_taken(&mut self, leaving: &BTreeSet<ChangeIx>, commit: CommitId) {
        let there = leaving.iter().copied().filter(|ix| self.items.iter().any(|item| item.change == *ix));
        for ix in there.collect::<Vec<_>>() {
            let one = TakenOff { change: self.state.key(ix).clone(), commit };
            self.gone.retain(|known| known.change != one.change);
            self.gone.push(one.clone());
            if self.began_with.contains(&ix) {
                self.taken_out.retain(|known| known.change != one.change);
                self.taken_out.push(one);
            }
        }
    }

    /// What was put on it on the way and taken off again, and does not lie on it now.
    pub fn passing(&self) -> Vec<TakenOff> {
        let told = |one: &TakenOff| self.taken_out.iter().any(|known| known.change == one.change);
        let passing = self.gone.iter().filter(|one| self.held(&one.change).is_none() && !told(one));
        passing.cloned().collect()
    }

    /// What a change did here as a whole: from its first difference on, each carried onto what came of those before it.
    pub fn whole(&self, change: ChangeIx) -> Result<Option<(TreeId, TreeId)>, Fault> {
        let mut whole = None;
        for item in self.items.iter().filter(|item| item.change == change) {
            let Some((base, theirs)) = self.composer().trees(item)? else { continue };
            whole = Some(match whole {
                None => (base, theirs),
                Some((first, ours)) => (first, theirs_wins(self.content, Merge { base, ours, theirs, scope: None })?),
            });
        }
        Ok(whole)
    }

    /// The trees between which the difference of the revision lies that it held before; `None` where it held none.
    pub fn revision(&self, change: ChangeIx) -> Option<(TreeId, TreeId)> {
        let of = |(item, origin): &(&Item, &Option<Origin>)| item.change == change && origin.is_none();
        let (held, _) = self.items.iter().zip(&self.origins).rfind(of)?;
        let revision = self.state.at(change).revision(held.revision)?;
        Some((revision.base_tree, revision.tip_tree))
    }

    /// Whether all that a change did here is in a tree.
    pub fn is_in(&self, change: ChangeIx, tree: TreeId) -> Result<bool, Fault> {
        for item in self.items.iter().filter(|item| item.change == change) {
            let Some((base, theirs)) = self.composer().trees(item)? else { continue };
            let Merged { tree: merged, conflicts, .. } =
                self.content.merge(Merge { base, ours: tree, theirs, scope: None })?;
            if merged != tree || !conflicts.is_empty() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The changes that touch one of some paths, the last one first.
    pub fn touching(&mut self, paths: &PathSet) -> Result<Vec<ChangeIx>, Fault> {
        let index = self.indexed()?;
        let found = paths.iter().filter_map(|path| index.touching.get(path)).flatten();
        let found: BTreeSet<ChangeIx> = found.copied().collect();
        let mut last_first = Vec::new();
        for item in self.items.iter().rev().filter(|item| found.contains(&item.change)) {
            if !last_first.contains(&item.change) {
                last_first.push(item.change);
            }
        }
        Ok(last_first)
    }

    /// The paths a change touches here.
    pub fn touched(&mut self, change: ChangeIx) -> Result<PathSet, Fault> {
        Ok(self.indexed()?.touched.get(&change).cloned().unwrap_or_default())
    }

    fn indexed(&mut self) -> Result<&Index, Fault> {
        if self.index.is_none() {
            let mut index = Index::default();
            for item in &self.items {
                index.add(item.change, self.composer().touched(item)?);
            }
            self.index = Some(index);
        }
        Ok(self.index.get_or_insert_default())
    }

    /// What lies on it, each with where it comes from if it was read off the branch.
    pub fn into_items(self) -> Vec<(Imported, Option<Origin>)> {
        let state = &self.state;
        let named = self.items.into_iter().map(|item| {
            let Ok(named) = item.renamed(&|ix| Ok::<_, Infallible>(state.key(ix).clone()));
            named
        });
        named.zip(self.origins).collect()
    }
}

impl Index {
    fn add(&mut self, change: ChangeIx, paths: PathSet) {
        for path in &paths {
            let here = self.touching.entry(path.clone()).or_default();
            if here.last() != Some(&change) {
                here.push(change);
            }
        }
        self.touched.entry(change).or_default().extend(paths);
    }
}

/// An item carried onto a tree, whether its change is recorded already or not; `None` where it conflicts.
///
/// # Errors
/// A fault of the content.
pub fn carried(
    content: &dyn Content,
    state: &State,
    (ours, item): (TreeId, &Imported),
) -> Result<Option<TreeId>, Fault> {
    let (tree, conflicts) = match (item.source, state.change(&item.change)) {
        (Source::Commit { base, theirs }, None) => {
            let merged = content.merge(Merge { base, ours, theirs, scope: None })?;
            (merged.tree, merged.conflicts)
        }
        (_, None) => return Ok(None),
        (_, Some((ix, _))) => {
            let Ok(item) = item.clone().renamed(&|_| Ok::<_, Infallible>(ix));
            let settled = Composer { state, content, rules: Rules::AsRecorded }.carry(ours, &item, None)?;
            (settled.tree, settled.conflicts)
        }
    };
    Ok(conflicts.is_empty().then_some(tree))
}

/// Carries a piece of what a commit did onto a tree, no further than the whole went: where the two conflict, or where the
/// whole left a file as it was, the whole is right. What comes `later` touches as well is settled there: the whole may
/// hold what that did.
///
/// # Errors
/// A fault of the content.
pub fn towards(content: &dyn Content, piece: Merge<'_>, (whole, later): (TreeId, &PathSet)) -> Result<TreeId, Fault> {
    let ours = piece.ours;
    let Merged { tree, conflicts, .. } = content.merge(piece)?;
    let mut edits = Vec::new();
    for conflict in conflicts {
        let from = if later.contains(&conflict.path) { ours } else { whole };
        let settled = content.leaf(from, &conflict.path)?;
        edits.push((conflict.path, settled));
    }
    for change in &content.delta(ours, tree)?.changes {
        if content.leaf(whole, &change.path)? == change.before {
            edits.push((change.path.clone(), change.before));
        }
    }
    content.edit(tree, &edits)
}

/// A merge in which the later difference is right where both cannot be: it is what stands on the branch.
///
/// # Errors
/// A fault of the content.
pub fn theirs_wins(content: &dyn Content, merge: Merge<'_>) -> Result<TreeId, Fault> {
    let Merged { tree, conflicts, .. } = content.merge(merge)?;
    let theirs: Vec<_> = conflicts.iter().map(|conflict| (conflict.path.clone(), conflict.sides.theirs)).collect();
    content.edit(tree, &theirs)
}
