//! From what a branch did to facts: changes that are new, and the items of the line (`SPEC L8`, `L10`).

use crate::adopting::stretch::Stretch;
use crate::adopting::walk::{Step, Walk, theirs_wins, walk};
use crate::content::sketch::Sketch;
use crate::content::{CommitDraft, Content, Merge, Signature};
use crate::ledger::entry::{Event, Imported};
use crate::ledger::snapshot::Snapshot;
use crate::records::change::{Facts, Revision};
use crate::records::line::Source;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, RevisionNo, Time, UserName};
use crate::words::object::{CommitId, TreeId};
use std::collections::BTreeMap;

/// Changes known before, and found on the way.
#[derive(Clone, Debug, Default)]
pub struct Known {
    changes: BTreeMap<ChangeKey, RevisionNo>,
    unnamed: Vec<ChangeKey>,
    now: Time,
}

/// What a stretch of a branch brought.
#[derive(Clone, PartialEq, Debug)]
pub struct Brought {
    /// Changes that are recorded with it.
    pub recorded: Vec<Event>,
    /// What lies on the line.
    pub items: Vec<Imported>,
    /// The tree at the end.
    pub tree: TreeId,
    /// A commit that keeps trees which belong to no commit of the branch from being pruned.
    pub keeps: Option<CommitId>,
}

impl Known {
    /// What the ledger knows.
    pub fn of(snapshot: &Snapshot<'_>) -> Self {
        let changes = snapshot.state.changes.iter().map(|change| (change.key.clone(), change.latest().number));
        Self { changes: changes.collect(), unnamed: Vec::new(), now: snapshot.now }
    }

    /// How many changes are known by now.
    pub fn count(&self) -> usize {
        self.changes.len()
    }

    /// Changes without a key came with the repository; they count nowhere until somebody includes them (`SPEC C5`).
    pub fn exclusions(&self) -> Vec<Event> {
        let reason = "imported from a commit that names no change";
        let excluded = |key: &ChangeKey| Event::Excluded { change: key.clone(), reason: reason.to_owned() };
        self.unnamed.iter().map(excluded).collect()
    }

    /// A whole stage, from where its line shall begin.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn stage(&mut self, content: &dyn Content, stretch: &Stretch) -> Result<Vec<Event>, Fault> {
        let Brought { recorded, items, tree, keeps } = self.brought(content, stretch)?;
        let base_tree = stretch.commit(stretch.base).map_or(TreeId::EMPTY, |info| info.tree);
        let (stage, base, head) = (stretch.stage.clone(), stretch.base, stretch.tip);
        let adopted = Event::StageAdopted { stage, base, base_tree, head, tree, items, keeps };
        Ok(recorded.into_iter().chain([adopted]).collect())
    }

    /// What a stretch of a branch brought.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn brought(&mut self, content: &dyn Content, stretch: &Stretch) -> Result<Brought, Fault> {
        let Walk { steps, tree } = walk(content, stretch)?;
        let keeps = keep(content, stretch, (&steps, self.now))?;
        let mut by_change: BTreeMap<ChangeKey, Vec<&Step>> = BTreeMap::new();
        for step in &steps {
            by_change.entry(step.change.clone()).or_default().push(step);
        }
        let mut recorded = Vec::new();
        for step in &steps {
            if !self.changes.contains_key(&step.change) {
                recorded.push(self.record(content, stretch, &by_change[&step.change])?);
                self.changes.insert(step.change.clone(), RevisionNo(1));
                if step.is_unnamed() {
                    self.unnamed.push(step.change.clone());
                }
            }
        }
        let items = steps.iter().map(|step| Imported {
            change: step.change.clone(),
            revision: self.changes[&step.change],
            source: Source::Commit { base: step.before, theirs: step.after },
            commit: step.commit,
            operation: None,
            resolutions: Vec::new(),
        });
        let items = items.collect();
        Ok(Brought { recorded, items, tree, keeps })
    }

    /// The first revision of a change found on a branch: its commits, one after the other, on the first one's base.
    fn record(&self, content: &dyn Content, stretch: &Stretch, steps: &[&Step]) -> Result<Event, Fault> {
        let (first, last) = (steps[0], steps[steps.len() - 1]);
        let mut tip_tree = first.after;
        for step in &steps[1..] {
            tip_tree =
                theirs_wins(content, Merge { base: step.before, ours: tip_tree, theirs: step.after, scope: None })?;
        }
        let info = stretch.commit(last.commit);
        let message = info.map(|info| info.message.as_str()).unwrap_or_default();
        let subject = message.lines().next().unwrap_or_default().to_owned();
        let author = info.map_or_else(|| ours(self.now), |info| info.author.clone());
        let tip = match info.is_some_and(|info| info.tree == tip_tree) {
            true => last.commit,
            // A change found in several pieces has no commit of its own yet.
            false => content.commit(&CommitDraft {
                tree: tip_tree,
                parents: vec![first.parent],
                author: author.clone(),
                committer: author.clone(),
                message: format!("{subject}\n"),
            })?,
        };
        let revision = Revision {
            number: RevisionNo(1),
            base: first.parent,
            tip,
            base_tree: first.before,
            tip_tree,
            author: author.clone(),
            subject: subject.clone(),
            depends_on: Vec::new(),
            attested: Vec::new(),
            recorded_at: self.now,
            sketch: Some(Sketch::of(&*content.delta(first.before, tip_tree)?)),
        };
        let owner = UserName::new(author.name);
        let facts = Facts { title: subject, project: None, release: None, owner, parent: None };
        let (change, origin) = (first.change.clone(), Some(stretch.stage.clone()));
        Ok(Event::Recorded { change, facts, revision: Box::new(revision), origin })
    }
}

/// Trees that only taking a merge apart made belong to no commit: a chain of commits holds them.
fn keep(content: &dyn Content, stretch: &Stretch, what: (&[Step], Time)) -> Result<Option<CommitId>, Fault> {
    let (steps, now) = what;
    let mut tip = None;
    let is_loose = |step: &&Step| stretch.commit(step.commit).is_none_or(|info| info.tree != step.after);
    for step in steps.iter().filter(is_loose) {
        let (parents, message) = (tip.into_iter().collect(), format!("{} on {}\n", step.change, stretch.stage));
        let (author, committer) = (ours(now), ours(now));
        tip = Some(content.commit(&CommitDraft { tree: step.after, parents, author, committer, message })?);
    }
    Ok(tip)
}

fn ours(now: Time) -> Signature {
    Signature { name: "switchback".into(), email: "switchback@localhost".into(), time: now }
}
