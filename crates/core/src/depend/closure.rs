//! Who builds on whom (`SPEC C1`, `D4`, `P11`).

use crate::compose::{Composer, Composition, PATHS_OF_ONE, Recomposed, Remainder};
use crate::content::sketch::Hashes;
use crate::content::{Conflict, ConflictKind, PathSet};
use crate::depend::search::{self, Branch, Group, Limits, Trial};
use crate::ledger::snapshot::Snapshot;
use crate::records::change::{Change, Revision};
use crate::records::line::{Item, Source};
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, StageName};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// The smallest closed set of changes that leave together, and the tree without them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Closure {
    /// Everything that leaves, the asked ones included.
    pub leaving: BTreeSet<ChangeIx>,
    /// Those that were not asked for, in the order they were found, with where they could not stay.
    pub dependents: Vec<(ChangeIx, Vec<Conflict>)>,
    /// What is left without them.
    pub left: Remainder,
}

/// How many trees a search for the smallest closure composes before it is content with the plain one. All subsets of
/// nine changes fit into it.
const COMPOSITIONS: usize = 512;

/// Finds who must leave along (`SPEC D4`): the smallest set that contains those asked for, and without which the rest
/// of the line still composes. Among equals it is the plain one: whoever is blocked leaves. A search that grows beyond
/// [`COMPOSITIONS`] is given up for the plain one, which holds nobody who could have stayed but may not be the smallest.
///
/// Content alone decides: a change that was declared as stacked on a leaving one and does not need it stays.
///
/// # Errors
/// A fault of the content.
pub fn closure(composer: Composer<'_>, whole: Composition<'_>, asked: &BTreeSet<ChangeIx>) -> Result<Closure, Fault> {
    let plain = plain_closure(composer, whole, asked)?;
    // One dependent is the fewest there can be once nobody leaving alone is not enough.
    if plain.dependents.len() < 2 {
        return Ok(plain);
    }
    let limits = Limits { fewer_than: plain.leaving.len(), budget: COMPOSITIONS };
    let start = Group { changes: asked.clone(), ..Group::default() };
    let smaller = search::smallest(start, limits, |group| {
        // What is composed counts, not how often: a change of thousands of files is tried once, not hundreds of times.
        let work = 1 + composer.scope(whole, &group.changes)?.len() / PATHS_OF_ONE;
        Ok((leave(composer, whole, &group.changes)?, work))
    })?;
    Ok(smaller.map_or(plain, |found| Closure {
        leaving: found.group.changes,
        dependents: found.added.into_iter().map(|(change, conflicts)| (change, conflicts.to_vec())).collect(),
        left: found.result,
    }))
}

/// Whoever is blocked leaves. Items are tried in order, so nobody is named who could have stayed.
///
/// # Errors
/// A fault of the content.
pub fn plain_closure(
    composer: Composer<'_>,
    whole: Composition<'_>,
    asked: &BTreeSet<ChangeIx>,
) -> Result<Closure, Fault> {
    let mut leaving = asked.clone();
    let mut dependents = Vec::new();
    loop {
        let along = RefCell::default();
        let recomposed = composer.closing(whole, &leaving, &along)?;
        let along = along.into_inner();
        leaving.extend(along.iter().map(|(change, _)| *change));
        dependents.extend(along);
        match recomposed {
            Recomposed::Left(left) => return Ok(Closure { leaving, dependents, left }),
            Recomposed::Blocked { change, conflicts } => {
                leaving.insert(change);
                dependents.push((change, conflicts));
            }
        }
    }
}

