//! Content that stays on a stage though the change that brought it leaves, because something else brings it as well. It is
//! never left there silently (`SPEC L8`).

use super::Request;
use crate::compose::{Composer, Composition, Recomposed};
use crate::content::sketch::Hashes;
use crate::content::{Merge, PathSet};
use crate::depend::closure;
use crate::depend::stay::Departure;
use crate::ledger::entry::Event;
use crate::ledger::plan::Stop;
use crate::ledger::snapshot::Snapshot;
use crate::records::change::Revision;
use crate::records::demotion::StayingContent;
use crate::records::line::Line;
use crate::records::receipt::ChangeIx;
use crate::words::details::{Brings, Details, Staying};
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, StageName};
use crate::words::object::{CommitId, RepoPath, TreeId};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use crate::words::warning::Warning;
use std::collections::{BTreeMap, BTreeSet};

/// How many files a sentence names.
const NAMED: usize = 3;

/// What somebody should know about content that stays, once `events` have happened.
///
/// # Errors
/// `content-stays` where all that a change did stays on every stage it leaves; a fault of the content.
pub(super) fn warnings(
    composer: Composer<'_>,
    snapshot: &Snapshot<'_>,
    (request, departure): (&Request, &Departure<'_>),
    events: &[Event],
) -> Result<Vec<Warning>, Stop> {
    let mut left = Vec::new();
    for (stage, line) in departure.leaving.stages() {
        let after = after(events, stage, line);
        let did = composer.content.delta(line.tree, after)?;
        let gone = departure.closures.get(stage).map(|closure| closure.leaving.clone()).unwrap_or_default();
        left.push(Left {
            composer,
            stage,
            line,
            after,
            did: did.changes.iter().map(|change| change.path.clone()).collect(),
            gone,
            back: departure.put_back_at(stage).into_iter().map(|(ix, _)| ix).collect(),
            later: later(snapshot, request, line),
        });
    }
    let (mut stuck, mut warnings) = (Vec::new(), Vec::new());
    for ix in departure.leaving.all() {
        let leaves = |left: &&Left<'_>| departure.leaving.at(left.stage, left.line).contains(&ix);
        let (mut staying, mut changes) = (Vec::new(), false);
        for left in left.iter().filter(leaves) {
            changes |= left.changes(ix)?;
            staying.extend(left.staying(snapshot, ix)?);
        }
        match request.content {
            StayingContent::Refuse if !changes => stuck.extend(staying),
            _ => warnings.extend(staying.iter().map(warning)),
        }
    }
    match stuck.is_empty() {
        true => Ok(warnings),
        false => Err(refusal(stuck).into()),
    }
}

/// The tree of a stage once something has happened.
pub(super) fn after(events: &[Event], of: &StageName, line: &Line) -> TreeId {
    let tree = |event: &Event| match event {
        Event::Removed { stage, tree, .. } | Event::Applied { stage, tree, .. } if stage == of => Some(*tree),
        _ => None,
    };
    events.iter().rev().find_map(tree).unwrap_or(line.tree)
}

/// What leaves a stage after this, because it was named too (`SPEC D9`).
fn later(snapshot: &Snapshot<'_>, request: &Request, line: &Line) -> BTreeSet<ChangeIx> {
    let named = request.then.iter().flatten().filter_map(|key| snapshot.state.change(key));
    named.map(|(ix, _)| ix).filter(|ix| line.receipts.holds(*ix)).collect()
}

/// A stage that something leaves.
struct Left<'a> {
    composer: Composer<'a>,
    stage: &'a StageName,
    line: &'a Line,
    /// The tree afterwards.
    after: TreeId,
    /// The paths to which something happens.
    did: PathSet,
    /// Who is taken off it.
    gone: BTreeSet<ChangeIx>,
    /// Who of those is put back.
    back: BTreeSet<ChangeIx>,
    /// Who leaves it next.
    later: BTreeSet<ChangeIx>,
}

