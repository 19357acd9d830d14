//! Rewriting what builds on a change that leaves: the same work without it, as a new revision (`SPEC D4`). What was
//! attested of the old one says nothing of the new one (`SPEC C4`).

use crate::compose::carry::{self, Written};
use crate::compose::touching;
use crate::content::sketch::Sketch;
use crate::content::{Content, Merge};
use crate::depend::closure;
use crate::depend::order::{Rule, order};
use crate::ledger::snapshot::Snapshot;
use crate::pipeline::order_by::OrderBy;
use crate::records::change::{Change, Revision};
use crate::records::line::{Line, Source};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, OperationId, RevisionNo, StageName};
use crate::words::object::{CommitId, TreeId};
use std::collections::{BTreeMap, BTreeSet};

/// A change that is to stay without what it builds on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rewritten {
    /// Which.
    pub change: ChangeIx,
    /// The revision the stages hold.
    pub from: RevisionNo,
    /// The revision they shall hold; `None` where it is put back as it was, because it does not hold what leaves.
    pub revision: Option<Revision>,
}

impl Rewritten {
    /// The number of the revision that stays.
    pub fn number(&self) -> RevisionNo {
        self.revision.as_ref().map_or(self.from, |revision| revision.number)
    }
}

/// What leaves, and who builds on it where.
#[derive(Clone, Copy, Debug)]
pub struct Rewriting<'a> {
    /// The changes that leave.
    pub leaving: &'a BTreeSet<ChangeIx>,
    /// Who builds on them, on each stage left.
    pub dependents: &'a BTreeMap<StageName, BTreeSet<ChangeIx>>,
    /// The demotion, which the commits name.
    pub operation: OperationId,
}

/// What can be rewritten, in the order it goes back onto the lines; and why the rest cannot, in one sentence each.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Outcome {
    /// What can.
    pub rewritten: Vec<Rewritten>,
    /// What cannot.
    pub stuck: Vec<(ChangeIx, String)>,
}

/// Works out the new revisions. Commits are written as objects nothing refers to yet.
///
/// # Errors
/// A fault of the content.
pub fn rewrite(snapshot: &Snapshot<'_>, content: &dyn Content, rewriting: Rewriting<'_>) -> Result<Outcome, Fault> {
    let writer = Writer { snapshot, content, rewriting };
    let mut outcome = Outcome::default();
    for change in writer.in_order() {
        match writer.one(change, &outcome.rewritten)? {
            Ok(rewritten) => outcome.rewritten.push(rewritten),
            Err(why) => outcome.stuck.push((change, why)),
        }
    }
    Ok(outcome)
}

struct Writer<'a> {
    snapshot: &'a Snapshot<'a>,
    content: &'a dyn Content,
    rewriting: Rewriting<'a>,
}

/// A commit and its tree.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Point {
    commit: CommitId,
    tree: TreeId,
}

/// What becomes of a change's base when something below it goes: from where it was, to where it shall be.
struct Shift<'a> {
    key: &'a ChangeKey,
    from: Point,
    to: Point,
}

impl<'a> Writer<'a> {
    fn lines(&self) -> impl Iterator<Item = (&'a StageName, &'a Line, &'a BTreeSet<ChangeIx>)> {
        let lines = &self.snapshot.state.lines;
        let with_line = |(stage, who): (&'a StageName, &'a BTreeSet<ChangeIx>)| Some((stage, lines.get(stage)?, who));
        self.rewriting.dependents.iter().filter_map(with_line)
    }

    /// Everybody who builds on what leaves, in the order of the lines: what a change builds on comes before it.
    fn in_order(&self) -> Vec<ChangeIx> {
        let (mut all, mut before) = (BTreeSet::new(), BTreeSet::new());
        for (_, line, who) in self.lines() {
            let mut here: Vec<ChangeIx> = Vec::new();
            for item in line.items.iter().filter(|item| who.contains(&item.change)) {
                if !here.contains(&item.change) {
                    here.push(item.change);
                }
            }
            before.extend(here.windows(2).map(|pair| (pair[0], pair[1])));
            all.extend(here);
        }
        let Some((source, ..)) = self.lines().next() else { return Vec::new() };
        let all: Vec<ChangeIx> = all.into_iter().collect();
        order(self.snapshot, Rule { source, by: OrderBy::Recorded, before: &before }, &all)
    }

    fn one(&self, ix: ChangeIx, before: &[Rewritten]) -> Result<Result<Rewritten, String>, Fault> {
        let change = self.snapshot.state.at(ix);
        let latest = change.latest();
        for (stage, line, _) in self.lines().filter(|(_, _, who)| who.contains(&ix)) {
            if let Some(why) = cannot_be_taken_apart(change, line, ix) {
                return Ok(Err(format!("{stage} {why}")));
            }
        }
        let old = Point { commit: latest.base, tree: latest.base_tree };
        let base = self.base(change, old, before)?;
        if base == old {
            return Ok(Ok(Rewritten { change: ix, from: latest.number, revision: None }));
        }
        let (ours, theirs) = (base.tree, latest.tip_tree);
        let merge = Merge { base: old.tree, ours, theirs, scope: None };
        let merged = touching::merge(self.content, merge)?;
        if let Some(conflict) = merged.conflicts.first() {
            return Ok(Err(format!("its own edits of {} are edits of what leaves", conflict.path)));
        }
        if merged.tree == base.tree {
            return Ok(Err("nothing of it would be left".to_owned()));
        }
        let revision = self.revision(change, base, merged.tree)?;
        Ok(Ok(Rewritten { change: ix, from: latest.number, revision: Some(revision) }))
    }