/// What the others make of it when some changes leave. Where one is blocked, it has to leave as well, or somebody before
/// it who stays and touches what it conflicts on: nothing else decides what it meets there.
fn leave(composer: Composer<'_>, whole: Composition<'_>, gone: &BTreeSet<ChangeIx>) -> Result<Trial<Remainder>, Fault> {
    let (blocked, conflicts) = match composer.without_voids(whole, gone)? {
        Recomposed::Left(left) => return Ok(Trial::Clean(left)),
        Recomposed::Blocked { change, conflicts } => (change, conflicts),
    };
    let before = whole.items.iter().rposition(|item| item.change == blocked).unwrap_or(whole.items.len());
    let mut choices = vec![blocked];
    for change in meeting(composer, (whole.items, before), Dispute::over(&conflicts))? {
        if !gone.contains(&change) && !choices.contains(&change) {
            choices.push(change);
        }
    }
    let conflicts: Rc<[Conflict]> = conflicts.into();
    let branches = choices.into_iter().map(|change| {
        let mut changes = gone.clone();
        changes.insert(change);
        let group = Group { changes, ..Group::default() };
        Branch { group, added: vec![change], conflicts: Rc::clone(&conflicts) }
    });
    Ok(Trial::Blocked(branches.collect()))
}

/// What some conflicts are about.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dispute {
    /// The paths.
    pub paths: PathSet,
    /// Whether it is about more than them, so that it could be anybody's doing.
    pub anybody: bool,
}

impl Dispute {
    /// What conflicts are about.
    pub fn over(conflicts: &[Conflict]) -> Self {
        let wide = |kind| matches!(kind, ConflictKind::FileFolder | ConflictKind::FolderRename | ConflictKind::Rename);
        let paths = conflicts.iter().flat_map(Conflict::names).cloned().collect();
        Self { paths, anybody: conflicts.iter().any(|conflict| wide(conflict.kind)) }
    }
}

/// The changes among the first `before` items that touch what a dispute is about, the last one first.
///
/// # Errors
/// A fault of the content.
pub fn meeting(
    composer: Composer<'_>,
    (items, before): (&[Item], usize),
    dispute: Dispute,
) -> Result<Vec<ChangeIx>, Fault> {
    let paths = composer.tied(items, dispute.paths)?;
    let hashes = Hashes::of(&paths);
    let mut found = Vec::new();
    for item in items[..before].iter().rev().filter(|item| item.source != Source::Held) {
        let perhaps = !found.contains(&item.change) && (dispute.anybody || composer.may_touch(item, &hashes));
        if perhaps && (dispute.anybody || composer.meets(item, &paths)?) {
            found.push(item.change);
        }
    }
    Ok(found)
}

/// What a change's newest revision is stacked on, and what that is stacked on, nearest first (`SPEC P11`).
pub fn dependencies(snapshot: &Snapshot<'_>, key: &ChangeKey) -> Vec<ChangeKey> {
    stacked(snapshot, key, Change::latest)
}

/// The same for the revisions that a stage holds, and that move from there: a newer one may need more, or less.
pub fn dependencies_from(snapshot: &Snapshot<'_>, source: &StageName, key: &ChangeKey) -> Vec<ChangeKey> {
    stacked(snapshot, key, |change| moving(snapshot, source, change))
}

/// The revision of a change that moves from a stage; the newest where the stage does not hold it.
pub fn moving<'a>(snapshot: &Snapshot<'a>, source: &StageName, change: &'a Change) -> &'a Revision {
    let line = snapshot.state.lines.get(source);
    let held = line.and_then(|line| line.receipts.revision(snapshot.state.change(&change.key)?.0));
    held.and_then(|number| change.revision(number)).unwrap_or(change.latest())
}

fn stacked<'a>(
    snapshot: &Snapshot<'a>,
    key: &ChangeKey,
    revision: impl Fn(&'a Change) -> &'a Revision,
) -> Vec<ChangeKey> {
    let mut found: Vec<ChangeKey> = Vec::new();
    let mut todo = vec![key.clone()];
    while let Some(key) = todo.pop() {
        let Some((_, change)) = snapshot.state.change(&key) else { continue };
        for needed in &revision(change).depends_on {
            if !found.contains(needed) {
                found.push(needed.clone());
                todo.push(needed.clone());
            }
        }
    }
    found
}
