//! A record that was made before goes on: when somebody runs it, when its last conflict is settled, when its time comes.

use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights::Used;
use crate::ledger::snapshot::Snapshot;
use crate::moving::choose;
use crate::moving::chosen::Chosen;
use crate::moving::promoting::route_of;
use crate::moving::route::{self, Asked, Way};
use crate::moving::run;
use crate::records::promotion::{MoveStatus, PromotedChange, Promotion, PromotionStatus};
use crate::words::refusal::Refusal;
use crate::words::warning::Warning;

/// The way of a record, with the rights checked again.
pub fn way_of(snapshot: &Snapshot<'_>, promotion: &Promotion) -> Result<Way, Refusal> {
    let (from, to) = (Some(&promotion.source), Some(&promotion.destination));
    let chosen = Chosen::Keys(Vec::new());
    route::find(snapshot, Asked { direction: promotion.direction, from, to, chosen: &chosen })
}

/// Moves a record as it would move now: gates and plan are looked at again (`SPEC P12`), the rights are the caller's to
/// ask.
///
/// # Errors
/// Those of [`choose::choose`] and [`run::run`].
pub fn go_on(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    promotion: &Promotion,
    how: (&Way, Option<Used>),
) -> Result<Plan, Stop> {
    let (way, overridden) = how;
    let going = promotion.changes.iter().filter(|chosen| chosen.status != MoveStatus::Skipped);
    let chosen = Chosen::Keys(going.map(|chosen| chosen.change.clone()).collect());
    let route = route_of(promotion.direction, way, Some(promotion.id), &overridden);
    let choice = choose::choose(snapshot, content, route, (&chosen, &promotion.options))?;
    let mut changes = choice.in_order(snapshot, &promotion.source, &promotion.options);
    changes.extend(dropped(promotion).cloned());
    let scheduled_at = promotion.scheduled_at;
    let moving = Promotion { status: PromotionStatus::Merging, changes, scheduled_at, ..promotion.clone() };
    let mut plan = run::run(snapshot, content, moving, way)?;
    plan.warnings.splice(0..0, choice.warnings);
    Ok(plan)
}

/// After the last conflict the promotion goes on by itself. What does not hold any more is reported, not forced: then
/// the record waits, with what was decided, for somebody to run it.
///
/// # Errors
/// Those of [`way_of`], and faults.
pub fn settled(snapshot: &Snapshot<'_>, content: &dyn Content, next: Promotion) -> Result<Plan, Stop> {
    let way = way_of(snapshot, &next)?;
    match go_on(snapshot, content, &next, (&way, None)) {
        Err(Stop::Refused(refusal)) => {
            let mut plan = Plan::new(snapshot.seq(), "resolution");
            plan.operation = Some(next.id);
            plan.says = format!("{} is settled and waits: {}", next.id, refusal.message);
            plan.warnings.push(Warning::new(refusal.code, refusal.message.clone()));
            let (status, note) = (PromotionStatus::Draft, Some(refusal.message));
            plan.events.push(Event::Promotion(Box::new(Promotion { status, note, ..next })));
            Ok(plan)
        }
        other => other,
    }
}

/// What was left behind by hand stays in the record, so that everybody sees it.
pub fn dropped(promotion: &Promotion) -> impl Iterator<Item = &PromotedChange> {
    promotion.changes.iter().filter(|chosen| chosen.status == MoveStatus::Skipped)
}
