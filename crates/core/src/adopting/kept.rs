//! Revisions of an earlier record, whose tips its refs still keep (`SPEC L11`).

use crate::adopting::stretch::Stretch;
use crate::content::Content;
use crate::content::sketch::Sketch;
use crate::ledger::entry::Event;
use crate::ports::repository::CommitInfo;
use crate::records::change::{Facts, Revision, Voice};
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, RevisionNo, StageName, Time, UserName};
use std::collections::{BTreeMap, BTreeSet};

/// A revision that a ref keeps, and where it starts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Kept {
    /// Of which change.
    pub change: ChangeKey,
    /// Its number.
    pub number: RevisionNo,
    /// Where it starts.
    pub base: CommitInfo,
    /// Where it ends.
    pub tip: CommitInfo,
    /// The subject of the first commit of its own (`SPEC C1`).
    pub title: String,
    /// The changes whose tips it is stacked on.
    pub depends_on: Vec<ChangeKey>,
}

/// Revisions as facts, and those that no ref keeps though a later one of the change is there.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Recorded {
    /// The facts, changes in the order in which their first revision was written.
    pub events: Vec<Event>,
    /// What is taken for the same as the next revision that is there.
    pub lost: Vec<(ChangeKey, RevisionNo)>,
}

/// Records what refs keep. A change originates where it was applied without an operation.
///
/// # Errors
/// A fault of the content.
pub fn recorded(content: &dyn Content, kept: &[Kept], stretches: &[Stretch], now: Time) -> Result<Recorded, Fault> {
    let mut by_change: BTreeMap<&ChangeKey, BTreeMap<RevisionNo, &Kept>> = BTreeMap::new();
    for one in kept {
        by_change.entry(&one.change).or_default().insert(one.number, one);
    }
    let written = |revisions: &BTreeMap<RevisionNo, &Kept>| revisions.values().map(|one| one.tip.author.time).min();
    let mut changes: Vec<_> = by_change.into_iter().collect();
    changes.sort_by_key(|(key, revisions)| (written(revisions), *key));
    let origins = origins(stretches);
    let known: BTreeSet<&ChangeKey> = kept.iter().map(|one| &one.change).collect();
    let mut told = Recorded::default();
    for (key, revisions) in changes {
        let Some(facts) = revisions.values().next().map(|first| facts(first)) else { continue };
        let last = revisions.keys().last().copied().unwrap_or_default();
        for number in (1..=last.0).map(RevisionNo) {
            let Some((found, one)) = revisions.range(number..).next() else { continue };
            if *found != number {
                told.lost.push((key.clone(), number));
            }
            let depends_on = one.depends_on.iter().filter(|key| known.contains(key)).cloned().collect();
            let revision = Revision { number, depends_on, recorded_at: now, ..revision(content, one)? };
            let facts = facts.clone();
            let origin = origins.get(key).cloned();
            told.events.push(Event::Recorded {
                change: key.clone(),
                facts,
                revision: Box::new(revision),
                origin,
                voice: Voice::Others,
            });
        }
    }
    Ok(told)
}

fn revision(content: &dyn Content, one: &Kept) -> Result<Revision, Fault> {
    let sketch = Sketch::of(&*content.delta(one.base.tree, one.tip.tree)?);
    Ok(Revision {
        number: one.number,
        base: one.base.id,
        tip: one.tip.id,
        base_tree: one.base.tree,
        tip_tree: one.tip.tree,
        author: one.tip.author.clone(),
        subject: one.tip.subject(),
        depends_on: Vec::new(),
        attested: Vec::new(),
        recorded_at: one.tip.author.time,
        sketch: Some(sketch),
    })
}

/// What nobody told the repository is not known: only the title and the author are.
fn facts(one: &Kept) -> Facts {
    let owner = UserName::new(&one.tip.author.name);
    Facts { title: one.title.clone(), project: None, release: None, owner, parent: None }
}

/// The stage on which a change was applied as it was recorded.
fn origins(stretches: &[Stretch]) -> BTreeMap<ChangeKey, StageName> {
    let mut found = BTreeMap::new();
    for stretch in stretches {
        for info in stretch.mainline().into_iter().map(|link| link.info) {
            let says = |line: &str| info.message.lines().any(|one| one.starts_with(line));
            if says("Change: ") && says("Action: apply") && !says("Operation: ") {
                stretch.named(info).map(|key| found.entry(key).or_insert_with(|| stretch.stage.clone()));
            }
        }
    }
    found
}
