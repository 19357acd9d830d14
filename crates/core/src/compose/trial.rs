//! Trying what carrying would meet, for those who look for a way: nothing is written, nobody is named as a conflict's other
//! side, and what one trial carried is not carried again by the next that begins alike.

use crate::compose::PATHS_OF_ONE;
use crate::compose::carry::{Arrived, Load, Porter};
use crate::compose::standing::Step;
use crate::compose::void;
use crate::content::sketch::SketchView;
use crate::content::{Conflict, Content};
use crate::ledger::snapshot::Snapshot;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{RevisionNo, StageName};
use crate::words::object::RepoPath;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

/// A change that does not go.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stopped {
    /// Which.
    pub change: ChangeIx,
    /// The first stage that it does not come into.
    pub stage: StageName,
    /// On what.
    pub conflicts: Rc<[Conflict]>,
    /// Who made what it edits there, in order.
    pub makers: Vec<ChangeIx>,
}

/// Trials on one way.
pub struct Trials<'a> {
    snapshot: &'a Snapshot<'a>,
    content: &'a dyn Content,
    stages: &'a [StageName],
    load: Load<'a>,
    /// What came of carrying some changes in order onto a stage, the last of them.
    known: RefCell<HashMap<Begun, Came>>,
    spent: Cell<usize>,
}

/// The place of a stage, and changes in order.
type Begun = (usize, Vec<ChangeIx>);

/// How a change came onto a line; `None` where that had it.
type Came = Result<Option<Step>, Stopped>;

impl<'a> Trials<'a> {
    /// Trials of loads that differ in their changes alone.
    pub fn new(snapshot: &'a Snapshot<'a>, content: &'a dyn Content, stages: &'a [StageName], load: Load<'a>) -> Self {
        Self { snapshot, content, stages, load, known: RefCell::default(), spent: Cell::new(0) }
    }

    /// The first of some changes in order that does not go. What comes after it is not tried.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn first_stopped(&self, mut changes: &[(ChangeIx, RevisionNo)]) -> Result<Option<Stopped>, Fault> {
        let mut first = None;
        for at in 0..self.stages.len() {
            if let Some((place, stopped)) = self.on_stage(at, changes)? {
                changes = &changes[..place];
                first = Some(stopped);
            }
        }
        Ok(first)
    }

    /// How much was carried so far: each change once for each time, and once more for every 64 of its paths.
    pub fn spent(&self) -> usize {
        self.spent.get()
    }

    fn spend(&self, change: ChangeIx, revision: RevisionNo) {
        let outline = self.snapshot.state.outline(change, revision);
        let paths = outline.and_then(|one| one.sketch()).map_or(0, SketchView::count);
        self.spent.set(self.spent.get() + 1 + paths / PATHS_OF_ONE);
    }

    fn on_stage(&self, at: usize, changes: &[(ChangeIx, RevisionNo)]) -> Result<Option<(usize, Stopped)>, Fault> {
        let stage = &self.stages[at];
        let Some(line) = self.snapshot.state.lines.get(stage) else { return Ok(None) };
        let porter = Porter { snapshot: self.snapshot, content: self.content, stage, line };
        let (mut steps, mut begun): (Vec<Step>, Begun) = (Vec::new(), (at, Vec::new()));
        for (place, (change, revision)) in changes.iter().enumerate() {
            begun.1.push(*change);
            let known = self.known.borrow().get(&begun).cloned();
            let came = match known {
                Some(known) => known,
                None => {
                    self.spend(*change, *revision);
                    let tree = steps.last().map_or(line.tree, |step| step.tree);
                    let both = porter.both(self.load);
                    let arrived = porter.arrive(self.load, (tree, both.standing(&steps)), (*change, *revision))?;
                    let came = arrived.map(|arrived| stopped(arrived, stage)).transpose();
                    self.known.borrow_mut().insert(begun.clone(), came.clone());
                    came
                }
            };
            match came {
                Ok(step) => steps.extend(step),
                Err(stopped) => return Ok(Some((place, stopped))),
            }
        }
        Ok(None)
    }
}

/// Whether a change came onto a line, or what stopped it.
fn stopped(arrived: Arrived, stage: &StageName) -> Result<Step, Stopped> {
    let Arrived { mut item, settled, voided, grounds } = arrived;
    if settled.conflicts.is_empty() && voided.is_empty() {
        item.resolutions = settled.decided;
        return Ok(Step { item, tree: settled.tree });
    }
    let open: BTreeSet<&RepoPath> = settled.conflicts.iter().flat_map(Conflict::names).collect();
    let disputed = grounds.iter().filter(|ground| open.contains(&ground.path));
    let makers = disputed.chain(&voided).flat_map(|ground| ground.makers.iter().copied()).collect();
    let mut conflicts = settled.conflicts.clone();
    conflicts.extend(voided.iter().map(void::conflict));
    Err(Stopped { change: item.change, stage: stage.clone(), conflicts: conflicts.into(), makers })
}
