//! Early warning: which changes in flight would conflict when they meet on a top stage, before anybody promotes them.
//!
//! Two changes can only conflict where both touch something, so pairs are found by path, and only the paths in common
//! are merged. What was found is kept by the ids of everything it came from, so that the next look costs only what is new.

use crate::compose::carry::arriving;
use crate::compose::making::Making;
use crate::compose::{Composer, Rules};
use crate::content::{Conflict, Content, PathSet};
use crate::depend::closure;
use crate::ledger::snapshot::Snapshot;
use crate::records::line::{Item, Line, Source};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Resolutions;
use crate::words::fault::Fault;
use crate::words::names::StageName;
use crate::words::object::{RepoPath, TreeId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Two changes, or one and what the stage holds, that cannot be merged by themselves.
#[derive(Clone, PartialEq, Eq, Debug)]
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
    /// Whether something was found that was not known before.
    #[serde(skip)]
    pub grew: bool,
}

#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
struct Touched {
    paths: PathSet,
    renames: bool,
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
/// `between` is called where nothing that was tried out is needed any more, so that not all of it need be kept at once.
pub fn ahead(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    (memo, between): (&mut Memo, &dyn Fn()),
) -> Result<Vec<Encounter>, Fault> {
    // What people decided is looked at afterwards, so that a new decision does not outdate what was found.
    let (types, excluded) = (&snapshot.pipeline.settings().file_types, snapshot.pipeline.excluded());
    let remembered = &Resolutions::default();
    let how = Rules::Now { types, excluded, remembered, making: Making::Suppose };
    let composer = Composer { state: snapshot.state, content, rules: how };
    let mut kept = Memo::default();
    let mut encounters = Vec::new();
    for stage in snapshot.pipeline.tops() {
        let Some(line) = snapshot.state.lines.get(&stage.name) else { continue };
        let (stage, rules) = (&stage.name, rules(snapshot));
        let mut looking = Looking { snapshot, composer, stage, line, memo, kept: &mut kept, rules, between };
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
fn rules(snapshot: &Snapshot<'_>) -> u64 {
    let settings = snapshot.pipeline.settings();
    hash(&(format!("{:?}", settings.file_types.all()), &settings.exclude_from_auto_resolve))
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
    between: &'a dyn Fn(),
}

type Clash = (ChangeIx, Option<ChangeIx>, Vec<Conflict>);

impl Looking<'_> {
    fn all(&mut self) -> Result<Vec<Clash>, Fault> {
        let coming = self.coming()?;
        let mut found = Vec::new();
        let mut clear: Vec<PathSet> = Vec::with_capacity(coming.len());
        for one in &coming {
            let conflicts = self.meets_stage(one)?;
            // Where it conflicts with the stage already, nothing can be said about others.
            let blocked: PathSet = conflicts.iter().map(|conflict| conflict.path.clone()).collect();
            clear.push(one.touched.paths.difference(&blocked).cloned().collect());
            found.push((one.change, None, self.open(conflicts)?));
            (self.between)();
        }
        for (first, second) in pairs(&coming) {
            let (one, other) = (&coming[first], &coming[second]);
            let scope: PathSet = clear[first].intersection(&clear[second]).cloned().collect();
            if scope.is_empty() || other.needs.contains(&one.change) || one.needs.contains(&other.change) {
                continue;
            }
            let conflicts = self.meet((one, other), &scope)?;
            found.push((other.change, Some(one.change), self.open(conflicts)?));
            (self.between)();
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
            return Ok(Touched { paths: self.composer.touched(item)?, renames: true });
        };
        let known = self.kept.touched.get(&key).or_else(|| self.memo.touched.get(&key)).cloned();
        let touched = match known {
            Some(known) => known,
            None => {
                self.kept.grew = true;
                let delta = self.composer.content.delta(key.0, key.1)?;
                let paths = delta.changes.iter().map(|change| change.path.clone()).collect();
                Touched { paths, renames: !delta.renames.is_empty() }
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

    /// Carries one change alone.
    fn meets_stage(&mut self, one: &Coming) -> Result<Vec<Conflict>, Fault> {
        let key = self.key(&[one], &one.touched.paths)?;
        let (composer, tree) = (self.composer, self.line.tree);
        self.known(key, || Ok(composer.carry(tree, &one.item, None)?.conflicts))
    }

    /// Carries one change after another, on the paths they have in common.
    fn meet(&mut self, (one, other): (&Coming, &Coming), scope: &PathSet) -> Result<Vec<Conflict>, Fault> {
        let key = self.key(&[one, other], scope)?;
        let (composer, tree) = (self.composer, self.line.tree);
        self.known(key, || {
            let with_one = composer.carry(tree, &one.item, Some(scope))?.tree;
            let mut conflicts = composer.carry(with_one, &other.item, Some(scope))?.conflicts;
            conflicts.retain(|conflict| scope.contains(&conflict.path));
            Ok(conflicts)
        })
    }

    fn known(&mut self, key: u64, find: impl FnOnce() -> Result<Vec<Conflict>, Fault>) -> Result<Vec<Conflict>, Fault> {
        let found = match self.memo.found.get(&key) {
            Some(known) => known.clone(),
            None => {
                self.kept.grew = true;
                find()?
            }
        };
        self.kept.found.insert(key, found.clone());
        Ok(found)
    }

    /// Everything an encounter comes from: the differences, what the stage holds on the paths in question, and the
    /// rules. Where files are renamed the whole tree counts, for they may have gone anywhere.
    fn key(&self, coming: &[&Coming], scope: &PathSet) -> Result<u64, Fault> {
        let mut parts = Vec::with_capacity(coming.len());
        for one in coming {
            parts.push((self.trees(&one.item), one.item.change, one.item.revision, one.item.source));
        }
        let mut hasher = DefaultHasher::new();
        self.rules.hash(&mut hasher);
        for (trees, change, revision, source) in parts {
            match trees {
                Some((base, tip)) => (base, tip).hash(&mut hasher),
                None => (change, revision, format!("{source:?}")).hash(&mut hasher),
            }
        }
        let mut anywhere = coming.iter().any(|one| one.touched.renames);
        for path in scope {
            let leaf = self.composer.content.leaf(self.line.tree, path)?;
            leaf.hash(&mut hasher);
            format!("{:?}", self.composer.content.attributes(self.line.tree, path)?).hash(&mut hasher);
            // A file the stage lacks may stand elsewhere there.
            anywhere |= leaf.is_none() && !self.added(coming, path)?;
        }
        if anywhere {
            self.line.tree.hash(&mut hasher);
        }
        Ok(hasher.finish())
    }

    /// Whether every one of some changes adds the path.
    fn added(&self, coming: &[&Coming], path: &RepoPath) -> Result<bool, Fault> {
        for one in coming {
            let Some((base, _)) = self.trees(&one.item) else { return Ok(false) };
            if self.composer.content.leaf(base, path)?.is_some() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The pairs that touch a path in common, each once, the earlier first.
fn pairs(coming: &[Coming]) -> BTreeSet<(usize, usize)> {
    let mut by_path: BTreeMap<&RepoPath, Vec<usize>> = BTreeMap::new();
    for (at, one) in coming.iter().enumerate() {
        one.touched.paths.iter().for_each(|path| by_path.entry(path).or_default().push(at));
    }
    let mut pairs = BTreeSet::new();
    for touching in by_path.values() {
        for (nth, first) in touching.iter().enumerate() {
            pairs.extend(touching[nth + 1..].iter().map(|second| (*first, *second)));
        }
    }
    pairs
}
