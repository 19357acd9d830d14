//! Who builds on whom on one stage, as a graph (`SPEC D4`, `P11`).

use crate::compose::{Composer, Composition};
use crate::content::sketch::Hashes;
use crate::content::{Content, PathSet};
use crate::depend::closure::plain_closure;
use crate::ledger::snapshot::Snapshot;
use crate::records::line::Line;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use std::collections::{BTreeMap, BTreeSet};

/// One change builds on another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edge {
    /// The one that builds.
    pub change: ChangeIx,
    /// What it builds on.
    pub on: ChangeIx,
    /// Whether its branch was recorded as stacked on the other's (`SPEC C1`).
    pub declared: bool,
    /// The files on which it could not be carried onto the stage's line without the other; empty where it could.
    pub paths: PathSet,
}

/// Who builds on whom among the changes of a line: of everybody, or of those that may have to do with one of them.
///
/// An edge by content is tried out: the line is composed without the lower change, and the upper one conflicts. What
/// follows from two other edges is left out.
///
/// # Errors
/// A fault of the content.
pub fn edges(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    line: &Line,
    about: Option<ChangeIx>,
) -> Result<Vec<Edge>, Fault> {
    let composer = snapshot.composer(content);
    let among = match about {
        Some(change) => related(snapshot, composer, line, change)?,
        None => line.receipts.iter().collect(),
    };
    let mut edges: BTreeMap<(ChangeIx, ChangeIx), Edge> = BTreeMap::new();
    for (on, dependents) in tried(composer, line, &among)? {
        for (change, paths) in dependents {
            edges.insert((change, on), Edge { change, on, declared: false, paths });
        }
    }
    for change in &among {
        let known = snapshot.state.at(*change);
        let held = line.receipts.revision(*change).and_then(|number| known.revision(number));
        let stacked = held.into_iter().flat_map(|revision| &revision.depends_on);
        for (on, _) in stacked.filter_map(|key| snapshot.state.change(key)).filter(|(on, _)| line.receipts.holds(*on)) {
            let new = Edge { change: *change, on, declared: false, paths: PathSet::new() };
            edges.entry((*change, on)).or_insert(new).declared = true;
        }
    }
    Ok(edges.into_values().collect())
}

/// A change with those that conflict directly when it leaves, and on what.
type Tried = BTreeMap<ChangeIx, BTreeMap<ChangeIx, PathSet>>;

fn tried(composer: Composer<'_>, line: &Line, among: &BTreeSet<ChangeIx>) -> Result<Tried, Fault> {
    let whole = Composition { base: line.base_tree, tree: line.tree, items: &line.items };
    let mut all = Tried::new();
    for change in among {
        let closure = plain_closure(composer, whole, &BTreeSet::from([*change]))?;
        let paths = |conflicts: Vec<crate::content::Conflict>| conflicts.into_iter().map(|one| one.path).collect();
        let dependents = closure.dependents.into_iter().map(|(ix, conflicts)| (ix, paths(conflicts)));
        all.insert(*change, dependents.collect());
    }
    let reaches = |from: &ChangeIx, to: &ChangeIx| all.get(from).is_some_and(|on_it| on_it.contains_key(to));
    let direct = all.iter().map(|(change, dependents)| {
        let by_another = |upper: &ChangeIx| {
            dependents.keys().any(|between| between != upper && reaches(between, upper) && !reaches(upper, between))
        };
        let direct = dependents.iter().filter(|(upper, _)| !by_another(upper));
        (*change, direct.map(|(upper, paths)| (*upper, paths.clone())).collect())
    });
    Ok(direct.collect())
}

/// The changes of a line that could have to do with one: those that touch a file it touches, and so on; and those that
/// were declared. Sketches tell most of the others apart without a look at their trees.
fn related(
    snapshot: &Snapshot<'_>,
    composer: Composer<'_>,
    line: &Line,
    change: ChangeIx,
) -> Result<BTreeSet<ChangeIx>, Fault> {
    let (mut found, mut todo) = (BTreeSet::from([change]), vec![change]);
    while let Some(next) = todo.pop() {
        let scope = composer.scope(&line.items, &BTreeSet::from([next]))?;
        let hashes = Hashes::of(&scope);
        for item in line.items.iter().filter(|item| composer.may_touch(item, &hashes)) {
            if !found.contains(&item.change) && composer.meets(item, &scope)? {
                found.insert(item.change);
                todo.push(item.change);
            }
        }
        for other in declared(snapshot, line, next) {
            if found.insert(other) {
                todo.push(other);
            }
        }
    }
    Ok(found)
}

/// What a change of a line is stacked on, and what is stacked on it.
fn declared(snapshot: &Snapshot<'_>, line: &Line, change: ChangeIx) -> Vec<ChangeIx> {
    let needs = |upper: ChangeIx, lower: ChangeIx| {
        let held = line.receipts.revision(upper).and_then(|number| snapshot.state.at(upper).revision(number));
        held.is_some_and(|revision| revision.depends_on.contains(snapshot.state.key(lower)))
    };
    line.receipts.iter().filter(|other| needs(change, *other) || needs(*other, change)).collect()
}
