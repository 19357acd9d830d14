//! What an area's next version holds: worked out when its job runs, from the stage as it stands then.

use crate::areas::revertible;
use crate::compose::standing::Met;
use crate::compose::trail;
use crate::compose::void::Onto;
use crate::compose::{Composer, Composition, Recomposed};
use crate::content::sketch::Hashes;
use crate::content::{Content, PathSet};
use crate::ledger::plan::Stop;
use crate::ledger::snapshot::Snapshot;
use crate::moving::concerns::concerns;
use crate::moving::deploy_on_arrival;
use crate::pipeline::area::{Area, Regression};
use crate::records::area_line::AreaLine;
use crate::records::deployment::{Deployment, DeploymentKind};
use crate::records::line::{Item, Line, Source};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Redecided;
use crate::records::version::{AreaDecision, Holding, VersionChange, VersionKind};
use crate::words::details::Details;
use crate::words::fault::Fault;
use crate::words::names::VersionNo;
use crate::words::object::{PathChange, RepoPath, TreeId};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use crate::words::warning::Warning;
use std::collections::{BTreeMap, BTreeSet};

mod rewrite;
mod rollback;
mod stops;
mod void;

pub use void::void;

/// A version, but for what only its making tells.
#[derive(Clone, PartialEq, Debug)]
pub struct Draft {
    /// What makes it.
    pub kind: VersionKind,
    /// What comes in or goes out.
    pub changes: Vec<VersionChange>,
    /// The tree wanted, under the stage's names.
    pub wanted: TreeId,
    /// Files that get back what somebody had edited before they were overwritten, under the area's names (`SPEC R3`).
    pub restore: Vec<PathChange>,
    /// The version it takes back.
    pub reverts: Option<VersionNo>,
    /// Conflicts of the area's own content, and what settled them.
    pub decisions: Vec<AreaDecision>,
    /// What somebody should know about files that were merged for it.
    pub warnings: Vec<Warning>,
}

impl Draft {
    fn new(kind: VersionKind, wanted: TreeId) -> Self {
        let (changes, restore, decisions, warnings) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { kind, changes, wanted, restore, reverts: None, decisions, warnings }
    }
}

/// The baseline: the stage's base tree (`SPEC A4`).
pub fn baseline(line: &Line) -> Draft {
    Draft::new(VersionKind::Baseline, line.base_tree)
}

/// Works out the version a deployment makes; `None` when the area already is as asked.
///
/// # Errors
/// `area-offline`, `area-retired`, `not-at-stage`, `needs-change`, `regression`, `task-open`, and those of [`revertible::check`].
pub fn draft(snapshot: &Snapshot<'_>, content: &dyn Content, asked: &Deployment) -> Result<Option<Draft>, Stop> {
    let area = snapshot.area(&asked.area)?;
    deploy_on_arrival::takes(area)?;
    let line = snapshot.line(&area.stage)?;
    let held = snapshot.state.area(&area.name);
    let next = Next { snapshot, content, area, line, held };
    match asked.kind {
        DeploymentKind::Populate => Ok(held.current().is_none().then(|| baseline(line))),
        DeploymentKind::Deploy => next.deploy(asked),
        DeploymentKind::Rollback { version } => next.rollback(version).map(Some),
        DeploymentKind::Remove => next.remove(asked),
        DeploymentKind::Rewrite => next.rewrite(asked),
        DeploymentKind::Repair => Ok(next.as_it_is(VersionKind::Repair)),
        DeploymentKind::Move => Ok(next.as_it_is(VersionKind::Move)),
        // What stands there is seen when the job runs.
        DeploymentKind::Adopt => Ok(Some(Draft::new(VersionKind::Adopt, next.wanted_now()))),
    }
}

struct Next<'a> {
    snapshot: &'a Snapshot<'a>,
    content: &'a dyn Content,
    area: &'a Area,
    line: &'a Line,
    held: &'a AreaLine,
}

/// What moves, and the paths it touches, split by whether the area then holds every change of the stage there.
struct Split {
    /// Comes in, or goes out.
    moving: BTreeSet<ChangeIx>,
    /// What the area holds afterwards.
    after: BTreeSet<ChangeIx>,
    /// Paths that get the stage's content.
    whole: PathSet,
    /// Paths that get only the differences of what the area holds.
    partial: PathSet,
}

