//! `promotion run|edit|drop|cancel`: what can be done with a record that has not moved yet (`SPEC P4`, `P6`, `P12`).

use crate::content::Content;
use crate::depend::closure;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights::Used;
use crate::ledger::snapshot::Snapshot;
use crate::moving::choose;
use crate::moving::chosen::Chosen;
use crate::moving::freeze::Freeze;
use crate::moving::freeze::overrides;
use crate::moving::go_on::{self, dropped, way_of};
use crate::moving::promoting::Start;
use crate::moving::promoting::route_of;
use crate::moving::promoting::runs;
use crate::moving::route::{self};
use crate::moving::verdict::Route;
use crate::pipeline::order_by::OrderBy;
use crate::records::promotion::{DeployWish, MoveStatus, Promotion, PromotionOptions, PromotionStatus};
use crate::words::details::Details;
use crate::words::names::{ChangeKey, OperationId, UserName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use serde::{Deserialize, Serialize};

/// What to do with a record.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// Run it now.
    Run {
        /// Which.
        promotion: OperationId,
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
    /// Its time came, but it may not run any more: say so (`SPEC P12`). The scheduler's to ask, never a person's.
    Fail {
        /// Which.
        promotion: OperationId,
        /// What no longer holds.
        why: String,
    },
}

/// What changes about a record; `None` stays.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Edit {
    /// Chosen in addition.
    pub add: Vec<ChangeKey>,
    /// Not chosen any more.
    pub remove: Vec<ChangeKey>,
    /// The project.
    pub project: Option<String>,
    /// The release.
    pub release: Option<String>,
    /// Who answers for it.
    pub owner: Option<UserName>,
    /// How it runs.
    pub options: OptionsEdit,
    /// When it runs: a time schedules it, `Draft` takes it off the schedule.
    pub start: Option<Start>,
}

/// What changes about how a record runs; `None` stays.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct OptionsEdit {
    /// The order.
    pub order_by: Option<OrderBy>,
    /// File types that must stop for a person.
    pub exclude_from_auto_resolve: Option<Vec<String>>,
    /// Whether full profiles are a step of the deployment.
    pub full_profiles: Option<bool>,
    /// Whether full permission sets are a step of the deployment.
    pub full_permission_sets: Option<bool>,
    /// Whether the owner is mailed when the deployment is complete.
    pub email_on_complete: Option<bool>,
    /// Whether what the chosen changes need is taken along (`SPEC P11`).
    pub with_dependencies: Option<bool>,
    /// Whether conflicting changes are left behind (`SPEC P8`).
    pub skip_conflicted: Option<bool>,
    /// What is deployed once the changes have moved.
    pub deploy: Option<DeployWish>,
}

impl OptionsEdit {
    fn of(&self, known: PromotionOptions) -> PromotionOptions {
        let edit = self.clone();
        PromotionOptions {
            order_by: edit.order_by.or(known.order_by),
            exclude_from_auto_resolve: edit.exclude_from_auto_resolve.or(known.exclude_from_auto_resolve),
            full_profiles: edit.full_profiles.unwrap_or(known.full_profiles),
            full_permission_sets: edit.full_permission_sets.unwrap_or(known.full_permission_sets),
            email_on_complete: edit.email_on_complete.unwrap_or(known.email_on_complete),
            with_dependencies: edit.with_dependencies.unwrap_or(known.with_dependencies),
            skip_conflicted: edit.skip_conflicted.unwrap_or(known.skip_conflicted),
            recursive: known.recursive,
            deploy: edit.deploy.unwrap_or(known.deploy),
        }
    }
}

/// Plans what is asked.
///
/// # Errors
/// `unknown-promotion`; `not-open` when it has moved or was cancelled; for `Run` and `Edit` those of promoting.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    match request {
        Request::Run { promotion, freeze } => run(snapshot, content, open(snapshot, *promotion)?, *freeze),
        Request::Edit { promotion, edit } => self::edit(snapshot, content, open(snapshot, *promotion)?, edit),
        Request::Drop { promotion, changes } => leave_behind(snapshot, content, open(snapshot, *promotion)?, changes),
        Request::Cancel { promotion } => {
            let promotion = open(snapshot, *promotion)?;
            let used = may_call_off(snapshot, promotion)?;
            let note = snapshot.reason.map(str::to_owned);
            let cancelled = Promotion { status: PromotionStatus::Cancelled, note, ..promotion.clone() };
            let mut plan = keep(snapshot, cancelled, "is cancelled");
            plan.privileges.extend(used);
            Ok(plan)
        }
        Request::Fail { promotion, why } => {
            let promotion = open(snapshot, *promotion)?;
            let failed = Promotion { status: PromotionStatus::Failed, note: Some(why.clone()), ..promotion.clone() };
            Ok(keep(snapshot, failed, &format!("could not run: {why}")))
        }
    }
}

