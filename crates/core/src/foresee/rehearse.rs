//! Rehearsing a move: which changes go together onto a stage, in which order, and what breaks first. Nothing is decided
//! and no gate is asked; only content counts.

use crate::compose::carry::{Carried, Load, carry_all};
use crate::compose::making::Making;
use crate::content::Content;
use crate::depend::closure;
use crate::ledger::plan::Stop;
use crate::ledger::snapshot::Snapshot;
use crate::moving::chosen::Chosen;
use crate::moving::route::{self, Asked};
use crate::records::change::Standing;
use crate::records::conflict::MoveConflict;
use crate::records::promotion::Direction;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, StageName};
use crate::words::refusal::Refusal;
use crate::words::remedy::Addition;

/// What came of a rehearsal.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Rehearsal {
    /// Those that the stage holds at their newest revision already; they are not tried.
    pub there: Vec<ChangeIx>,
    /// Those that go, in an order in which they do.
    pub goes: Vec<ChangeIx>,
    /// Those that do not go in any order that was found, with what stops each after all others went.
    pub stays: Vec<Stays>,
    /// What moving the ones that go, in that order, settles without a person.
    pub carried: Carried,
    /// The first that breaks when they move in the order given.
    pub breaks_first: Option<ChangeIx>,
}

/// A change that cannot be carried.
#[derive(Clone, PartialEq, Debug)]
pub struct Stays {
    /// Which.
    pub change: ChangeIx,
    /// Where it cannot be merged; empty when only what it is stacked on is missing.
    pub conflicts: Vec<MoveConflict>,
    /// What it is stacked on, and neither the stage nor those that go have.
    pub needs: Vec<ChangeKey>,
}

/// The stage that some changes are tried on: the one that is said; else where they would be promoted to.
///
/// # Errors
/// `unknown-stage`, `unknown-change`, and those of [`route::find`].
pub fn stage(snapshot: &Snapshot<'_>, changes: &[ChangeKey], said: Option<&StageName>) -> Result<StageName, Refusal> {
    changes.iter().try_for_each(|key| snapshot.change(key).map(drop))?;
    if let Some(said) = said {
        return snapshot.stage(said).map(|stage| stage.name.clone());
    }
    let chosen = Chosen::Keys(changes.to_vec());
    let found = route::find(snapshot, Asked { direction: Direction::Forward, from: None, to: None, chosen: &chosen });
    found.map(|way| way.destination).map_err(|no| Refusal { remedy: Addition::TrialStage.into(), ..no })
}

/// Tries some changes on a stage, in the order given; one that cannot go is tried again after those that can, since it
/// may build on them.
///
/// # Errors
/// `unknown-change`, `unknown-stage`, `not-initialized`, or a fault of the content.
pub fn rehearse(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    stage: &StageName,
    changes: &[ChangeKey],
) -> Result<Rehearsal, Stop> {
    let line = snapshot.line(stage)?;
    let is_there = |ix: &ChangeIx| {
        let held = line.receipts.revision(*ix);
        held.is_some_and(|held| snapshot.state.at(*ix).standing(held) == Standing::Current)
    };
    let known = changes.iter().map(|key| snapshot.change(key).map(|(ix, _)| ix));
    let known: Vec<ChangeIx> = known.collect::<Result<_, _>>()?;
    let (there, mut waiting): (Vec<_>, Vec<_>) = known.into_iter().partition(is_there);
    let stages = std::slice::from_ref(stage);
    let rehearsing = Rehearsing { snapshot, content, stages };
    let mut done = Rehearsal { there, ..Rehearsal::default() };
    loop {
        let before = done.goes.len();
        let mut stays = Vec::new();
        for change in std::mem::take(&mut waiting) {
            match rehearsing.goes_after(&done.goes, change)? {
                Ok(carried) => {
                    done.goes.push(change);
                    done.carried = carried;
                }
                Err(stopped) => {
                    done.breaks_first.get_or_insert(change);
                    waiting.push(change);
                    stays.push(stopped);
                }
            }
        }
        if waiting.is_empty() || done.goes.len() == before {
            done.stays = stays;
            return Ok(done);
        }
    }
}

struct Rehearsing<'a> {
    snapshot: &'a Snapshot<'a>,
    content: &'a dyn Content,
    stages: &'a [StageName],
}

impl Rehearsing<'_> {
    fn goes_after(&self, before: &[ChangeIx], change: ChangeIx) -> Result<Result<Carried, Stays>, Fault> {
        let state = self.snapshot.state;
        let needs = self.lacking(before, change);
        let along = before.iter().chain([&change]).map(|ix| (*ix, state.at(*ix).latest().number));
        let changes: Vec<_> = along.collect();
        let excluded = self.snapshot.pipeline.excluded();
        let load = Load {
            changes: &changes,
            resolutions: &[],
            excluded,
            operation: None,
            source: None,
            making: Making::Suppose,
        };
        let carried = carry_all(self.snapshot, self.content, self.stages, load)?;
        Ok(match carried.conflicts.is_empty() && needs.is_empty() {
            true => Ok(carried),
            false => Err(Stays { change, conflicts: carried.conflicts, needs }),
        })
    }

    /// What a change is stacked on and would be missing.
    fn lacking(&self, before: &[ChangeIx], change: ChangeIx) -> Vec<ChangeKey> {
        let state = self.snapshot.state;
        let there = |key: &ChangeKey| {
            let Some((ix, _)) = state.change(key) else { return true };
            let held =
                self.stages.iter().all(|stage| state.lines.get(stage).is_some_and(|line| line.receipts.holds(ix)));
            held || before.contains(&ix)
        };
        let needs = closure::dependencies(self.snapshot, state.key(change));
        needs.into_iter().filter(|key| !there(key)).collect()
    }
}
