//! Early warning: which changes in flight would conflict when they meet on a top stage, before anybody promotes them.
//!
//! Two changes can only conflict where both touch something, so pairs are found by path, and only the paths in common
//! are merged. What was found is kept by the ids of everything it came from, so that the next look costs only what is new.

use crate::compose::carry::arriving;
use crate::compose::making::Making;
use crate::compose::{Composer, Recall, Rules};
use crate::content::{Conflict, Content, PathSet};
use crate::depend::closure;
use crate::ledger::snapshot::Snapshot;
use crate::records::line::{Item, Line, Source};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Resolutions;
use crate::words::fault::Fault;
use crate::words::names::StageName;
use crate::words::object::{Leaf, PathChange, RepoPath, TreeId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Two changes, or one and what the stage holds, that cannot be merged by themselves.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Encounter {
    /// Where they would meet.
    pub stage: StageName,
    /// The one recorded later.
    pub change: ChangeIx,
    /// The one before it; `None` for what the stage holds already.
    pub other: Option<ChangeIx>,
    /// Where they cannot be merged.
    pub conflicts: Vec<Conflict>,
}

/// What was found earlier. It may be thrown away at any time.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Memo {
    /// The paths a difference touches, by the two trees it lies between.
    touched: HashMap<(TreeId, TreeId), Touched>,
    /// Conflicts of an encounter, by everything it came from.
    found: HashMap<u64, Vec<Conflict>>,
    /// The same by whole trees: where the stage holds what it held, nobody looks at paths.
    whole: HashMap<u64, u64>,
    /// Whether something was found that was not known before.
    #[serde(skip)]
    pub grew: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Touched {
    /// The paths, in order.
    rows: Vec<Row>,
    /// Whether more is done than what the rows tell.
    does_more: bool,
}

/// A path that a difference touches: what it finds there, and makes of it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Row {
    path: RepoPath,
    before: Option<Leaf>,
    after: Option<Leaf>,
}

impl Touched {
    fn paths(&self) -> impl Iterator<Item = &RepoPath> {
        self.rows.iter().map(|row| &row.path)
    }

    /// What is done at a path, where that is all.
    fn row(&self, path: &RepoPath) -> Option<&Row> {
        let at = self.rows.binary_search_by(|row| row.path.cmp(path)).ok();
        at.map(|at| &self.rows[at]).filter(|_| !self.does_more)
    }
}

/// What a look ahead goes by beside the state.
#[derive(Clone, Copy)]
pub struct Means<'a> {
    /// Where trees are.
    pub content: &'a dyn Content,
    /// What says how files are merged, and is in no tree and in no configuration: another text, other findings.
    pub beside: &'a str,
    /// Called where nothing that was tried out is needed any more, so that not all of it need be kept at once.
    pub between: &'a dyn Fn(),
}

/// A change on its way to a stage.
struct Coming {
    change: ChangeIx,
    item: Item,
    touched: Touched,
    /// What it is stacked on.
    needs: BTreeSet<ChangeIx>,
}

/// Every conflict that lies ahead of changes in flight, on every top stage, in order of recording. What is remembered
/// (`SPEC X5`) and what file types settle (`SPEC X2`) is no conflict.
///
/// # Errors
/// A fault of the content.
pub fn ahead(snapshot: &Snapshot<'_>, means: Means<'_>, memo: &mut Memo) -> Result<Vec<Encounter>, Fault> {
    // What people decided is looked at afterwards, so that a new decision does not outdate what was found.
    let (types, excluded) = (&snapshot.pipeline.settings().file_types, snapshot.pipeline.excluded());
    let remembered = &Resolutions::default();
    let how = Rules::Now { types, excluded, remembered, making: Making::Suppose, recall: Recall::All };
    let composer = Composer { state: snapshot.state, content: means.content, rules: how };
    let mut kept = Memo::default();
    let mut encounters = Vec::new();
    for stage in snapshot.pipeline.tops() {
        let Some(line) = snapshot.state.lines.get(&stage.name) else { continue };
        let (stage, rules) = (&stage.name, rules(snapshot, means.beside));
        let mut looking = Looking { snapshot, composer, stage, line, memo, kept: &mut kept, rules, means };
        let open = looking.all()?.into_iter().filter(|(_, _, conflicts)| !conflicts.is_empty());
        encounters.extend(open.map(|(change, other, conflicts)| Encounter {
            stage: stage.clone(),
            change,
            other,
            conflicts,
        }));
    }
    // Only what was asked for is kept: what belongs to changes that arrived is of no use any more.
    *memo = kept;
    Ok(encounters)
}

/// What the configuration says about settling conflicts: another one, other findings.
fn rules(snapshot: &Snapshot<'_>, beside: &str) -> u64 {
    let settings = snapshot.pipeline.settings();
    hash(&(format!("{:?}", settings.file_types.all()), &settings.exclude_from_auto_resolve, beside))
}