impl Next<'_> {
    fn composer(&self) -> Composer<'_> {
        self.snapshot.composer(self.content).running()
    }

    fn wanted_now(&self) -> TreeId {
        self.held.current().map_or(self.line.base_tree, |current| current.wanted)
    }

    /// What the area holds, once more.
    fn as_it_is(&self, kind: VersionKind) -> Option<Draft> {
        self.held.current().map(|current| Draft::new(kind, current.wanted))
    }

    /// Changes come in (`SPEC A3`).
    fn deploy(&self, asked: &Deployment) -> Result<Option<Draft>, Stop> {
        let coming = self.coming(asked)?;
        if coming.is_empty() {
            return Ok(None);
        }
        let after: BTreeSet<ChangeIx> =
            self.held.held.iter().map(|(change, _)| *change).chain(coming.iter().copied()).collect();
        let moving: BTreeSet<ChangeIx> = coming.iter().copied().collect();
        let split = self.split(moving, after)?;
        let mut draft = Draft::new(VersionKind::Deploy, self.wanted_now());
        let items = coming.iter().flat_map(|change| self.still_to_carry(*change));
        self.carry_partly(&mut draft, (items, self.held.items()), &split)?;
        draft.wanted = self.take_from_stage(draft.wanted, &split.whole)?;
        let brought = coming.iter().map(|change| self.brought(*change));
        draft.changes = brought.chain(self.given_way(&split)?).collect();
        Ok(Some(draft))
    }

    /// The changes asked for that the area does not hold as the stage does.
    fn coming(&self, asked: &Deployment) -> Result<Vec<ChangeIx>, Stop> {
        let mut coming = Vec::new();
        for (key, _) in &asked.changes {
            let (ix, change) = self.snapshot.change(key)?;
            let Some(revision) = self.line.receipts.revision(ix) else {
                return Err(stops::not_at_stage(key, self.area).into());
            };
            let holding = self.held.holding(ix);
            if holding.is_none() && !concerns(self.content, self.area, (change, revision))? {
                continue;
            }
            if let Some(task) = change.open_task(&self.area.name, revision) {
                return Err(stops::task_open(key, task.number, &task.text, self.area).into());
            }
            match holding {
                Some(holding) if holding.revision == revision => continue,
                Some(holding) if holding.revision > revision && self.area.regression == Regression::Refuse => {
                    return Err(stops::regression(key, self.area, (holding.revision.0, revision.0)).into());
                }
                _ => coming.push(ix),
            }
        }
        // In the order the stage carried them, so that partial content comes about the same way.
        let mut places: BTreeMap<ChangeIx, Option<usize>> = coming.iter().map(|ix| (*ix, None)).collect();
        for (at, item) in self.line.items.iter().enumerate() {
            if let Some(place) = places.get_mut(&item.change) {
                place.get_or_insert(at);
            }
        }
        coming.sort_by_key(|ix| places[ix]);
        coming.dedup();
        Ok(coming)
    }

    /// What the area lacks of a change the stage holds.
    fn still_to_carry(&self, change: ChangeIx) -> Vec<Item> {
        let there: Vec<Item> = self.line.items_of(change).cloned().collect();
        let Some(holding) = self.held.holding(change) else { return there };
        // The stage may have settled more about an item since; it is the same item all the same.
        let same = |(here, held): (&Item, &Item)| here.commit == held.commit;
        if there.len() >= holding.items.len() && there.iter().zip(&holding.items).all(same) {
            return there[holding.items.len()..].to_vec();
        }
        let source = Source::Update { from: holding.revision };
        there.last().map(|last| vec![Item { source, ..last.clone() }]).unwrap_or_default()
    }

    /// Carries items, one after the other, onto what those that are there made of the area.
    fn carry_partly(
        &self,
        draft: &mut Draft,
        (items, mut there): (impl Iterator<Item = Item>, Vec<Item>),
        split: &Split,
    ) -> Result<(), Stop> {
        if split.partial.is_empty() {
            return Ok(());
        }
        for item in items {
            let mut item = self.held.with_own(item);
            // What was decided for all that the stage holds there says nothing about less of it.
            item.resolutions.retain(|one| !one.is_of_the_line() || !split.partial.contains(&one.path));
            self.carry_onto(draft, (&item, &there), split)?;
            there.push(item);
        }
        Ok(())
    }

    fn carry_onto(&self, draft: &mut Draft, (item, there): (&Item, &[Item]), split: &Split) -> Result<(), Stop> {
        let composer = self.composer();
        let merged = composer.carry(draft.wanted, item, Some(&split.partial))?;
        let earlier = trail::earlier(composer, self.line, item.change, |one| self.is_as_stage(one.change, split));
        let met = Met {
            begun: self.held.ground(self.line.base_tree),
            tree: draft.wanted,
            before: &there.iter().collect::<Vec<_>>(),
            ties: None,
            earlier: &earlier,
            within: Some(&split.partial),
            depth: None,
        };
        let merged = composer.as_never_held(item, met, merged)?;
        let here = |path: &RepoPath| self.area.filter.map(path).is_some();
        if let Some(conflict) = merged.conflicts.iter().find(|conflict| here(&conflict.path)) {
            return Err(self.needs_change(item.change, &conflict.path, split)?.into());
        }
        // An edit that would come to nothing, for want of what it was made on, needs that as well (`SPEC P11`).
        let onto = Onto { item, tree: draft.wanted, earlier: &earlier, within: None };
        let voided = composer.voided(onto, &merged)?;
        if let Some(ground) = voided.iter().find(|ground| here(&ground.path)) {
            return Err(self.needs_change(item.change, &ground.path, split)?.into());
        }
        draft.wanted = merged.tree;
        draft.warnings.extend(self.about_here(merged.warnings));
        let new = merged.decided.into_iter().filter(|one| here(&one.path) && !item.resolutions.contains(one));
        draft.decisions.extend(new.map(|resolution| AreaDecision { change: item.change, resolution }));
        Ok(())
    }

    /// What somebody should know about files of the area, which alone it merges so: its stage holds more.
    fn about_here(&self, warnings: Vec<(RepoPath, Warning)>) -> impl Iterator<Item = Warning> {
        let here = warnings.into_iter().filter(|(path, _)| self.area.filter.map(path).is_some());
        here.map(|(_, warning)| Warning { message: format!("in {}, {}", self.area.name, warning.message), ..warning })
    }

    /// `needs-change`: which changes of the stage touch the path and are not coming along, or not at its revision.
    fn needs_change(&self, change: ChangeIx, path: &RepoPath, split: &Split) -> Result<Refusal, Fault> {
        let mut missing = Vec::new();
        let hashes = Hashes::of([path]);
        let others = self.line.items.iter().filter(|item| !self.is_as_stage(item.change, split));
        for item in others.filter(|item| self.composer().may_touch(item, &hashes)) {
            let key = self.snapshot.state.key(item.change);
            if !missing.contains(key) && self.composer().touched(item)?.contains(path) {
                missing.push(key.clone());
            }
        }
        let names: Vec<_> = missing.iter().map(|key| key.as_str()).collect();
        let (key, area, stage) = (self.snapshot.state.key(change), &self.area.name, &self.area.stage);
        let message = format!("{key} cannot go to {area} without {}: both touch {path}", names.join(", "));
        let changes = std::iter::once(key).chain(&missing).cloned().collect();
        let remedy = Remedy::DeployTogether { changes, area: area.clone() };
        Ok(Refusal::new(Code::NeedsChange, message, remedy).with(Details::Needs {
            change: key.clone(),
            area: area.clone(),
            stage: stage.clone(),
            path: path.clone(),
            needs: missing,
        }))
    }

    fn brought(&self, change: ChangeIx) -> VersionChange {
        let revision = self.line.receipts.revision(change).unwrap_or_default();
        let since = self.number();
        let items = self.line.items_of(change).cloned().collect();
        let before = self.held.holding(change).cloned();
        VersionChange { change, after: Some(Holding { revision, since, items }), before }
    }

    /// What the area still holds though its stage does not, because taking it out failed, goes out with this version
    /// when the stage's content replaces all of it (`SPEC A3`).
    fn given_way(&self, split: &Split) -> Result<Vec<VersionChange>, Fault> {
        let mut gone = Vec::new();
        for (change, holding) in self.held.held.iter().filter(|(change, _)| !self.line.receipts.holds(*change)) {
            let mut paths = PathSet::new();
            for item in self.held.items_of(holding) {
                paths.extend(self.composer().touched(&item)?);
            }
            if !paths.is_empty() && paths.is_subset(&split.whole) {
                gone.push(VersionChange { change: *change, after: None, before: Some(holding.clone()) });
            }
        }
        Ok(gone)
    }

    /// The version's number; the baseline comes before the first.
    fn number(&self) -> VersionNo {
        match self.held.current() {
            None => VersionNo(2),
            Some(_) => self.held.next_number(),
        }
    }

    /// Demoted changes go out, and only they: each path they touched takes what the changes that remain give (`SPEC R6`).
    fn remove(&self, asked: &Deployment) -> Result<Option<Draft>, Stop> {
        let known = asked.changes.iter().filter_map(|(key, _)| self.snapshot.state.change(key).map(|(ix, _)| ix));
        let first = void::comes_first(self.snapshot, asked);
        // What the stage holds again meanwhile stays (`SPEC D7`).
        let goes = |ix: &ChangeIx| self.held.holding(*ix).is_some() && (first || !self.line.receipts.holds(*ix));
        let going: Vec<ChangeIx> = known.filter(goes).collect();
        if going.is_empty() {
            return Ok(None);
        }
        let going: BTreeSet<ChangeIx> = going.into_iter().collect();
        let after: BTreeSet<ChangeIx> =
            self.held.held.iter().map(|(change, _)| *change).filter(|change| !going.contains(change)).collect();
        let split = self.split(going.clone(), after)?;
        let mut draft = Draft::new(VersionKind::Rollback, self.wanted_now());
        if !split.partial.is_empty() {
            self.recompose(&mut draft, &going)?;
        }
        draft.wanted = self.take_from_stage(draft.wanted, &split.whole)?;
        draft.reverts = going.iter().filter_map(|ix| self.held.holding(*ix)).map(|holding| holding.since).max();
        let gone = |ix: &ChangeIx| VersionChange { change: *ix, after: None, before: self.held.holding(*ix).cloned() };
        draft.changes = going.iter().map(gone).collect();
        Ok(Some(draft))
    }

    fn recompose(&self, draft: &mut Draft, going: &BTreeSet<ChangeIx>) -> Result<(), Stop> {
        let (base, items) = (self.held.ground(self.line.base_tree), self.held.items());
        let whole = Composition { base, tree: draft.wanted, items: &items };
        let here = |path: &RepoPath| self.area.filter.map(path).is_some();
        match self.composer().without_minding(whole, going, &here)? {
            Recomposed::Left(left) => {
                draft.wanted = left.tree;
                draft.warnings.extend(self.about_here(left.warnings));
                draft.decisions = left.decided.into_iter().filter_map(|one| decision(&items, one)).collect();
                Ok(())
            }
            Recomposed::Blocked { change, .. } => {
                let holding = self.held.holding(change);
                let blocking: Vec<_> = holding.and_then(|held| self.held.version(held.since)).into_iter().collect();
                let first = going.iter().filter_map(|ix| self.held.holding(*ix)).map(|held| held.since).min();
                let number = first.unwrap_or_default();
                Err(revertible::depended_on(self.snapshot, self.area, number, &blocking).into())
            }
        }
    }

    /// Splits the paths of moving changes by whether the area then holds all of the stage's changes there (`SPEC A3`).
    fn split(&self, moving: BTreeSet<ChangeIx>, after: BTreeSet<ChangeIx>) -> Result<Split, Fault> {
        let mut split = Split { moving, after, whole: PathSet::new(), partial: PathSet::new() };
        let composer = self.composer();
        let items: Vec<Item> = self.line.items.iter().cloned().chain(self.held.items()).collect();
        let whole = Composition { base: self.line.base_tree, tree: self.wanted_now(), items: &items };
        let scope = composer.scope(whole, &split.moving)?;
        // What a rename ties to these paths is among them: who touches none of them has no say.
        let hashes = Hashes::of(&scope);
        let others = self.line.items.iter().filter(|item| !self.is_as_stage(item.change, &split));
        let mut partial = PathSet::new();
        for item in others.filter(|item| composer.may_touch(item, &hashes)) {
            partial.extend(composer.touched(item)?);
        }
        // What is partial under one name is partial under every name a rename gives it.
        split.partial = composer.tied(&items, partial)?.intersection(&scope).cloned().collect();
        split.whole = scope.difference(&split.partial).cloned().collect();
        Ok(split)
    }

    /// Whether the area then holds a change of the stage, at the stage's revision.
    fn is_as_stage(&self, change: ChangeIx, split: &Split) -> bool {
        let held = self.held.holding(change).map(|holding| holding.revision);
        let same = split.moving.contains(&change) || held == self.line.receipts.revision(change);
        split.after.contains(&change) && same
    }

    fn take_from_stage(&self, tree: TreeId, paths: &PathSet) -> Result<TreeId, Fault> {
        let mut edits = Vec::with_capacity(paths.len());
        for path in paths {
            edits.push((path.clone(), self.content.leaf(self.line.tree, path)?));
        }
        self.content.edit(tree, &edits)
    }
}

/// What was decided about an item, by the change it is of.
fn decision(items: &[Item], decided: Redecided) -> Option<AreaDecision> {
    let change = items.iter().find(|item| item.commit == decided.commit)?.change;
    Some(AreaDecision { change, resolution: decided.resolution })
}
