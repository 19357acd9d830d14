//! `promotion run|edit|validate|drop|cancel|clone`: what can be done with a record (`SPEC P4`, `P5`, `P6`, `P12`).

mod again;
mod edit;
pub mod validate;

use crate::content::Content;
use crate::depend::closure;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights::Used;
use crate::ledger::snapshot::Snapshot;
use crate::moving::freeze::Freeze;
use crate::moving::freeze::overrides;
use crate::moving::go_on::{self, way_of};
use crate::moving::line_taken;
use crate::moving::promoting::keep;
use crate::moving::ready;
use crate::moving::route;
use crate::records::promotion::{MoveStatus, Promotion, PromotionStatus};
use crate::words::details::Details;
use crate::words::names::{ChangeKey, OperationId};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
pub use edit::{Edit, OptionsEdit};
use serde::{Deserialize, Serialize};

/// What to do with a record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Run it now.
    Run {
        /// Which.
        promotion: OperationId,
        /// What comes along.
        #[serde(default)]
        along: Along,
        /// Whether a freeze window is overridden.
        freeze: Freeze,
    },
    /// Change what it says.
    Edit {
        /// Which.
        promotion: OperationId,
        /// What changes.
        edit: Box<Edit>,
    },
    /// Leave changes behind, and what is stacked on them; the rest goes on (`SPEC P8`).
    Drop {
        /// Which.
        promotion: OperationId,
        /// The changes.
        changes: Vec<ChangeKey>,
    },
    /// Call it off.
    Cancel {
        /// Which.
        promotion: OperationId,
    },
    /// Make a new draft of it.
    Clone {
        /// Which.
        promotion: OperationId,
    },
    /// Its time came: run what of it still holds (`SPEC P12`). The scheduler's to ask, never a person's.
    RunDue {
        /// Which.
        promotion: OperationId,
    },
    /// Its time came, but it may not run any more: say so (`SPEC P12`). The scheduler's to ask, never a person's.
    Fail {
        /// Which.
        promotion: OperationId,
        /// What no longer holds.
        why: String,
    },
}

/// What comes along when a record runs.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Along {
    /// What the record says.
    #[default]
    AsKept,
    /// What its changes need as well, from now on (`SPEC P11`).
    Dependencies,
}

/// Plans what is asked.
///
/// # Errors
/// `unknown-promotion`; `in-flight` while it is under way; `not-open` when it has moved or was cancelled; for `Run` and `Edit` those of promoting.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    match request {
        Request::Run { promotion, along, freeze } => {
            let mut promotion = fit(snapshot, *promotion, Promotion::can_run)?.clone();
            promotion.validation = None;
            promotion.options.with_dependencies |= *along == Along::Dependencies;
            run(snapshot, content, &promotion, *freeze)
        }
        Request::RunDue { promotion } => run_due(snapshot, content, fit(snapshot, *promotion, is_open)?),
        Request::Edit { promotion, edit } => {
            edit::edit(snapshot, content, fit(snapshot, *promotion, Promotion::is_editable)?, edit)
        }
        Request::Drop { promotion, changes } => {
            let promotion = fit(snapshot, *promotion, can_drop)?;
            match promotion.is_editable() {
                true => leave_behind(snapshot, content, promotion, changes),
                false => drop_left_out(snapshot, promotion, changes),
            }
        }
        Request::Clone { promotion } => again::clone(snapshot, content, snapshot.promotion(*promotion)?),
        Request::Cancel { promotion } => {
            let promotion = fit(snapshot, *promotion, Promotion::can_be_called_off)?;
            let used = may_call_off(snapshot, promotion)?;
            let note = snapshot.reason.map(str::to_owned);
            let (status, under_way) = (PromotionStatus::Cancelled, None);
            let cancelled = Promotion { status, note, under_way, ..promotion.clone() };
            let mut plan = keep(snapshot, cancelled, "is cancelled");
            plan.privileges.extend(used);
            Ok(plan)
        }
        Request::Fail { promotion, why } => {
            let promotion = fit(snapshot, *promotion, is_open)?;
            let failed = Promotion { status: PromotionStatus::Failed, note: Some(why.clone()), ..promotion.clone() };
            Ok(keep(snapshot, failed, &format!("could not run: {why}")))
        }
    }
}

/// A record for which something can still be done.
fn fit<'a>(
    snapshot: &Snapshot<'a>,
    id: OperationId,
    is_fit: impl Fn(&Promotion) -> bool,
) -> Result<&'a Promotion, Refusal> {
    let promotion = snapshot.promotion(id)?;
    if is_fit(promotion) {
        return Ok(promotion);
    }
    if promotion.awaits_merge() {
        return Err(ready::awaits_merge(promotion));
    }
    if promotion.under_way.is_some() {
        let sentence = line_taken::sentence(snapshot.state, promotion, &promotion.destination);
        return Err(line_taken::in_flight(snapshot.state, promotion, &sentence));
    }
    let message = format!("{id} is {} already", promotion.status.as_str());
    Err(Refusal::new(Code::NotOpen, message, Remedy::ClonePromotion { promotion: id })
        .with(Details::Ended { promotion: id, status: promotion.status.as_str() }))
}

