//! What a stage and one of its areas hold differently (`SPEC R5`, `H3`).

use crate::content::Content;
use crate::ledger::state::State;
use crate::moving::concerns::concerns;
use crate::moving::line_taken;
use crate::pipeline::area::Area;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::RevisionNo;
use std::collections::HashMap;

/// A change that an area does not hold as its stage does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pending {
    /// Which.
    pub change: ChangeIx,
    /// At which revision the stage holds it; `None` where it does not.
    pub at_stage: Option<RevisionNo>,
    /// At which revision the area holds it; `None` where it does not.
    pub in_area: Option<RevisionNo>,
    /// Whether automatic deployments skip it in the area (`SPEC R8`).
    pub on_hold: bool,
}

impl Pending {
    /// Whether the area still holds what left the stage; else it lacks what the stage holds.
    pub fn is_leftover(&self) -> bool {
        self.at_stage.is_none()
    }
}

/// Everything an area does not hold as its stage does: what the stage holds first, then what only the area does. A
/// change that touches nothing the area gets is not among it.
///
/// # Errors
/// A fault of the content.
pub fn pending(state: &State, content: &dyn Content, area: &Area) -> Result<Vec<Pending>, Fault> {
    let line = state.area(&area.name);
    let receipts = state.lines.get(&area.stage).map(|line| &line.receipts);
    let held: HashMap<ChangeIx, RevisionNo> = line.held.iter().map(|(ix, holding)| (*ix, holding.revision)).collect();
    let at_stage = |ix| receipts.and_then(|receipts| receipts.revision(ix));
    let there = receipts.into_iter().flat_map(|receipts| receipts.iter());
    let leftover = line.held.iter().map(|(ix, _)| *ix).filter(|ix| at_stage(*ix).is_none());
    let all = there.chain(leftover).map(|change| Pending {
        change,
        at_stage: at_stage(change),
        in_area: held.get(&change).copied(),
        on_hold: line.on_hold.contains(&change),
    });
    let early = early(state, area);
    let comes = |one: &Pending| early.iter().any(|(ix, revision)| *ix == one.change && one.in_area == Some(*revision));
    let mut pending: Vec<Pending> = all.filter(|one| one.at_stage != one.in_area && !comes(one)).collect();
    let mut fault = None;
    pending.retain(|one| {
        matters(state, content, (area, one)).unwrap_or_else(|found| {
            fault.get_or_insert(found);
            true
        })
    });
    fault.map_or(Ok(pending), Err)
}

/// What the area holds, or is given, before its stage does (`SPEC P14`).
fn early(state: &State, area: &Area) -> Vec<(ChangeIx, RevisionNo)> {
    let under_way = line_taken::taker(state, &area.stage).and_then(|promotion| promotion.under_way.as_deref());
    let steps = under_way.into_iter().flat_map(|under_way| &under_way.steps).filter(|step| step.stage == area.stage);
    steps.filter_map(|step| Some((state.change(&step.item.change)?.0, step.item.revision))).collect()
}

/// Whether the area lacks anything of it: what it still holds though its stage does not is told in any case.
fn matters(state: &State, content: &dyn Content, what: (&Area, &Pending)) -> Result<bool, Fault> {
    let (area, one) = what;
    let Some(number) = one.at_stage else { return Ok(true) };
    let change = state.at(one.change);
    let before = one.in_area.map(|held| concerns(content, area, (change, held)));
    Ok(concerns(content, area, (change, number))? || before.transpose()?.unwrap_or_default())
}
