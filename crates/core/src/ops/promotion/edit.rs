//! `promotion edit`: changes, destination and every option, until it has run (`SPEC P5`).

use crate::content::Content;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::moving::choose::{self, Choice};
use crate::moving::chosen::Chosen;
use crate::moving::go_on::{dropped, way_of};
use crate::moving::promoting::{Start, keep, not_passed, of_other_projects, route_of, runs};
use crate::moving::route::{self, Asked, Way};
use crate::moving::verdict::Route;
use crate::pipeline::order_by::OrderBy;
use crate::records::promotion::{DeployWish, Direction, MoveStatus, Promotion, PromotionOptions, PromotionStatus};
use crate::words::details::Details;
use crate::words::names::{ChangeKey, StageName, UserName};
use crate::words::refusal::{Code, Refusal, closest};
use crate::words::remedy::Remedy;
use serde::{Deserialize, Serialize};

/// What changes about a record; `None` stays.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Edit {
    /// Chosen in addition.
    pub add: Vec<ChangeKey>,
    /// Not chosen any more.
    pub remove: Vec<ChangeKey>,
    /// Where from, if not from where it was.
    pub from: Option<StageName>,
    /// Where to, if not to where it was.
    pub to: Option<StageName>,
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
    /// Whether children are taken along (`SPEC C6`).
    pub recursive: Option<bool>,
    /// What is deployed once the changes have moved.
    pub deploy: Option<DeployWish>,
    /// Whether people merge it themselves.
    pub pull_request: Option<bool>,
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
            recursive: edit.recursive.unwrap_or(known.recursive),
            deploy: edit.deploy.unwrap_or(known.deploy),
            pull_request: edit.pull_request.unwrap_or(known.pull_request),
        }
    }
}

/// Plans an edit. What was chosen before stays chosen though some of it may not go any more, and is told; what is added
/// must be able to go.
pub(super) fn edit(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    promotion: &Promotion,
    edit: &Edit,
) -> Result<Plan, Stop> {
    let mut privileges = vec![route::privilege(snapshot, &way_of(snapshot, promotion)?)?];
    edit.start.map_or(Ok(()), |start| not_passed(snapshot, start))?;
    let way = way_afterwards(snapshot, promotion, edit)?;
    privileges.push(route::privilege(snapshot, &way)?);
    privileges.dedup();
    let mut edited = start(promotion, edit);
    (edited.source, edited.destination) = (way.source.clone(), way.destination.clone());
    edited.options = edit.options.of(edited.options);
    snapshot.file_types(edited.options.exclude_from_auto_resolve.as_ref())?;
    edited.project = edit.project.clone().or(edited.project);
    edited.release = edit.release.clone().or(edited.release);
    edited.owner = edit.owner.clone().unwrap_or(edited.owner);
    let choice = choice(snapshot, content, Editing { promotion, edit, way: &way, edited: &edited })?;
    let behind = dropped(promotion).filter(|one| !edit.add.contains(&one.change) && !edit.remove.contains(&one.change));
    edited.changes =
        choice.in_order(snapshot, &edited.source, &edited.options).into_iter().chain(behind.cloned()).collect();
    settle_conflicts(&mut edited, promotion);
    let strangers = of_other_projects(snapshot, &edited);
    let mut plan = keep(snapshot, edited, "is edited");
    plan.privileges.extend(privileges);
    plan.warnings = choice.warnings;
    plan.warnings.extend(strangers);
    Ok(plan)
}

/// The record at its new time. One that failed waits anew for somebody to run it.
fn start(promotion: &Promotion, edit: &Edit) -> Promotion {
    let mut edited = Promotion { validation: None, ..promotion.clone() };
    match edit.start {
        Some(Start::At(time)) => (edited.status, edited.scheduled_at) = (PromotionStatus::Scheduled, Some(time)),
        Some(Start::Draft) => (edited.status, edited.scheduled_at) = (PromotionStatus::Draft, None),
        Some(Start::Now) | None if edited.status == PromotionStatus::Failed => {
            (edited.status, edited.scheduled_at) = (PromotionStatus::Draft, None);
        }
        Some(Start::Now) | None => {}
    }
    if promotion.status == PromotionStatus::Failed {
        edited.note = None;
    }
    edited
}