impl Left<'_> {
    /// Whether anything happens to the files of a change that leaves.
    fn changes(&self, ix: ChangeIx) -> Result<bool, Fault> {
        let scope = self.composer.scope(self.whole(), &BTreeSet::from([ix]))?;
        Ok(!scope.is_disjoint(&self.did))
    }

    /// What stays of a change that leaves. Where others have edited or deleted it since, it does not.
    fn staying(&self, snapshot: &Snapshot<'_>, ix: ChangeIx) -> Result<Option<Staying>, Fault> {
        let change = snapshot.state.at(ix);
        let held = self.line.receipts.revision(ix).and_then(|number| change.revision(number));
        let Some(revision) = held else { return Ok(None) };
        let own = self.composer.content.delta(revision.base_tree, revision.tip_tree)?;
        let own = own.changes.iter().map(|one| &one.path);
        let mut paths: PathSet = own.filter(|path| !self.did.contains(*path)).cloned().collect();
        if !paths.is_empty() {
            let lacking = self.lacking(revision, self.after)?;
            paths.retain(|path| !lacking.contains(path));
        }
        if let Some(finally) = self.finally(&paths)? {
            let lacking = self.lacking(revision, finally)?;
            paths.retain(|path| !lacking.contains(path));
        }
        if paths.is_empty() {
            return Ok(None);
        }
        let brought_by = self.brought_by(snapshot, revision, &paths)?;
        let (change, stage) = (change.key.clone(), self.stage.clone());
        Ok(Some(Staying { change, stage, paths: paths.into_iter().collect(), brought_by }))
    }

    /// The paths on which a tree lacks something that a revision did.
    fn lacking(&self, revision: &Revision, tree: TreeId) -> Result<PathSet, Fault> {
        let content = self.composer.content;
        let (base, theirs) = (revision.base_tree, revision.tip_tree);
        let merged = content.merge(Merge { base, ours: tree, theirs, scope: None })?;
        let lacking = content.delta(tree, merged.tree)?;
        let lacking = lacking.changes.iter().map(|change| change.path.clone());
        let lacking = lacking.chain(merged.conflicts.into_iter().map(|conflict| conflict.path)).collect();
        self.composer.tied(&self.line.items, lacking)
    }

    /// What is left once those that leave next have left too, where that can matter.
    fn finally(&self, paths: &PathSet) -> Result<Option<TreeId>, Fault> {
        if paths.is_empty() || self.later.is_empty() {
            return Ok(None);
        }
        let gone = self.gone.union(&self.later).copied().collect();
        Ok(Some(closure::plain_closure(self.composer, self.whole(), &gone)?.left.tree))
    }

    fn whole(&self) -> Composition<'_> {
        Composition::of(self.line)
    }

    /// What brings some paths as well: the changes that stay and without which they would not be as they are; where that
    /// cannot be told, all that stay and touch them; where none does, what the branch held before.
    fn brought_by(&self, snapshot: &Snapshot<'_>, revision: &Revision, paths: &PathSet) -> Result<Vec<Brings>, Fault> {
        let mut touching: BTreeMap<ChangeIx, CommitId> = BTreeMap::new();
        let stays = |ix: &ChangeIx| !self.gone.contains(ix) || self.back.contains(ix);
        let hashes = Hashes::of(paths);
        let near = self.line.items.iter().filter(|item| self.composer.may_touch(item, &hashes));
        for item in near.filter(|item| stays(&item.change)) {
            if self.composer.meets(item, paths)? {
                touching.insert(item.change, item.commit);
            }
        }
        let mut needed = BTreeMap::new();
        for (ix, commit) in &touching {
            let without = self.gone.iter().copied().chain([*ix]).collect();
            if let Recomposed::Left(left) = self.composer.without(self.whole(), &without)?
                && !self.lacking(revision, left.tree)?.is_disjoint(paths)
            {
                needed.insert(*ix, *commit);
            }
        }
        let found = if needed.is_empty() { touching } else { needed };
        if found.is_empty() {
            return Ok(vec![Brings { change: None, commit: self.line.base }]);
        }
        let named = |(ix, commit)| Brings { change: Some(snapshot.state.key(ix).clone()), commit };
        Ok(found.into_iter().map(named).collect())
    }
}

fn refusal(staying: Vec<Staying>) -> Refusal {
    let mut brought_by: Vec<ChangeKey> = Vec::new();
    for key in staying.iter().flat_map(|one| &one.brought_by).filter_map(|one| one.change.clone()) {
        if !brought_by.contains(&key) {
            brought_by.push(key);
        }
    }
    let each =
        staying.iter().map(|one| format!("taking {} out of {} changes no file: {}", one.change, one.stage, why(one)));
    let message = each.collect::<Vec<_>>().join("; ");
    Refusal::new(Code::ContentStays, message, Remedy::LeaveContent { brought_by }).with(Details::Stays { staying })
}

fn warning(staying: &Staying) -> Warning {
    let Staying { change, stage, paths, .. } = staying;
    let message = format!("{stage} keeps what {change} did to {}: {}", some_of(paths), why(staying));
    Warning::new(Code::ContentStays, message)
}

/// Some paths in a sentence.
pub(super) fn some_of(paths: &[RepoPath]) -> String {
    let mut named: Vec<String> = paths.iter().take(NAMED).map(ToString::to_string).collect();
    if paths.len() > NAMED {
        named.push(format!("{} more", paths.len() - NAMED));
    }
    named.join(", ")
}

/// Who brings it.
fn why(staying: &Staying) -> String {
    let one = |Brings { change, commit }: &Brings| match change {
        Some(change) => format!("{change} brings it too (commit {})", commit.0.short()),
        None => format!("its branch held that before (commit {})", commit.0.short()),
    };
    staying.brought_by.iter().map(one).collect::<Vec<_>>().join(", ")
}