    /// The base without what leaves, and with what was rewritten before in place of what it was.
    fn base(&self, change: &Change, old: Point, before: &[Rewritten]) -> Result<Point, Fault> {
        let mut base = old;
        let mut done: BTreeSet<ChangeKey> = BTreeSet::new();
        for shift in self.shifts(before) {
            if done.contains(shift.key) {
                continue;
            }
            if base.tree == shift.from.tree {
                base = shift.to;
            } else {
                let merge = Merge { base: shift.from.tree, ours: base.tree, theirs: shift.to.tree, scope: None };
                let merged = touching::merge(self.content, merge)?;
                if !merged.conflicts.is_empty() || merged.tree == base.tree {
                    // The base does not hold it, or holds it under other work: that shows when the change is carried.
                    continue;
                }
                base.tree = merged.tree;
                base.commit = match merged.tree == shift.to.tree {
                    true => shift.to.commit,
                    false => self.write(change, merged.tree, shift.to.commit)?,
                };
            }
            done.extend(closure::dependencies(self.snapshot, shift.key));
        }
        Ok(base)
    }

    /// What may lie below a change and moves, the last one first: what it was rewritten for goes with it.
    fn shifts<'b>(&'b self, before: &'b [Rewritten]) -> Vec<Shift<'b>> {
        let state = self.snapshot.state;
        let rewritten = before.iter().rev().filter_map(|one| {
            let (old, new) = (state.at(one.change).latest(), one.revision.as_ref()?);
            Some(Shift { key: state.key(one.change), from: tip(old), to: tip(new) })
        });
        let mut leaving: Vec<ChangeIx> = self.rewriting.leaving.iter().copied().collect();
        let place = |ix: &ChangeIx| {
            self.lines().filter_map(|(_, line, _)| line.items.iter().rposition(|item| item.change == *ix)).max()
        };
        leaving.sort_by_key(|ix| std::cmp::Reverse(place(ix)));
        let gone = leaving.into_iter().map(|ix| {
            let change = state.at(ix);
            let held = self.lines().find_map(|(_, line, _)| line.receipts.revision(ix));
            let revision = held.and_then(|number| change.revision(number)).unwrap_or(change.latest());
            let to = Point { commit: revision.base, tree: revision.base_tree };
            Shift { key: &change.key, from: tip(revision), to }
        });
        rewritten.chain(gone).collect()
    }

    fn revision(&self, change: &Change, base: Point, tip_tree: TreeId) -> Result<Revision, Fault> {
        let latest = change.latest();
        let number = latest.number.next();
        let delta = self.content.delta(base.tree, tip_tree)?;
        let mut revision = Revision {
            number,
            base: base.commit,
            base_tree: base.tree,
            tip_tree,
            depends_on: self.still_needed(latest),
            attested: Vec::new(),
            recorded_at: self.snapshot.now,
            sketch: Some(Sketch::of(&delta)),
            ..latest.clone()
        };
        let message = carry::message(change, &revision, "rewrite", Some(self.rewriting.operation));
        let (tree, parent, author) = (tip_tree, base.commit, latest.author.clone());
        revision.tip = carry::write(self.snapshot, self.content, Written { tree, parent, author, message })?;
        Ok(revision)
    }

    /// A commit to stand on, where none has this tree.
    fn write(&self, change: &Change, tree: TreeId, parent: CommitId) -> Result<CommitId, Fault> {
        let latest = change.latest();
        let message = carry::message(change, latest, "rebase", Some(self.rewriting.operation));
        let author = latest.author.clone();
        carry::write(self.snapshot, self.content, Written { tree, parent, author, message })
    }

    /// What it was stacked on, but for what leaves; and what that was stacked on.
    fn still_needed(&self, revision: &Revision) -> Vec<ChangeKey> {
        let state = self.snapshot.state;
        let mut needed = Vec::new();
        let mut todo: Vec<ChangeKey> = revision.depends_on.iter().rev().cloned().collect();
        while let Some(key) = todo.pop() {
            match state.change(&key) {
                Some((ix, change)) if self.rewriting.leaving.contains(&ix) => {
                    todo.extend(change.latest().depends_on.iter().rev().cloned());
                }
                _ if needed.contains(&key) => {}
                _ => needed.push(key),
            }
        }
        needed
    }
}

fn tip(revision: &Revision) -> Point {
    Point { commit: revision.tip, tree: revision.tip_tree }
}

/// Why what a stage holds of a change cannot be made anew.
fn cannot_be_taken_apart(change: &Change, line: &Line, ix: ChangeIx) -> Option<String> {
    let (held, latest) = (line.receipts.revision(ix)?, change.latest().number);
    if held < latest {
        return Some(format!("holds its revision {held}, and revision {latest} exists"));
    }
    match line.items_of(ix).any(|item| item.source == Source::Held) {
        true => Some("had it in its branch before it was recorded, and cannot tell it from that".to_owned()),
        false => None,
    }
}