/// The way it goes afterwards. Where only its end is said, it begins where it began, if that lies on the right side.
fn way_afterwards(snapshot: &Snapshot<'_>, promotion: &Promotion, edit: &Edit) -> Result<Way, Refusal> {
    let to = edit.to.as_ref().unwrap_or(&promotion.destination);
    let (low, high) = match promotion.direction {
        Direction::Forward => (&promotion.source, to),
        Direction::Back => (to, &promotion.source),
    };
    let from = edit.from.as_ref().or(snapshot.pipeline.higher(high, low).then_some(&promotion.source));
    let chosen = Chosen::Keys(keys(promotion, edit));
    route::find(snapshot, Asked { direction: promotion.direction, from, to: Some(to), chosen: &chosen })
}

fn keys(promotion: &Promotion, edit: &Edit) -> Vec<ChangeKey> {
    let kept = promotion.carried().map(|chosen| &chosen.change).filter(|key| !edit.remove.contains(key));
    let new = edit.add.iter().filter(|key| !promotion.carried().any(|chosen| chosen.change == **key));
    kept.chain(new).cloned().collect()
}

/// A record before and after an edit.
struct Editing<'a> {
    promotion: &'a Promotion,
    edit: &'a Edit,
    way: &'a Way,
    edited: &'a Promotion,
}

fn choice(snapshot: &Snapshot<'_>, content: &dyn Content, editing: Editing<'_>) -> Result<Choice, Stop> {
    let Editing { promotion, edit, way, edited } = editing;
    if let Some(key) = edit.remove.iter().find(|key| !promotion.changes.iter().any(|one| one.change == **key)) {
        return Err(not_carried(promotion, key).into());
    }
    edit.add.iter().try_for_each(|key| snapshot.change(key).map(drop))?;
    let keys = keys(promotion, edit);
    if keys.is_empty() {
        return empty(edited);
    }
    let at = match edited.status {
        PromotionStatus::Scheduled => edited.scheduled_at.map_or(Start::Draft, Start::At),
        _ => Start::Draft,
    };
    let (then, rule) = runs(snapshot, at);
    let route = route_of(edited.direction, way, Some(edited.id), &None);
    let route = Route { freeze: rule.unwrap_or(route.freeze), ..route };
    let strict = choose::choose(&then, content, route, (&Chosen::Keys(keys.clone()), &edited.options));
    let Err(Stop::Refused(no)) = strict else { return strict };
    // What is added must be able to go beside what is kept.
    let verdicts = choose::keep(&then, content, route, &keys)?;
    let blocked = verdicts.going.iter().filter(|verdict| verdict.blocking().next().is_some());
    let adds = |key: &ChangeKey| edit.add.contains(key);
    match blocked.map(|verdict| snapshot.state.key(verdict.change)).any(adds) {
        true => Err(Stop::Refused(no)),
        false => Ok(verdicts),
    }
}

/// A record may be without changes as long as it does not run by itself.
fn empty(edited: &Promotion) -> Result<Choice, Stop> {
    if edited.status != PromotionStatus::Scheduled {
        return Ok(Choice::default());
    }
    let promotion = edited.id;
    let message = format!("nothing would be left of {promotion}, which runs by itself");
    let no = Refusal::new(Code::NothingToMove, message, Remedy::CancelPromotion { promotion });
    Err(no.with(Details::Promotion { promotion }).into())
}

/// A change that a record does not carry.
pub(super) fn not_carried(promotion: &Promotion, key: &ChangeKey) -> Refusal {
    let message = format!("{} does not carry {key}", promotion.id);
    let carried: Vec<String> = promotion.changes.iter().map(|chosen| chosen.change.to_string()).collect();
    let remedy = match closest(key.as_str(), &carried).filter(|near| near != key.as_str()) {
        Some(name) => Remedy::DidYouMean { name },
        None => Remedy::ShowCarried { promotion: promotion.id },
    };
    let details = Details::NotCarried { promotion: promotion.id, change: key.clone() };
    Refusal::new(Code::NotChosen, message, remedy).with(details)
}

/// Conflicts of changes that are not chosen any more are gone, and all of them where it goes another way; without any the
/// record waits to be run again.
fn settle_conflicts(edited: &mut Promotion, before: &Promotion) {
    let chosen: Vec<_> = edited.changes.iter().map(|chosen| chosen.change.clone()).collect();
    let same_way = (&edited.source, &edited.destination) == (&before.source, &before.destination);
    edited.conflicts.retain(|conflict| same_way && chosen.contains(&conflict.change));
    for chosen in &mut edited.changes {
        if edited.conflicts.iter().any(|conflict| conflict.change == chosen.change) {
            chosen.status = MoveStatus::Conflicted;
        }
    }
    if edited.status == PromotionStatus::Conflicted && edited.conflicts.is_empty() {
        edited.status = PromotionStatus::Draft;
    }
}
