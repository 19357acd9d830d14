//! A line that a promotion is about to move, as soon as its deployments have ended well (`SPEC P14`): the content that goes
//! into the areas is made on where the line stands, so that nothing else moves it meanwhile.

use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::records::promotion::Promotion;
use crate::records::under_way::UnderWay;
use crate::words::details::Details;
use crate::words::names::{AreaName, OperationId, StageName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Place;

/// The promotion that is about to move a stage's line. One that people have yet to merge leaves the line to others.
pub fn taker<'a>(state: &'a State, stage: &StageName) -> Option<&'a Promotion> {
    let takes = |one: &UnderWay| one.ready.is_none() && one.is_onto(stage);
    state.open_promotions().find(|one| one.under_way.as_deref().is_some_and(takes))
}

/// Asks that nothing is about to move a stage's line.
///
/// # Errors
/// `in-flight`, naming the promotion.
pub fn is_free(snapshot: &Snapshot<'_>, stage: &StageName) -> Result<(), Refusal> {
    match taker(snapshot.state, stage) {
        Some(promotion) => Err(in_flight(snapshot.state, promotion, &sentence(snapshot.state, promotion, stage))),
        None => Ok(()),
    }
}

/// Asks that nothing is under way in an area before its stage moves: what is done there by hand would be in the way of
/// taking that back.
///
/// # Errors
/// `in-flight`, naming the promotion.
pub fn is_area_free(snapshot: &Snapshot<'_>, area: &AreaName) -> Result<(), Refusal> {
    let goes_there = |one: &&Promotion| areas(snapshot.state, one).contains(&area);
    match snapshot.state.open_promotions().find(goes_there) {
        Some(promotion) => {
            let sentence = format!("{} deploys to {area}, and moves {} then", promotion.id, promotion.destination);
            Err(in_flight(snapshot.state, promotion, &sentence))
        }
        None => Ok(()),
    }
}

/// What stands in the way of moving a stage's line.
pub fn sentence(state: &State, promotion: &Promotion, stage: &StageName) -> String {
    let areas: Vec<_> = areas(state, promotion).into_iter().map(AreaName::as_str).collect();
    format!("{} moves {stage} as soon as it is deployed to {}", promotion.id, areas.join(", "))
}

/// The refusal of what cannot be done while a promotion is under way.
pub fn in_flight(state: &State, promotion: &Promotion, sentence: &str) -> Refusal {
    let waits = promotion.under_way.iter().flat_map(|under_way| &under_way.first);
    let jobs: Vec<_> = waits.filter(|id| state.deployment(**id).is_some()).map(OperationId::to_string).collect();
    let message = format!("{sentence} ({})", jobs.join(", "));
    Refusal::new(Code::InFlight, message, Place::OpenJobs).with(Details::Promotion { promotion: promotion.id })
}

/// The areas that a promotion deploys to before it moves anything.
fn areas<'a>(state: &'a State, promotion: &Promotion) -> Vec<&'a AreaName> {
    let first = promotion.under_way.iter().flat_map(|under_way| &under_way.first);
    first.filter_map(|id| state.deployment(*id)).map(|asked| &asked.area).collect()
}
