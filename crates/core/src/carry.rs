//! Carrying changes onto the lines of stages: merges first, commits only when everything went well.

use crate::change::{Change, Revision};
use crate::compose::Composer;
use crate::content::{CommitDraft, Content, Merged, PathSet, Signature};
use crate::entry::{Event, Imported};
use crate::fault::Fault;
use crate::line::{Item, Line, Source};
use crate::names::{OperationId, RevisionNo, StageName};
use crate::object::{CommitId, TreeId};
use crate::promotion::{MoveConflict, MoveResolution};
use crate::receipt::ChangeIx;
use crate::snapshot::Snapshot;

/// What is carried, and in whose name.
#[derive(Clone, Copy, Debug)]
pub struct Load<'a> {
    /// The changes in order, each with the revision it moves at.
    pub changes: &'a [(ChangeIx, RevisionNo)],
    /// What people decided about conflicts.
    pub resolutions: &'a [MoveResolution],
    /// The operation the commits name; `None` when a change is recorded at its origin.
    pub operation: Option<OperationId>,
}

/// What carrying came to.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Carried {
    /// One [`Event::Applied`] for each change and stage, when nothing conflicted.
    pub events: Vec<Event>,
    /// Every conflict found, in one pass (`SPEC P8`).
    pub conflicts: Vec<MoveConflict>,
}

struct Step {
    item: Item,
    tree: TreeId,
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
        let mut conflicts = Vec::new();
        steps.push((stage, porter.merge(load, &mut conflicts)?));
        carried.conflicts.extend(conflicts);
    }
    if carried.conflicts.is_empty() {
        for (stage, steps) in steps {
            let Some(line) = snapshot.state.lines.get(stage) else { continue };
            carried.events.extend(Porter { snapshot, content, stage, line }.commit(load, steps)?);
        }
    }
    Ok(carried)
}

struct Porter<'a> {
    snapshot: &'a Snapshot<'a>,
    content: &'a dyn Content,
    stage: &'a StageName,
    line: &'a Line,
}

impl Porter<'_> {
    /// Merges change after change. After a conflict the rest is still tried, so that all conflicts are found at once;
    /// paths already in conflict are not reported twice, for what they will hold is not known.
    fn merge(&self, load: Load<'_>, conflicts: &mut Vec<MoveConflict>) -> Result<Vec<Step>, Fault> {
        let composer = Composer { state: self.snapshot.state, content: self.content };
        let mut tree = self.line.tree;
        let mut steps: Vec<Step> = Vec::new();
        let mut open = PathSet::new();
        for (change, revision) in load.changes {
            let Some(source) = self.source(*change, *revision) else { continue };
            let mut item = self.item(*change, *revision, source);
            item.operation = load.operation;
            item.resolutions = self.decided(*change, load.resolutions);
            let merged = composer.carry(tree, &item, None)?;
            tree = merged.tree;
            if merged.conflicts.is_empty() {
                item.resolutions = merged.settled;
                steps.push(Step { item, tree });
            } else {
                conflicts.extend(self.report(&item, merged, &steps, &mut open)?);
            }
        }
        Ok(steps)
    }

    /// How the change gets onto the line; `None` when it is there already.
    fn source(&self, change: ChangeIx, revision: RevisionNo) -> Option<Source> {
        match self.line.receipts.revision(change) {
            None => Some(Source::Revision),
            Some(held) if held < revision => Some(Source::Update { from: held }),
            Some(_) => None,
        }
    }

    fn item(&self, change: ChangeIx, revision: RevisionNo, source: Source) -> Item {
        Item { change, revision, source, commit: self.line.head, operation: None, resolutions: Vec::new() }
    }

    fn decided(&self, change: ChangeIx, resolutions: &[MoveResolution]) -> Vec<crate::content::Resolution> {
        let key = self.snapshot.state.key(change);
        let mine = resolutions.iter().filter(|resolution| resolution.change == *key);
        mine.map(|resolution| resolution.resolution.clone()).collect()
    }

    fn report(
        &self,
        item: &Item,
        merged: Merged,
        before: &[Step],
        open: &mut PathSet,
    ) -> Result<Vec<MoveConflict>, Fault> {
        let composer = Composer { state: self.snapshot.state, content: self.content };
        let moved: Vec<Item> = before.iter().map(|step| step.item.clone()).collect();
        let mut reported = Vec::new();
        for conflict in merged.conflicts {
            if !open.insert(conflict.path.clone()) {
                continue;
            }
            let other = match composer.last_to_touch(&moved, &conflict.path)? {
                Some(other) => Some(other),
                None => composer.last_to_touch(&self.line.items, &conflict.path)?,
            };
            reported.push(MoveConflict {
                stage: self.stage.clone(),
                change: self.snapshot.state.key(item.change).clone(),
                path: conflict.path,
                kind: conflict.kind,
                sides: conflict.sides,
                other_side: other.map(|other| self.snapshot.state.key(other).clone()),
            });
        }
        Ok(reported)
    }

    /// One commit for each step (`SPEC L2`).
    fn commit(&self, load: Load<'_>, steps: Vec<Step>) -> Result<Vec<Event>, Fault> {
        let mut parent = self.line.head;
        let mut events = Vec::with_capacity(steps.len());
        for Step { mut item, tree } in steps {
            let change = self.snapshot.state.at(item.change);
            let Some(revision) = change.revision(item.revision) else { continue };
            let action = match item.source {
                Source::Update { .. } => "update",
                _ => "apply",
            };
            let message = message(change, revision, action, load.operation);
            let written = Written { tree, parent, author: revision.author.clone(), message };
            parent = write(self.snapshot, self.content, written)?;
            item.commit = parent;
            let item = Imported { change: change.key.clone(), item };
            events.push(Event::Applied { stage: self.stage.clone(), item, tree });
        }
        Ok(events)
    }
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