fn open<'a>(snapshot: &Snapshot<'a>, id: OperationId) -> Result<&'a Promotion, Refusal> {
    let promotion = snapshot.promotion(id)?;
    if promotion.status.is_open() {
        return Ok(promotion);
    }
    let message = format!("{id} is {} already", promotion.status.as_str());
    Err(Refusal::new(Code::NotOpen, message, "make a new promotion")
        .with(Details::Ended { promotion: id, status: promotion.status.as_str() }))
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
    let mut plan = go_on::go_on(snapshot, content, promotion, (&way, overridden.first().cloned()))?;
    privileges.extend(overridden);
    plan.privileges.splice(0..0, privileges);
    Ok(plan)
}

fn edit(snapshot: &Snapshot<'_>, content: &dyn Content, promotion: &Promotion, edit: &Edit) -> Result<Plan, Stop> {
    let way = way_of(snapshot, promotion)?;
    let privilege = route::privilege(snapshot, &way)?;
    let mut edited = promotion.clone();
    edited.options = edit.options.of(edited.options);
    snapshot.file_types(edited.options.exclude_from_auto_resolve.as_ref())?;
    let going = promotion.changes.iter().filter(|chosen| chosen.status != MoveStatus::Skipped);
    let kept = going.map(|chosen| &chosen.change).filter(|key| !edit.remove.contains(key));
    let mut keys: Vec<ChangeKey> = kept.cloned().collect();
    keys.extend(edit.add.iter().cloned());
    match edit.start {
        Some(Start::At(time)) => (edited.status, edited.scheduled_at) = (PromotionStatus::Scheduled, Some(time)),
        Some(Start::Draft) => (edited.status, edited.scheduled_at) = (PromotionStatus::Draft, None),
        Some(Start::Now) | None => {}
    }
    let start = match edited.status {
        PromotionStatus::Scheduled => edited.scheduled_at.map_or(Start::Draft, Start::At),
        _ => Start::Draft,
    };
    let (then, rule) = runs(snapshot, start);
    let route = route_of(promotion.direction, &way, Some(promotion.id), &None);
    let route = Route { freeze: rule.unwrap_or(route.freeze), ..route };
    let choice = choose::choose(&then, content, route, (&Chosen::Keys(keys), &edited.options))?;
    let behind = dropped(promotion).filter(|one| !edit.add.contains(&one.change) && !edit.remove.contains(&one.change));
    edited.changes =
        choice.in_order(snapshot, &edited.source, &edited.options).into_iter().chain(behind.cloned()).collect();
    edited.project = edit.project.clone().or(edited.project);
    edited.release = edit.release.clone().or(edited.release);
    edited.owner = edit.owner.clone().unwrap_or(edited.owner);
    settle_conflicts(&mut edited);
    let mut plan = keep(snapshot, edited, "is edited");
    plan.privileges.push(privilege);
    plan.warnings = choice.warnings;
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
    let mut next = promotion.clone();
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
        let message = format!("{} does not carry {key}", promotion.id);
        let remedy = Remedy::ShowCarried { promotion: promotion.id };
        let details = Details::NotCarried { promotion: promotion.id, change: key.clone() };
        return Err(Refusal::new(Code::NotChosen, message, remedy).with(details));
    }
    let stacked = |key: &&ChangeKey| {
        let needs = closure::dependencies_from(snapshot, &promotion.source, key);
        keys.contains(key) || needs.iter().any(|needed| keys.contains(needed))
    };
    Ok(going().filter(stacked).cloned().collect())
}

/// Conflicts of changes that are not chosen any more are gone; without any the record waits to be run again.
fn settle_conflicts(edited: &mut Promotion) {
    let chosen: Vec<_> = edited.changes.iter().map(|chosen| chosen.change.clone()).collect();
    edited.conflicts.retain(|conflict| chosen.contains(&conflict.change));
    for chosen in &mut edited.changes {
        if edited.conflicts.iter().any(|conflict| conflict.change == chosen.change) {
            chosen.status = MoveStatus::Conflicted;
        }
    }
    if edited.status == PromotionStatus::Conflicted && edited.conflicts.is_empty() {
        edited.status = PromotionStatus::Draft;
    }
}

fn keep(snapshot: &Snapshot<'_>, promotion: Promotion, what: &str) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), "promotion");
    plan.operation = Some(promotion.id);
    plan.says = format!("{} {what}", promotion.id);
    plan.events.push(Event::Promotion(Box::new(promotion)));
    plan
}
