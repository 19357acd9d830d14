//! After the deployments that come before a move, the promotion moves its stages, or fails and takes them back
//! (`SPEC P14`). Nobody types it.

use crate::areas::sight;
use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::moving::deploy_on_arrival::{self, Arrival};
use crate::moving::deployed_first::afterwards;
use crate::moving::kept_back::{applied, arriving, moved, moved_on};
use crate::records::deployment::Deployment;
use crate::records::promotion::{LeftOut, MoveStatus, Promotion, PromotionStatus};
use crate::records::under_way::UnderWay;
use crate::words::names::OperationId;
use crate::words::refusal::{Code, Refusal};

/// Why a promotion moves nothing.
#[derive(Clone)]
struct Why {
    code: String,
    message: String,
}

impl From<Refusal> for Why {
    fn from(no: Refusal) -> Self {
        Self { code: no.code.as_str().to_owned(), message: no.message }
    }
}

/// The promotions whose first deployments have all ended: they go on now.
pub fn over(state: &State) -> impl Iterator<Item = &Promotion> {
    let ended = |id: &OperationId| state.deployment(*id).is_none_or(Deployment::has_ended);
    let deploys = |one: &&Promotion| one.under_way.is_some() && !one.awaits_merge();
    let first = move |one: &&Promotion| one.under_way.iter().flat_map(|under_way| &under_way.first).all(ended);
    state.open_promotions().filter(deploys).filter(first)
}

/// Plans how a promotion goes on: its stages move as they were merged, or nothing moves and what was deployed for it goes
/// back.
///
/// # Errors
/// `not-open` when it does not wait any more.
pub fn carry_on(snapshot: &Snapshot<'_>, content: &dyn Content, id: OperationId) -> Result<Plan, Stop> {
    let (promotion, under_way) = waiting(snapshot, id)?;
    let first = || under_way.first.iter().filter_map(|id| snapshot.state.deployment(*id));
    if let Some(stage) = moved_on(snapshot.state, under_way) {
        return Ok(fail(snapshot, promotion, &sight::refusal(promotion, stage).into()));
    }
    if let Some(failed) = first().find(|one| !one.went_well()) {
        return Ok(fail(snapshot, promotion, &did_not(promotion, failed)));
    }
    match go_on(snapshot, content, (promotion, under_way)) {
        Err(Stop::Refused(no)) => Ok(fail(snapshot, promotion, &(*no).into())),
        other => other,
    }
}

/// Plans that a promotion does not move, for a reason that only shows when it should.
///
/// # Errors
/// `not-open` when it does not wait any more.
pub fn stop(snapshot: &Snapshot<'_>, id: OperationId, why: &Refusal) -> Result<Plan, Stop> {
    let (promotion, _) = waiting(snapshot, id)?;
    Ok(fail(snapshot, promotion, &why.clone().into()))
}

fn waiting<'a>(snapshot: &Snapshot<'a>, id: OperationId) -> Result<(&'a Promotion, &'a UnderWay), Refusal> {
    let promotion = snapshot.promotion(id)?;
    promotion
        .under_way
        .as_deref()
        .map(|under_way| (promotion, under_way))
        .ok_or_else(|| Refusal::new(Code::NotOpen, format!("{id} does not wait any more"), "look at what became of it"))
}

fn go_on(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    (promotion, under_way): (&Promotion, &UnderWay),
) -> Result<Plan, Stop> {
    let changes = arriving(promotion);
    let arrival = Arrival { stage: &promotion.destination, changes: &changes, operation: promotion.id, already: 0 };
    let placed = afterwards(snapshot, content, &promotion.options.deploy, arrival)?;
    let mut plan = Plan::new(snapshot.seq(), "promotion");
    plan.operation = Some(promotion.id);
    let plural = if changes.len() == 1 { "" } else { "s" };
    let (id, count, stage) = (promotion.id, changes.len(), &promotion.destination);
    plan.says = format!("{id} is deployed, and moves {count} change{plural} to {stage}");
    plan.events = applied(under_way).collect();
    plan.events.push(Event::Promotion(Box::new(moved(promotion, &placed.deployments))));
    plan.events.extend(placed.deployments.into_iter().map(|asked| Event::DeploymentAsked(Box::new(asked))));
    plan.privileges = placed.privileges;
    plan.warnings = placed.warnings;
    Ok(plan)
}

/// Nothing moves. Where a part of it had moved before, the record is as it was then, and says what it left out.
fn fail(snapshot: &Snapshot<'_>, promotion: &Promotion, why: &Why) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), "promotion");
    plan.operation = Some(promotion.id);
    plan.says = format!("{} moves nothing: {}", promotion.id, why.message);
    plan.events.push(Event::Promotion(Box::new(failed(promotion, why))));
    plan.events.extend(taken_back(snapshot, promotion));
    plan
}

fn failed(promotion: &Promotion, why: &Why) -> Promotion {
    let has_moved = promotion.changes.iter().any(|chosen| chosen.status == MoveStatus::Moved);
    let mut failed = Promotion { under_way: None, ..promotion.clone() };
    if !has_moved {
        return Promotion { status: PromotionStatus::Failed, note: Some(why.message.clone()), ..failed };
    }
    failed.status = PromotionStatus::CompletedWithErrors;
    for chosen in failed.changes.iter_mut().filter(|chosen| chosen.status == MoveStatus::Chosen) {
        chosen.status = MoveStatus::Skipped;
        let Why { code, message } = why.clone();
        failed.left_out.push(LeftOut { change: chosen.change.clone(), code, message });
    }
    failed
}

/// Areas go back to what they held before (`SPEC A8`, as `undo-all` does); the newest first.
fn taken_back(snapshot: &Snapshot<'_>, promotion: &Promotion) -> Vec<Event> {
    let first = promotion.under_way.iter().flat_map(|under_way| under_way.first.iter().rev());
    let made = first.filter_map(|id| snapshot.state.deployment(*id));
    deploy_on_arrival::undone(snapshot, made, &format!("{} moves nothing", promotion.id))
}

fn did_not(promotion: &Promotion, one: &Deployment) -> Why {
    let (stage, why) = (&promotion.destination, one.why_not());
    let message = format!("{} could not be deployed to {}, and {stage} waits for that: {why}", one.id, one.area);
    Why { code: "deployment-failed".to_owned(), message }
}
