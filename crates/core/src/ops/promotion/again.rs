//! `promotion run` for what has run before, and `promotion clone`: no record is a dead end (`SPEC P5`, `P12`).

use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights::Used;
use crate::ledger::snapshot::Snapshot;
use crate::moving::choose;
use crate::moving::deploy_on_arrival::{self, Arrival};
use crate::moving::go_on::{self, way_of};
use crate::moving::promoting::{keep, route_of};
use crate::moving::route::{self, Way};
use crate::moving::verdict::{FreezeRule, Route};
use crate::records::deployment::Deployment;
use crate::records::promotion::{MoveStatus, PromotedChange, Promotion, PromotionStatus};
use crate::words::names::{ChangeKey, OperationKind, RevisionNo};

/// Runs a record that has moved something: what was left moves now; where nothing was, the areas that lack what moved
/// get it.
pub(super) fn rest(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    promotion: &Promotion,
    how: (&Way, Option<Used>),
) -> Result<Plan, Stop> {
    match promotion.changes.iter().any(|one| is_left(promotion, one)) {
        false => deploy_again(snapshot, content, promotion),
        true => move_left(snapshot, content, promotion, how),
    }
}

/// Whether a change has yet to move: it was left out, or not merged with the others.
fn is_left(promotion: &Promotion, one: &PromotedChange) -> bool {
    one.status == MoveStatus::Chosen || promotion.left_out.iter().any(|left| left.change == one.change)
}

fn move_left(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    promotion: &Promotion,
    how: (&Way, Option<Used>),
) -> Result<Plan, Stop> {
    let mut record = Promotion { left_out: Vec::new(), ..promotion.clone() };
    for one in record.changes.iter_mut().filter(|one| is_left(promotion, one)) {
        one.status = MoveStatus::Chosen;
    }
    go_on::go_on(snapshot, content, &record, how)
}

/// Deployments that failed or were called off are asked for anew, with everything the record moved there.
fn deploy_again(snapshot: &Snapshot<'_>, content: &dyn Content, promotion: &Promotion) -> Result<Plan, Stop> {
    let moved: Vec<(ChangeKey, RevisionNo)> = promotion
        .changes
        .iter()
        .filter(|chosen| chosen.status == MoveStatus::Moved)
        .filter_map(|chosen| {
            let (ix, _) = snapshot.state.change(&chosen.change)?;
            Some((chosen.change.clone(), snapshot.state.lines.get(&promotion.destination)?.receipts.revision(ix)?))
        })
        .collect();
    let (stage, operation) = (&promotion.destination, promotion.id);
    let arrival = Arrival { stage, changes: &moved, operation, already: 0 };
    let placed = deploy_on_arrival::place(snapshot, content, &promotion.options.deploy, arrival)?;
    let lacking = placed.deployments.into_iter().filter(|asked| lacks(snapshot, asked));
    let deployments: Vec<Deployment> = lacking.collect();
    let areas: Vec<_> = deployments.iter().map(|asked| asked.area.to_string()).collect();
    let status = match deployments.is_empty() {
        true => PromotionStatus::Completed,
        false => PromotionStatus::Deploying,
    };
    let what = match deployments.is_empty() {
        true => "is complete: every area holds what it moved".to_owned(),
        false => format!("deploys to {} again", areas.join(", ")),
    };
    let mut plan = keep(snapshot, Promotion { status, ..promotion.clone() }, &what);
    for (nth, asked) in deployments.into_iter().enumerate() {
        let id = deploy_on_arrival::nth_id(snapshot, nth);
        plan.events.push(Event::DeploymentAsked(Box::new(Deployment { id, ..asked })));
    }
    plan.privileges = placed.privileges;
    plan.warnings = placed.warnings;
    Ok(plan)
}

fn lacks(snapshot: &Snapshot<'_>, asked: &Deployment) -> bool {
    asked.changes.iter().any(|(key, revision)| {
        let held = snapshot.state.change(key).and_then(|(ix, _)| snapshot.state.area(&asked.area).holding(ix));
        held.is_none_or(|held| held.revision < *revision)
    })
}

/// Makes a new draft of a record, whatever became of that: the same changes as they are now, the same way and options.
pub(super) fn clone(snapshot: &Snapshot<'_>, content: &dyn Content, promotion: &Promotion) -> Result<Plan, Stop> {
    let way = way_of(snapshot, promotion)?;
    let privilege = route::privilege(snapshot, &way)?;
    let keys: Vec<ChangeKey> = promotion.changes.iter().map(|chosen| chosen.change.clone()).collect();
    let route = route_of(promotion.direction, &way, None, &None);
    let choice = choose::keep(snapshot, content, Route { freeze: FreezeRule::Later, ..route }, &keys)?;
    let id = snapshot.state.next_id(OperationKind::Promotion);
    let new = Promotion {
        id,
        changes: choice.in_order(snapshot, &promotion.source, &promotion.options),
        owner: snapshot.actor.user.clone(),
        status: PromotionStatus::Draft,
        scheduled_at: None,
        created_at: snapshot.now,
        conflicts: Vec::new(),
        resolutions: Vec::new(),
        decisions: Vec::new(),
        note: None,
        left_out: Vec::new(),
        cloned_as: None,
        under_way: None,
        validation: None,
        ..promotion.clone()
    };
    let mut plan = keep(snapshot, new, &format!("is kept as draft, a clone of {}", promotion.id));
    if !promotion.status.is_open() {
        let known = Promotion { cloned_as: Some(id), ..promotion.clone() };
        // The new one last: it is what is told.
        plan.events.insert(0, Event::Promotion(Box::new(known)));
    }
    plan.privileges.push(privilege);
    plan.warnings = choice.warnings;
    Ok(plan)
}
