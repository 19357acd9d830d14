//! A stage whose branch moves only once its default areas hold what comes (`SPEC P14`): the promotion is merged and
//! deployed, and goes on when all of that has ended well.

use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::moving::deploy_on_arrival::{self, Arrival, Placed};
use crate::pipeline::stage::Takes;
use crate::records::deployment::Deployment;
use crate::records::promotion::{DeployWish, MoveStatus, Promotion, PromotionStatus};
use crate::records::under_way::{Step, UnderWay};
use crate::words::names::{ChangeKey, OperationId, RevisionNo, StageName};
use crate::words::object::CommitId;

/// The deployments of a promotion, and which of them come before its stages move.
pub(super) struct Order {
    /// They come first; none where the stage moves first.
    pub first: Placed,
    /// They come once it has moved.
    pub then: Placed,
}

/// Places a promotion's deployments before or after the move. Where the stage waits for its default areas, they get it
/// whether or not anybody asked for it: that is what having them says (`SPEC S2`).
///
/// # Errors
/// Those of [`deploy_on_arrival::place`].
pub(super) fn order(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    wish: &DeployWish,
    arrival: Arrival<'_>,
) -> Result<Order, Stop> {
    if snapshot.stage(arrival.stage)?.takes == Takes::First {
        let then = deploy_on_arrival::place(snapshot, content, wish, arrival)?;
        return Ok(Order { first: Placed::default(), then });
    }
    let first = deploy_on_arrival::place(snapshot, content, &DeployWish::Defaults, arrival)?;
    let already = arrival.already + first.deployments.len();
    let then = afterwards(snapshot, content, wish, Arrival { already, ..arrival })?;
    Ok(Order { first, then })
}

/// What is deployed once the stage has moved: the areas that somebody named beside its default ones.
///
/// # Errors
/// Those of [`deploy_on_arrival::place`].
pub fn afterwards(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    wish: &DeployWish,
    arrival: Arrival<'_>,
) -> Result<Placed, Stop> {
    let DeployWish::Areas(names) = wish else { return Ok(Placed::default()) };
    for name in names {
        deploy_on_arrival::allowed(snapshot, snapshot.area(name)?, arrival.stage)?;
    }
    let is_default = |name: &&_| snapshot.pipeline.area(name).is_some_and(|area| area.default);
    let manual = names.iter().filter(|name| !is_default(name)).cloned().collect();
    deploy_on_arrival::place(snapshot, content, &DeployWish::Areas(manual), arrival)
}

/// The plan that begins such a promotion. What moves its stages is kept as it was merged, and stands in `then` of the plan,
/// so that the preview and the hash cover both.
pub(super) fn begin(snapshot: &Snapshot<'_>, mut then: Plan, first: Placed) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), then.kind);
    plan.operation = then.operation;
    let areas: Vec<_> = first.deployments.iter().map(|asked| asked.area.to_string()).collect();
    let have = if areas.len() == 1 { "has" } else { "have" };
    plan.says = format!("{} once {} {have} it", then.says, areas.join(", "));
    plan.warnings.append(&mut then.warnings);
    plan.warnings.extend(first.warnings);
    plan.privileges = first.privileges;
    let ids: Vec<OperationId> = first.deployments.iter().map(|asked| asked.id).collect();
    for event in &then.events {
        if let Event::Promotion(promotion) = event {
            let waits = waiting(snapshot, promotion, (&then.events, &ids));
            plan.events.push(Event::Promotion(Box::new(waits)));
        }
    }
    plan.events.extend(first.deployments.into_iter().map(|asked| Event::DeploymentAsked(Box::new(asked))));
    plan.then = Some(Box::new(then));
    plan
}

/// The record as it waits: its changes are chosen, and on no stage yet.
fn waiting(snapshot: &Snapshot<'_>, promotion: &Promotion, what: (&[Event], &[OperationId])) -> Promotion {
    let (events, first) = what;
    let mut waits = Promotion { status: PromotionStatus::Merging, ..promotion.clone() };
    for chosen in waits.changes.iter_mut().filter(|chosen| chosen.status == MoveStatus::Moved) {
        chosen.status = MoveStatus::Chosen;
    }
    let (steps, from, first) = (steps(events), from(snapshot, events), first.to_vec());
    waits.under_way = Some(Box::new(UnderWay { steps, from, first }));
    waits
}

fn steps(events: &[Event]) -> Vec<Step> {
    let step = |event: &Event| match event {
        Event::Applied { stage, item, tree } => Some(Step { stage: stage.clone(), item: item.clone(), tree: *tree }),
        _ => None,
    };
    events.iter().filter_map(step).collect()
}

fn from(snapshot: &Snapshot<'_>, events: &[Event]) -> Vec<(StageName, CommitId)> {
    let moves = |stage: &StageName| {
        events.iter().any(|event| matches!(event, Event::Applied { stage: onto, .. } if onto == stage))
    };
    let lines = snapshot.state.lines.iter().filter(|(stage, _)| moves(stage));
    lines.map(|(stage, line)| (stage.clone(), line.head)).collect()
}

/// What moves the stages, in the words of the ledger: as it was kept.
pub fn applied(under_way: &UnderWay) -> impl Iterator<Item = Event> + '_ {
    under_way.steps.iter().map(|Step { stage, item, tree }| Event::Applied {
        stage: stage.clone(),
        item: item.clone(),
        tree: *tree,
    })
}

/// The record once its stages have moved.
pub fn moved(promotion: &Promotion, deployments: &[Deployment]) -> Promotion {
    let status = if deployments.is_empty() { PromotionStatus::Completed } else { PromotionStatus::Deploying };
    let mut moved = Promotion { status, under_way: None, ..promotion.clone() };
    for chosen in moved.changes.iter_mut().filter(|chosen| chosen.status == MoveStatus::Chosen) {
        chosen.status = MoveStatus::Moved;
    }
    moved
}

/// The changes a record moves now, each at the revision that arrives.
pub fn arriving(promotion: &Promotion) -> Vec<(ChangeKey, RevisionNo)> {
    let going = promotion.changes.iter().filter(|chosen| chosen.status == MoveStatus::Chosen);
    going.map(|chosen| (chosen.change.clone(), chosen.revision)).collect()
}
