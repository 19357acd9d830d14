//! Who builds on whom (`SPEC C1`, `D4`, `P11`).

use crate::change::{Change, Revision};
use crate::compose::{Composer, Composition, Recomposed, Remainder};
use crate::content::Conflict;
use crate::fault::Fault;
use crate::names::{ChangeKey, StageName};
use crate::receipt::ChangeIx;
use crate::snapshot::Snapshot;
use std::collections::BTreeSet;

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

/// Finds who must leave along (`SPEC D4`). A change whose difference cannot be carried any more must go; it goes with
/// all its paths, which may force the next. Items are tried in order, so nobody is named who could have stayed.
pub fn closure(composer: Composer<'_>, whole: Composition<'_>, asked: &BTreeSet<ChangeIx>) -> Result<Closure, Fault> {
    let mut leaving = asked.clone();
    let mut dependents = Vec::new();
    loop {
        match composer.without(whole, &leaving)? {
            Recomposed::Left(left) => return Ok(Closure { leaving, dependents, left }),
            Recomposed::Blocked { change, conflicts } => {
                leaving.insert(change);
                dependents.push((change, conflicts));
            }
        }
    }
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
