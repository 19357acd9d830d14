//! Carrying changes onto the lines of stages: merges first, commits only when everything went well.

use crate::compose::as_source::{Beside, Origin};
use crate::compose::making::Making;
use crate::compose::renamed_since::STAYS;
use crate::compose::settle::Settled;
use crate::compose::standing::{Both, Met, Standing, Step};
use crate::compose::trail::{self, Earlier};
use crate::compose::void::{Ground, Onto};
use crate::compose::{Composer, unmoved};
use crate::content::filetype::Excluded;
use crate::content::{CommitDraft, Conflict, Content, PathSet, Signature};
use crate::ledger::entry::Event;
use crate::ledger::snapshot::Snapshot;
use crate::records::change::{Change, Revision};
use crate::records::conflict::MoveConflict;
use crate::records::line::{Item, Line, Source};
use crate::records::promotion::{Decision, MoveResolution};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Resolution;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, OperationId, RevisionNo, StageName};
use crate::words::object::{CommitId, RepoPath, TreeId};
use crate::words::warning::Warning;
use std::convert::Infallible;

/// What is carried, and in whose name.
#[derive(Clone, Copy, Debug)]
pub struct Load<'a> {
    /// The changes in order, each with the revision it moves at.
    pub changes: &'a [(ChangeIx, RevisionNo)],
    /// What people decided about conflicts.
    pub resolutions: &'a [MoveResolution],
    /// File types that must stop for a person (`SPEC X3`).
    pub excluded: &'a Excluded,
    /// The operation the commits name; `None` when a change is recorded at its origin.
    pub operation: Option<OperationId>,
    /// The stage they move from: what came before them there may be what they were made on. `None` where they move from
    /// nowhere.
    pub source: Option<&'a StageName>,
    /// Whether programs are run that make files again.
    pub making: Making,
}

/// An edit that came to nothing on a stage, because what it was made on is not there (`SPEC P11`).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Voided {
    /// On which stage.
    pub stage: StageName,
    /// Whose edit.
    pub change: ChangeIx,
    /// Where, what it edits, and who made that.
    pub ground: Ground,
}

/// What carrying came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Carried {
    /// One [`Event::Applied`] for each change and stage, when nothing conflicted.
    pub events: Vec<Event>,
    /// Every conflict found, in one pass (`SPEC P8`).
    pub conflicts: Vec<MoveConflict>,
    /// What was decided without a person.
    pub decisions: Vec<Decision>,
    /// Edits that came to nothing for lack of what they were made on. Then nothing moves either.
    pub voided: Vec<Voided>,
    /// What somebody should know about files that are not sound.
    pub warnings: Vec<Warning>,
}

/// Conflicts of an item, and who made what it edits.
struct Disputed {
    conflicts: Vec<Conflict>,
    grounds: Vec<Ground>,
}

/// Carries a load onto several stages, each on its own line.
pub fn carry_all(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    stages: &[StageName],
    load: Load<'_>,
) -> Result<Carried, Fault> {
    let mut carried = Carried::default();
    let mut steps = Vec::new();
    for stage in stages {
        let Some(line) = snapshot.state.lines.get(stage) else { continue };
        let porter = Porter { snapshot, content, stage, line };
        steps.push((stage, porter.merge(load, &mut carried)?));
    }
    if carried.conflicts.is_empty() && carried.voided.is_empty() {
        for (stage, steps) in steps {
            let Some(line) = snapshot.state.lines.get(stage) else { continue };
            let porter = Porter { snapshot, content, stage, line };
            carried.events.extend(porter.commit(load, steps)?);
        }
    }
    Ok(carried)
}

/// Carries onto one stage.
pub(super) struct Porter<'a> {
    pub snapshot: &'a Snapshot<'a>,
    pub content: &'a dyn Content,
    pub stage: &'a StageName,
    pub line: &'a Line,
}

/// A change on its way, as it came onto a line.
pub(super) struct Arrived {
    pub item: Item,
    pub settled: Settled,
    /// Edits that came to nothing.
    pub voided: Vec<Ground>,
    /// Who made what conflicts.
    pub grounds: Vec<Ground>,
}

