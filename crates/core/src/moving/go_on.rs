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
use crate::moving::verdict::Verdict;
use crate::records::promotion::{LeftOut, MoveStatus, PromotedChange, Promotion, PromotionStatus};
use crate::words::details::Details;
use crate::words::names::ChangeKey;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use crate::words::warning::Warning;

/// The way of a record, with the rights checked again.
pub fn way_of(snapshot: &Snapshot<'_>, promotion: &Promotion) -> Result<Way, Refusal> {
    let (from, to) = (Some(&promotion.source), Some(&promotion.destination));
    let chosen = Chosen::Keys(Vec::new());
    route::find(snapshot, Asked { direction: promotion.direction, from, to, chosen: &chosen })
}

/// Moves a record as it would move now: gates and plan are looked at again (`SPEC P12`), the rights are the caller's to
/// ask. Everything goes, or nothing.
///
/// # Errors
/// Those of [`choose::choose`] and [`run::run`]; `nothing-to-move` for a record without changes.
pub fn go_on(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    promotion: &Promotion,
    how: (&Way, Option<Used>),
) -> Result<Plan, Stop> {
    let keys: Vec<ChangeKey> = going(promotion).map(|chosen| chosen.change.clone()).collect();
    if keys.is_empty() {
        let message = format!("{} has no changes", promotion.id);
        let no = Refusal::new(Code::NothingToMove, message, Remedy::AddChange { promotion: promotion.id });
        return Err(no.with(Details::Promotion { promotion: promotion.id }).into());
    }
    go(snapshot, content, Going { promotion, way: how.0, overridden: how.1, chosen: Chosen::Keys(keys) })
}

/// The same for a record whose time has come: what does not hold any more is left out and told, the rest goes.
///
/// # Errors
/// As [`go_on`]; `nothing-to-move` where nothing may go any more.
pub fn go_on_with_what_can(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    promotion: &Promotion,
    how: (&Way, Option<Used>),
) -> Result<Plan, Stop> {
    let changes = going(promotion).map(|chosen| chosen.change.clone()).collect();
    let chosen = Chosen::Among { changes, named_at: Some(promotion.created_at) };
    go(snapshot, content, Going { promotion, way: how.0, overridden: how.1, chosen })
}

/// A record on its way.
struct Going<'a> {
    promotion: &'a Promotion,
    way: &'a Way,
    /// What overrides a freeze.
    overridden: Option<Used>,
    chosen: Chosen,
}

fn go(snapshot: &Snapshot<'_>, content: &dyn Content, going: Going<'_>) -> Result<Plan, Stop> {
    let Going { promotion, way, overridden, chosen } = going;
    let route = route_of(promotion.direction, way, Some(promotion.id), &overridden);
    let choice = choose::choose(snapshot, content, route, (&chosen, &promotion.options))?;
    let mut changes = choice.in_order(snapshot, &promotion.source, &promotion.options);
    let left_out: Vec<LeftOut> = choice.locked.iter().map(|verdict| left_out(snapshot, verdict)).collect();
    changes.extend(choice.locked.iter().map(|verdict| PromotedChange {
        change: snapshot.state.key(verdict.change).clone(),
        revision: verdict.revision,
        status: MoveStatus::Skipped,
    }));
    changes.extend(dropped(promotion).cloned());
    let told: Vec<Warning> = left_out.iter().map(left_out_says).collect();
    let (status, validation) = (PromotionStatus::Merging, None);
    let moving = Promotion { status, changes, note: None, left_out, validation, ..promotion.clone() };
    let mut plan = run::run(snapshot, content, moving, way)?;
    keep_moved(&mut plan, promotion);
    plan.warnings.splice(0..0, told.into_iter().chain(choice.warnings));
    Ok(plan)
}

/// What of a record moves when it goes on: not what moved before.
fn going(promotion: &Promotion) -> impl Iterator<Item = &PromotedChange> {
    promotion.carried().filter(|chosen| chosen.status != MoveStatus::Moved)
}

/// What moved before stays in the record.
fn keep_moved(plan: &mut Plan, promotion: &Promotion) {
    let to_come = plan.then.iter_mut().flat_map(|then| &mut then.events);
    for event in plan.events.iter_mut().chain(to_come) {
        if let Event::Promotion(record) = event {
            let before = promotion.changes.iter().filter(|chosen| chosen.status == MoveStatus::Moved);
            record.changes.splice(0..0, before.cloned());
        }
    }
}

fn left_out(snapshot: &Snapshot<'_>, verdict: &Verdict) -> LeftOut {
    let messages: Vec<_> = verdict.keeping().map(|reason| reason.message.as_str()).collect();
    LeftOut {
        change: snapshot.state.key(verdict.change).clone(),
        code: verdict.keeping().next().map_or("skipped", |reason| reason.code.as_str()).to_owned(),
        message: messages.join("; "),
    }
}

fn left_out_says(left: &LeftOut) -> Warning {
    Warning::of(&left.code, format!("{} is left out: {}", left.change, left.message))
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