fn hash(of: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

struct Looking<'a> {
    snapshot: &'a Snapshot<'a>,
    composer: Composer<'a>,
    stage: &'a StageName,
    line: &'a Line,
    memo: &'a Memo,
    kept: &'a mut Memo,
    rules: u64,
    means: Means<'a>,
}

type Clash = (ChangeIx, Option<ChangeIx>, Vec<Conflict>);

impl Looking<'_> {
    fn all(&mut self) -> Result<Vec<Clash>, Fault> {
        let coming = self.coming()?;
        let mut found = Vec::new();
        let mut clear: Vec<PathSet> = Vec::with_capacity(coming.len());
        for one in &coming {
            let mut paths: PathSet = one.touched.paths().cloned().collect();
            let conflicts = self.meets_stage(one, &paths)?;
            // Where it conflicts with the stage already, nothing can be said about others.
            paths.retain(|path| conflicts.iter().all(|conflict| conflict.path != *path));
            clear.push(paths);
            found.push((one.change, None, self.open(conflicts)?));
            (self.means.between)();
        }
        let mut carried: Option<Carried> = None;
        for (first, second) in pairs(&coming) {
            let (one, other) = (&coming[first], &coming[second]);
            let scope: PathSet = clear[first].intersection(&clear[second]).cloned().collect();
            if scope.is_empty() || other.needs.contains(&one.change) || one.needs.contains(&other.change) {
                continue;
            }
            if carried.as_ref().is_none_or(|(by, ..)| *by != one.change) {
                carried = None;
                (self.means.between)();
            }
            let conflicts = self.meet((one, other), scope, &mut carried)?;
            found.push((other.change, Some(one.change), self.open(conflicts)?));
        }
        found.sort_by_key(|(change, other, _)| (*change, *other));
        Ok(found)
    }

    /// The conflicts that nobody has decided yet.
    fn open(&self, conflicts: Vec<Conflict>) -> Result<Vec<Conflict>, Fault> {
        let mut open = Vec::new();
        for conflict in conflicts {
            if !self.snapshot.composer(self.composer.content).is_recalled(&conflict)? {
                open.push(conflict);
            }
        }
        Ok(open)
    }

    /// The changes in flight: recorded, counted, and not on this stage at their newest revision.
    fn coming(&mut self) -> Result<Vec<Coming>, Fault> {
        let state = self.snapshot.state;
        let mut coming = Vec::new();
        for (at, change) in state.changes.iter().enumerate() {
            let ix = ChangeIx(at as u32);
            if change.excluded.is_some() || change.ignored_at(self.stage).is_some() {
                continue;
            }
            let Some(item) = arriving(self.line, ix, change.latest().number) else { continue };
            let needs = closure::dependencies(self.snapshot, &change.key);
            let needs = needs.iter().filter_map(|key| Some(state.change(key)?.0)).collect();
            let touched = self.touched(&item)?;
            coming.push(Coming { change: ix, item, touched, needs });
        }
        Ok(coming)
    }

    fn touched(&mut self, item: &Item) -> Result<Touched, Fault> {
        let Some(key) = self.trees(item) else {
            let rows = self.composer.touched(item)?.into_iter().map(|path| Row { path, before: None, after: None });
            return Ok(Touched { rows: rows.collect(), does_more: true });
        };
        let known = self.kept.touched.get(&key).or_else(|| self.memo.touched.get(&key)).cloned();
        let touched = match known {
            Some(known) => known,
            None => {
                self.kept.grew = true;
                let delta = self.composer.content.delta(key.0, key.1)?;
                let row = |one: &PathChange| Row { path: one.path.clone(), before: one.before, after: one.after };
                Touched { rows: delta.changes.iter().map(row).collect(), does_more: !delta.renames.is_empty() }
            }
        };
        self.kept.touched.insert(key, touched.clone());
        Ok(touched)
    }

    /// The trees between which the difference of a whole revision lies.
    fn trees(&self, item: &Item) -> Option<(TreeId, TreeId)> {
        let revision = self.snapshot.state.at(item.change).revision(item.revision)?;
        (item.source == Source::Revision).then_some((revision.base_tree, revision.tip_tree))
    }

    /// Carries one change alone, unless the stage holds what it was made on: then nothing is in its way.
    fn meets_stage(&mut self, one: &Coming, paths: &PathSet) -> Result<Vec<Conflict>, Fault> {
        if self.is_on_its_ground(one, paths)? {
            return Ok(Vec::new());
        }
        let (composer, tree) = (self.composer, self.line.tree);
        self.known(&[one], paths, || Ok(composer.carry(tree, &one.item, None)?.conflicts))
    }

    /// Carries one change after another, on the paths they have in common; not where the other was made on it.
    fn meet(
        &mut self,
        (one, other): (&Coming, &Coming),
        scope: PathSet,
        carried: &mut Option<Carried>,
    ) -> Result<Vec<Conflict>, Fault> {
        let after = |path: &RepoPath| one.touched.row(path).and_then(|row| row.after);
        let before = |path: &RepoPath| other.touched.row(path).and_then(|row| row.before);
        let is_made_on_it = scope.iter().all(|path| after(path).is_some() && after(path) == before(path));
        if is_made_on_it && self.is_on_its_ground(one, &scope)? {
            return Ok(Vec::new());
        }
        let (composer, tree) = (self.composer, self.line.tree);
        self.known(&[one, other], &scope, || {
            if carried.as_ref().is_none_or(|(_, within, _)| *within != scope) {
                let with_one = composer.carry(tree, &one.item, Some(&scope))?.tree;
                *carried = Some((one.change, scope.clone(), with_one));
            }
            let with_one = carried.as_ref().map_or(tree, |(.., with_one)| *with_one);
            let mut conflicts = composer.carry(with_one, &other.item, Some(&scope))?.conflicts;
            conflicts.retain(|conflict| scope.contains(&conflict.path));
            Ok(conflicts)
        })
    }

    /// Whether the stage holds just what a change found on some of its paths, which are all there.
    fn is_on_its_ground(&self, one: &Coming, paths: &PathSet) -> Result<bool, Fault> {
        for path in paths {
            let Some(before) = one.touched.row(path).and_then(|row| row.before) else { return Ok(false) };
            if self.composer.content.leaf(self.line.tree, path)? != Some(before) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn known(
        &mut self,
        coming: &[&Coming],
        scope: &PathSet,
        find: impl FnOnce() -> Result<Vec<Conflict>, Fault>,
    ) -> Result<Vec<Conflict>, Fault> {
        let whole = self.whole_key(coming);
        let by_whole = self.memo.whole.get(&whole).copied();
        let key = by_whole.map_or_else(|| self.key(coming, scope), Ok)?;
        let found = match self.memo.found.get(&key) {
            Some(known) => known.clone(),
            None => find()?,
        };
        self.kept.grew |= by_whole.is_none();
        self.kept.whole.insert(whole, key);
        self.kept.found.insert(key, found.clone());
        Ok(found)
    }

    fn came_from(&self, coming: &[&Coming]) -> DefaultHasher {
        let mut hasher = DefaultHasher::new();
        self.rules.hash(&mut hasher);
        for one in coming {
            match self.trees(&one.item) {
                Some((base, tip)) => (base, tip).hash(&mut hasher),
                None => (one.change, one.item.revision, format!("{:?}", one.item.source)).hash(&mut hasher),
            }
        }
        hasher
    }

    /// Everything an encounter comes from, all that the stage holds among it.
    fn whole_key(&self, coming: &[&Coming]) -> u64 {
        let mut hasher = self.came_from(coming);
        self.line.tree.hash(&mut hasher);
        hasher.finish()
    }

    /// Everything an encounter comes from: the differences, what the stage holds on the paths in question, and the
    /// rules. Where files are renamed the whole tree counts, for they may have gone anywhere.
    fn key(&self, coming: &[&Coming], scope: &PathSet) -> Result<u64, Fault> {
        let mut hasher = self.came_from(coming);
        let mut anywhere = coming.iter().any(|one| one.touched.does_more);
        for path in scope {
            let leaf = self.composer.content.leaf(self.line.tree, path)?;
            leaf.hash(&mut hasher);
            format!("{:?}", self.composer.content.attributes(self.line.tree, path)?).hash(&mut hasher);
            // A file the stage lacks may stand elsewhere there, unless every one of them adds it; so may one that the first
            // takes away, for the second.
            let adds = |one: &&Coming| one.touched.row(path).is_some_and(|row| row.before.is_none());
            let takes_away = |one: &&Coming| one.touched.row(path).is_none_or(|row| row.after.is_none());
            anywhere |= leaf.is_none() && !coming.iter().all(adds);
            anywhere |= coming.len() > 1 && coming.iter().any(takes_away);
        }
        if anywhere {
            self.line.tree.hash(&mut hasher);
        }
        Ok(hasher.finish())
    }
}

/// What one change made of the stage on some paths.
type Carried = (ChangeIx, PathSet, TreeId);

/// The pairs that touch a path in common, each once, the earlier first.
fn pairs(coming: &[Coming]) -> BTreeSet<(usize, usize)> {
    let mut by_path: BTreeMap<&RepoPath, Vec<usize>> = BTreeMap::new();
    for (at, one) in coming.iter().enumerate() {
        one.touched.paths().for_each(|path| by_path.entry(path).or_default().push(at));
    }
    let mut pairs = BTreeSet::new();
    for touching in by_path.values() {
        for (nth, first) in touching.iter().enumerate() {
            pairs.extend(touching[nth + 1..].iter().map(|second| (*first, *second)));
        }
    }
    pairs
}