impl Porter<'_> {
    /// Merges change after change. After a conflict the rest is still tried, so that all conflicts are found at once;
    /// paths already in conflict are not reported twice, for what they will hold is not known.
    fn merge(&self, load: Load<'_>, carried: &mut Carried) -> Result<Vec<Step>, Fault> {
        let mut tree = self.line.tree;
        let mut steps: Vec<Step> = Vec::new();
        let (mut open, both) = (PathSet::new(), self.both(load));
        for (change, revision) in load.changes {
            let standing = both.standing(&steps);
            let Some(arrived) = self.arrive(load, (tree, standing), (*change, *revision))? else { continue };
            let Arrived { mut item, settled, voided, grounds } = arrived;
            let (stage, change) = (self.stage, *change);
            let voided = voided.into_iter().map(|ground| Voided { stage: stage.clone(), change, ground });
            carried.voided.extend(voided);
            carried.decisions.extend(self.decisions(&item, &settled));
            carried.warnings.extend(settled.warnings.into_iter().map(|(_, warning)| warning));
            carried.warnings.extend(self.stays_renamed(&item, &steps, (tree, settled.tree))?);
            tree = settled.tree;
            if settled.conflicts.is_empty() {
                item.resolutions = settled.decided;
                steps.push(Step { item, tree });
            } else {
                let met = Disputed { conflicts: settled.conflicts, grounds };
                carried.conflicts.extend(self.report(&item, met, &steps, &mut open)?);
            }
        }
        Ok(steps)
    }

    /// The line, and the one that a load comes from.
    pub fn both(&self, load: Load<'_>) -> Both<'_> {
        Both::of(&self.line.items, self.source(load).map_or(&[], |source| &source.items))
    }

    fn source(&self, load: Load<'_>) -> Option<&Line> {
        self.snapshot.state.lines.get(load.source?)
    }

    /// Merges one change onto what those before it made of the line; `None` when the line has it.
    pub fn arrive(
        &self,
        load: Load<'_>,
        (tree, standing): (TreeId, Standing<'_>),
        (change, revision): (ChangeIx, RevisionNo),
    ) -> Result<Option<Arrived>, Fault> {
        let composer = self.snapshot.composer_without(self.content, load.excluded).making(load.making);
        let Some(mut item) = arriving(self.line, change, revision) else { return Ok(None) };
        item.operation = load.operation;
        let stayed = item.resolutions.clone();
        item.resolutions.extend(self.decided(change, load.resolutions));
        let earlier = self.earlier((composer, load), change, standing);
        let mut settled = composer.carry(tree, &item, None)?;
        settled.decided.extend(stayed);
        let before: Vec<&Item> = match item.source {
            Source::Update { .. } => standing.items().collect(),
            _ => Vec::new(),
        };
        let begun = self.line.base_tree;
        let met = Met { begun, tree, before: &before, ties: None, earlier: &earlier, within: None, depth: None };
        let settled = composer.as_never_held(&item, met, settled)?;
        let settled = self.as_source(load, (tree, &item), (settled, standing.with(&item)))?;
        let onto = Onto { item: &item, tree, earlier: &earlier, within: None };
        let voided = composer.voided(onto, &settled)?;
        let grounds = if settled.conflicts.is_empty() { Vec::new() } else { composer.grounds_of(onto, &settled)? };
        Ok(Some(Arrived { item, settled, voided, grounds }))
    }

    /// Says which files a change deletes in vain, because they have other names here.
    fn stays_renamed(&self, item: &Item, moved: &[Step], trees: (TreeId, TreeId)) -> Result<Vec<Warning>, Fault> {
        let composer = self.snapshot.composer(self.content);
        let items = || self.line.items.iter().chain(moved.iter().map(|step| &step.item));
        let (key, stage) = (self.snapshot.state.key(item.change), self.stage);
        let told = |(path, name)| {
            Warning::of(STAYS, format!("{key} deletes {path}, which {stage} has as {name}: {name} stays"))
        };
        Ok(composer.renamed_since(item, items, trees)?.into_iter().map(told).collect())
    }

    /// What was settled, with the paths as the source holds them on which the line then holds the same.
    fn as_source(
        &self,
        load: Load<'_>,
        arriving: (TreeId, &Item),
        (settled, standing): (Settled, Standing<'_>),
    ) -> Result<Settled, Fault> {
        let lines = &self.snapshot.state.lines;
        let Some((stage, line)) = load.source.and_then(|source| Some((source, lines.get(source)?))) else {
            return Ok(settled);
        };
        let composer = self.snapshot.composer_without(self.content, load.excluded);
        Beside::new(composer, Origin::new(self.snapshot, stage, line), (self.line.base_tree, standing))
            .settle(arriving, settled)
    }

    /// What came before a change where it comes from; what moved before it is there.
    fn earlier(
        &self,
        (composer, load): (Composer<'_>, Load<'_>),
        change: ChangeIx,
        standing: Standing<'_>,
    ) -> Vec<Earlier<'_>> {
        let Some(source) = self.source(load) else { return Vec::new() };
        let held = |item: &Item| self.line.receipts.revision(item.change).is_some_and(|held| held >= item.revision);
        if standing.lacks_nobody(composer, change, held) {
            return Vec::new();
        }
        let moved = standing.moved();
        trail::earlier(composer, source, change, |item| moved.contains(&item.change) || held(item))
    }

    fn decisions(&self, item: &Item, settled: &Settled) -> Vec<Decision> {
        let change = self.snapshot.state.key(item.change);
        let automatic = settled.decided.iter().filter(|one| one.by.is_automatic());
        let told = automatic.map(|one| Decision {
            stage: self.stage.clone(),
            change: change.clone(),
            path: one.path.clone(),
            by: one.by.clone(),
        });
        told.collect()
    }

    fn decided(&self, change: ChangeIx, resolutions: &[MoveResolution]) -> Vec<Resolution> {
        let key = self.snapshot.state.key(change);
        let mine = resolutions.iter().filter(|resolution| resolution.change == *key);
        mine.map(|resolution| resolution.resolution.clone()).collect()
    }

    fn report(
        &self,
        item: &Item,
        met: Disputed,
        before: &[Step],
        open: &mut PathSet,
    ) -> Result<Vec<MoveConflict>, Fault> {
        let composer = self.snapshot.composer(self.content);
        let moved = before.iter().map(|step| step.item.clone());
        let items: Vec<Item> = self.line.items.iter().cloned().chain(moved).collect();
        let mut reported = Vec::new();
        for conflict in met.conflicts {
            if !open.insert(conflict.path.clone()) {
                continue;
            }
            let other = composer.other_side((self.line.base_tree, &items), item, &conflict)?;
            let needs = self.makers(&met.grounds, &conflict);
            reported.push(MoveConflict {
                stage: self.stage.clone(),
                change: self.snapshot.state.key(item.change).clone(),
                path: conflict.path,
                kind: conflict.kind,
                sides: conflict.sides,
                places: conflict.places,
                other_side: other.map(|other| self.snapshot.state.key(other).clone()),
                needs,
                why: conflict.why,
            });
        }
        Ok(reported)
    }

    /// Who made what is edited where something conflicts.
    fn makers(&self, grounds: &[Ground], conflict: &Conflict) -> Vec<ChangeKey> {
        let is_about = |ground: &&Ground| conflict.names().any(|name| *name == ground.path);
        let here = grounds.iter().filter(is_about).flat_map(|ground| &ground.makers);
        let mut keys: Vec<ChangeKey> = here.map(|maker| self.snapshot.state.key(*maker).clone()).collect();
        keys.dedup();
        keys
    }

    /// One commit for each step (`SPEC L2`).
    fn commit(&self, load: Load<'_>, steps: Vec<Step>) -> Result<Vec<Event>, Fault> {
        let mut parent = self.line.head;
        let mut events = Vec::with_capacity(steps.len());
        for Step { mut item, tree } in steps {
            let change = self.snapshot.state.at(item.change);
            let Some(revision) = change.revision(item.revision) else { continue };
            let message =
                message(change, revision, item.source.action(), load.operation) + &auto_resolved(&item.resolutions);
            let written = Written { tree, parent, author: revision.author.clone(), message };
            parent = write(self.snapshot, self.content, written)?;
            item.commit = parent;
            let Ok(item) = item.renamed(&|_| Ok::<_, Infallible>(change.key.clone()));
            events.push(Event::Applied { stage: self.stage.clone(), item, tree });
        }
        Ok(events)
    }
}

/// How a change gets onto a line; `None` when it is there already, or newer.
pub fn arriving(line: &Line, change: ChangeIx, revision: RevisionNo) -> Option<Item> {
    let source = match line.receipts.revision(change) {
        None => Source::Revision,
        Some(held) if held < revision => Source::Update { from: held },
        Some(_) => return None,
    };
    let resolutions = unmoved::stays(line, change);
    Some(Item { change, revision, source, commit: line.head, operation: None, resolutions })
}

/// A commit of a line, but for who commits it and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Written {
    /// The tree.
    pub tree: TreeId,
    /// The one parent.
    pub parent: CommitId,
    /// The change's author.
    pub author: Signature,
    /// Subject and trailers.
    pub message: String,
}

