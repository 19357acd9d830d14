//! The stage as an area's deployment sees it. What is deployed before the stage moves (`SPEC P14`) is made of the stage as
//! it will be then, and so is whatever is made on top of that. No other rule needs to know.

use crate::ledger::entry::Event;
use crate::ledger::fold::Attribution;
use crate::ledger::plan::Stop;
use crate::ledger::state::State;
use crate::moving::kept_back::{applied, moved_on};
use crate::moving::line_taken;
use crate::pipeline::area::Area;
use crate::records::deployment::{Deployment, DeploymentStatus};
use crate::records::promotion::Promotion;
use crate::records::under_way::UnderWay;
use crate::words::names::StageName;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use std::borrow::Cow;

/// The state that a deployment is made from.
///
/// # Errors
/// `stage-moved-on` when it is to come before a move, and somebody moved the stage meanwhile.
pub fn seen<'a>(state: &'a State, area: &Area, asked: &Deployment) -> Result<Cow<'a, State>, Stop> {
    let Some((promotion, under_way)) = under_way(state, area) else { return Ok(Cow::Borrowed(state)) };
    let comes_first = under_way.first.contains(&asked.id);
    if !comes_first && !is_there(state, under_way, area) {
        return Ok(Cow::Borrowed(state));
    }
    match moved_on(state, under_way) {
        None => as_it_will_be(state, under_way, asked).map(Cow::Owned),
        Some(stage) if comes_first => Err(refusal(promotion, stage).into()),
        Some(_) => Ok(Cow::Borrowed(state)),
    }
}

/// What is about to move an area's stage.
fn under_way<'a>(state: &'a State, area: &Area) -> Option<(&'a Promotion, &'a UnderWay)> {
    let promotion = line_taken::taker(state, &area.stage)?;
    Some((promotion, promotion.under_way.as_deref()?))
}

/// Whether an area holds already what is about to come to its stage.
fn is_there(state: &State, under_way: &UnderWay, area: &Area) -> bool {
    let done = |asked: &&Deployment| matches!(asked.status, DeploymentStatus::Succeeded { .. });
    let mut first = under_way.first.iter().filter_map(|id| state.deployment(*id)).filter(done);
    first.any(|asked| asked.area == area.name)
}

fn as_it_will_be(state: &State, under_way: &UnderWay, asked: &Deployment) -> Result<State, Stop> {
    let told = Attribution { by: &asked.by, at: asked.at, reason: None };
    let events: Vec<Event> = applied(under_way).collect();
    Ok(state.after(&events, told)?)
}

/// The refusal of what was merged onto a stage that somebody moved meanwhile.
pub fn refusal(promotion: &Promotion, stage: &StageName) -> Refusal {
    let id = promotion.id;
    let message = format!("{stage} moved on after {id} was merged onto it: somebody pushed to its branch");
    Refusal::new(Code::StageMovedOn, message, Remedy::ShowPromotion { promotion: id })
}