fn is_open(promotion: &Promotion) -> bool {
    promotion.status.is_open()
}

fn can_drop(promotion: &Promotion) -> bool {
    promotion.is_editable() || !promotion.left_out.is_empty()
}

/// Its owner may call it off, and whoever may promote there.
fn may_call_off(snapshot: &Snapshot<'_>, promotion: &Promotion) -> Result<Option<Used>, Refusal> {
    if promotion.owner == snapshot.actor.user {
        return Ok(None);
    }
    route::privilege(snapshot, &way_of(snapshot, promotion)?).map(Some)
}

fn run(snapshot: &Snapshot<'_>, content: &dyn Content, promotion: &Promotion, freeze: Freeze) -> Result<Plan, Stop> {
    let way = way_of(snapshot, promotion)?;
    let mut privileges = vec![route::privilege(snapshot, &way)?];
    let overridden = overrides(snapshot, freeze, &way)?;
    let how = (&way, overridden.first().cloned());
    let has_moved = promotion.changes.iter().any(|chosen| chosen.status == MoveStatus::Moved);
    let mut plan = match has_moved {
        true => again::rest(snapshot, content, promotion, how)?,
        false => go_on::go_on(snapshot, content, promotion, how)?,
    };
    privileges.extend(overridden);
    plan.privileges.splice(0..0, privileges);
    Ok(plan)
}

fn run_due(snapshot: &Snapshot<'_>, content: &dyn Content, promotion: &Promotion) -> Result<Plan, Stop> {
    let way = way_of(snapshot, promotion)?;
    let privilege = route::privilege(snapshot, &way)?;
    let mut plan = go_on::go_on_with_what_can(snapshot, content, promotion, (&way, None))?;
    plan.privileges.insert(0, privilege);
    Ok(plan)
}

/// Somebody has looked at what was left out, and it stays behind.
fn drop_left_out(snapshot: &Snapshot<'_>, promotion: &Promotion, keys: &[ChangeKey]) -> Result<Plan, Stop> {
    let used = may_call_off(snapshot, promotion)?;
    let is_left_out = |key: &&ChangeKey| promotion.left_out.iter().any(|left| left.change == **key);
    if let Some(key) = keys.iter().find(|key| !is_left_out(key)) {
        return Err(edit::not_carried(promotion, key).into());
    }
    let mut looked_at = Promotion { validation: None, ..promotion.clone() };
    looked_at.left_out.retain(|left| !keys.contains(&left.change));
    let names: Vec<_> = keys.iter().map(ChangeKey::as_str).collect();
    let mut plan = keep(snapshot, looked_at, &format!("leaves {} behind", names.join(", ")));
    plan.privileges.extend(used);
    Ok(plan)
}

/// Leaves changes behind. What was decided about the others is kept; a record that waited for a person goes on when
/// nothing is left to decide.
fn leave_behind(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    promotion: &Promotion,
    keys: &[ChangeKey],
) -> Result<Plan, Stop> {
    let privilege = route::privilege(snapshot, &way_of(snapshot, promotion)?)?;
    let behind = behind_with(snapshot, promotion, keys)?;
    let mut next = Promotion { validation: None, ..promotion.clone() };
    for chosen in next.changes.iter_mut().filter(|chosen| behind.contains(&chosen.change)) {
        chosen.status = MoveStatus::Skipped;
    }
    if next.changes.iter().all(|chosen| chosen.status == MoveStatus::Skipped) {
        let message = format!("nothing would be left of {}", promotion.id);
        let promotion = promotion.id;
        let no = Refusal::new(Code::NothingToMove, message, Remedy::CancelPromotion { promotion });
        return Err(no.with(Details::Promotion { promotion }).into());
    }
    let names: Vec<_> = behind.iter().map(ChangeKey::as_str).collect();
    let what = format!("leaves {} behind", names.join(", "));
    let mut plan = match promotion.status {
        PromotionStatus::Conflicted => {
            next.conflicts.retain(|conflict| !behind.contains(&conflict.change));
            let mut plan = go_on::settled(snapshot, content, next)?;
            plan.says = format!("{} {what}; {}", promotion.id, plan.says);
            plan
        }
        _ => keep(snapshot, next, &what),
    };
    plan.privileges.insert(0, privilege);
    Ok(plan)
}

/// What is left behind along with some changes: everything of the record that is stacked on them.
fn behind_with(snapshot: &Snapshot<'_>, promotion: &Promotion, keys: &[ChangeKey]) -> Result<Vec<ChangeKey>, Refusal> {
    let going = || promotion.changes.iter().filter(|one| one.status != MoveStatus::Skipped).map(|one| &one.change);
    if let Some(key) = keys.iter().find(|key| !going().any(|going| going == *key)) {
        return Err(edit::not_carried(promotion, key));
    }
    let stacked = |key: &&ChangeKey| {
        let needs = closure::dependencies_from(snapshot, &promotion.source, key);
        keys.contains(key) || needs.iter().any(|needed| keys.contains(needed))
    };
    Ok(going().filter(stacked).cloned().collect())
}