/// Writes a commit in the actor's name, now.
pub fn write(snapshot: &Snapshot<'_>, content: &dyn Content, written: Written) -> Result<CommitId, Fault> {
    let actor = snapshot.actor;
    content.commit(&CommitDraft {
        tree: written.tree,
        parents: vec![written.parent],
        author: written.author,
        committer: Signature { name: actor.name.clone(), email: actor.email.clone(), time: snapshot.now },
        message: written.message,
    })
}

/// The change's subject, and the trailers of `SPEC L2`.
pub fn message(change: &Change, revision: &Revision, action: &str, operation: Option<OperationId>) -> String {
    let operation = operation.map(|id| format!("Operation: {id}\n")).unwrap_or_default();
    let (subject, key, number) = (&revision.subject, &change.key, revision.number);
    format!("{subject}\n\nChange: {key}\nRevision: {number}\nAction: {action}\n{operation}")
}

/// A trailer for each conflict that nobody was asked about (`SPEC X2`).
pub fn auto_resolved<'a>(decided: impl IntoIterator<Item = &'a Resolution>) -> String {
    let automatic = decided.into_iter().filter(|one| one.by.is_automatic());
    automatic.map(|one| format!("Auto-Resolved: {} ({})\n", one_line(&one.path), one.by)).collect()
}

/// A path that cannot end its trailer early.
fn one_line(path: &RepoPath) -> String {
    path.to_string().replace(['\n', '\r'], "?")
}
