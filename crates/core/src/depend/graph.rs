//! Who builds on whom on one stage, as a graph (`SPEC D4`, `P11`).

use crate::compose::Composition;
use crate::compose::dependents::{self, Dependents};
use crate::content::{Content, PathSet};
use crate::ledger::snapshot::Snapshot;
use crate::records::line::Line;
use crate::records::outline::Outline;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::RevisionNo;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

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

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Edges {
    /// Who builds on whom.
    pub edges: Vec<Edge>,
    /// The changes that were left out because there was too much to try: who builds on them by content is not known.
    pub untried: Vec<ChangeIx>,
}

/// How much is carried before the rest is left out. Two hundred changes with some of thousands of files among them take a
/// hundredth.
const CARRIES: usize = 1 << 18;

/// How many objects are made for trials before they are forgotten.
const TRIED: usize = 4096;

/// Who builds on whom among the changes of a line: of everybody, or of those on the ways up and down from one of them.
///
/// An edge by content is tried out: the line is composed without the lower change, and the upper one conflicts. What
/// follows from other edges is left out.
///
/// # Errors
/// A fault of the content.
pub fn edges(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    line: &Line,
    about: Option<ChangeIx>,
) -> Result<Edges, Fault> {
    let whole = Composition::of(line);
    let asked = dependents::Line::new(snapshot.composer(content), whole)?;
    let mut tries = Tries { snapshot, content, line, asked, tried: Tried::new(), untried: BTreeSet::new() };
    match about {
        Some(change) => {
            tries.above(change)?;
            tries.below(change)?;
        }
        None => {
            for change in line.receipts.iter() {
                tries.on(change)?;
            }
        }
    }
    Ok(tries.edges())
}

/// A change with those that build on it directly, and on which paths.
type Tried = BTreeMap<ChangeIx, Rc<Dependents>>;

struct Tries<'a> {
    snapshot: &'a Snapshot<'a>,
    content: &'a dyn Content,
    line: &'a Line,
    asked: dependents::Line<'a>,
    tried: Tried,
    untried: BTreeSet<ChangeIx>,
}

impl Tries<'_> {
    /// Who builds on a change.
    fn on(&mut self, change: ChangeIx) -> Result<Rc<Dependents>, Fault> {
        if let Some(known) = self.tried.get(&change) {
            return Ok(Rc::clone(known));
        }
        let dependents = match self.asked.spent() < CARRIES {
            true => {
                let found = self.asked.dependents(change)?;
                self.content.forget_tried(TRIED);
                Rc::new(found)
            }
            false => {
                self.untried.insert(change);
                Rc::default()
            }
        };
        self.tried.insert(change, Rc::clone(&dependents));
        Ok(dependents)
    }

    /// Tries everybody who builds on a change, on who builds on it, and so on.
    fn above(&mut self, change: ChangeIx) -> Result<(), Fault> {
        let (mut seen, mut todo) = (BTreeSet::from([change]), vec![change]);
        while let Some(next) = todo.pop() {
            let by_content = self.on(next)?;
            let declared = self.stacked(|upper, lower| (lower == next).then_some(upper));
            let new = by_content.keys().copied().chain(declared).filter(|upper| seen.insert(*upper));
            todo.extend(new.collect::<Vec<_>>());
        }
        Ok(())
    }

    /// Tries everybody on whom a change builds, on whom they build, and so on.
    fn below(&mut self, change: ChangeIx) -> Result<(), Fault> {
        let (mut seen, mut todo) = (BTreeSet::from([change]), vec![change]);
        while let Some(next) = todo.pop() {
            let mut lower: Vec<ChangeIx> = self.stacked(|upper, lower| (upper == next).then_some(lower));
            for other in self.asked.before(next)? {
                if self.on(other)?.contains_key(&next) {
                    lower.push(other);
                }
            }
            for other in lower.into_iter().filter(|other| seen.insert(*other)).collect::<Vec<_>>() {
                self.on(other)?;
                todo.push(other);
            }
        }
        Ok(())
    }

    /// What is picked of everything on the line that was recorded as stacked on something there.
    fn stacked(&self, pick: impl Fn(ChangeIx, ChangeIx) -> Option<ChangeIx>) -> Vec<ChangeIx> {
        let pairs = self.line.receipts.iter().flat_map(|upper| declared(self.snapshot, self.line, upper));
        pairs.filter_map(|(upper, lower)| pick(upper, lower)).collect()
    }

    /// The edges among everybody who was tried.
    fn edges(self) -> Edges {
        let mut edges: BTreeMap<(ChangeIx, ChangeIx), Edge> = BTreeMap::new();
        for (on, dependents) in &self.tried {
            for (change, paths) in dependents.iter().filter(|(change, _)| !self.follows(*on, **change)) {
                let (change, on) = (*change, *on);
                edges.insert((change, on), Edge { change, on, declared: false, paths: paths.clone() });
            }
        }
        for (change, on) in self.tried.keys().flat_map(|change| declared(self.snapshot, self.line, *change)) {
            let new = Edge { change, on, declared: false, paths: PathSet::new() };
            edges.entry((change, on)).or_insert(new).declared = true;
        }
        Edges { edges: edges.into_values().collect(), untried: self.untried.into_iter().collect() }
    }

    /// Whether it follows from other edges that a change builds on another.
    fn follows(&self, on: ChangeIx, change: ChangeIx) -> bool {
        let Some(dependents) = self.tried.get(&on) else { return false };
        let mut between = dependents.keys().copied().filter(|between| *between != change);
        between.any(|between| self.reaches(between, change) && !self.reaches(change, between))
    }

    /// Whether one of the tried changes carries another.
    fn reaches(&self, from: ChangeIx, to: ChangeIx) -> bool {
        let (mut seen, mut todo) = (BTreeSet::from([from]), vec![from]);
        while let Some(next) = todo.pop() {
            let Some(dependents) = self.tried.get(&next) else { continue };
            if dependents.contains_key(&to) {
                return true;
            }
            todo.extend(dependents.keys().copied().filter(|one| seen.insert(*one)));
        }
        false
    }
}

/// A change of a line with each that it was recorded as stacked on there.
fn declared(snapshot: &Snapshot<'_>, line: &Line, upper: ChangeIx) -> Vec<(ChangeIx, ChangeIx)> {
    // Of most the outline says that they are stacked on nothing, and they are not read for it.
    let is_stacked = |number: &RevisionNo| snapshot.state.outline(upper, *number).is_some_and(Outline::is_stacked);
    let held = line.receipts.revision(upper).filter(is_stacked);
    let held = held.and_then(|number| snapshot.state.at(upper).revision(number));
    let stacked = held.into_iter().flat_map(|revision| &revision.depends_on);
    let there = stacked.filter_map(|key| snapshot.state.change(key)).filter(|(on, _)| line.receipts.holds(*on));
    there.map(|(on, _)| (upper, on)).collect()
}
