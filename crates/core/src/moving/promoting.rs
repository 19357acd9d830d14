//! What `promote`, `back-promote` and a mass back-promotion share: the request, and the plan of one record (`SPEC P5`).

use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights::Used;
use crate::ledger::snapshot::Snapshot;
use crate::moving::choose::{self, Choice};
use crate::moving::chosen::Chosen;
use crate::moving::freeze::{Freeze, overrides};
use crate::moving::route::{self, Asked, Way};
use crate::moving::run;
use crate::moving::verdict::{FreezeRule, Route};
use crate::records::promotion::{Direction, PromotedChange, Promotion, PromotionOptions, PromotionStatus};
use crate::words::names::{OperationId, OperationKind, StageName, Time, UserName};
use crate::words::refusal::{Code, Refusal};
use crate::words::warning::Warning;
use serde::{Deserialize, Serialize};

/// What a person asks of a promotion, up or down.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Up or down.
    pub direction: Direction,
    /// What moves.
    pub chosen: Chosen,
    /// Where from, if said.
    pub from: Option<StageName>,
    /// Where to, if said.
    pub to: Option<StageName>,
    /// The project of the record.
    pub project: Option<String>,
    /// The release of the record.
    pub release: Option<String>,
    /// Who answers for it; the actor if not said.
    pub owner: Option<UserName>,
    /// How it runs.
    pub options: PromotionOptions,
    /// Now, later, or never by itself.
    pub start: Start,
    /// Whether a freeze window is overridden (`SPEC P13`).
    pub freeze: Freeze,
}

/// When a promotion runs (`SPEC P6`, `P12`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// At once.
    Now,
    /// When somebody runs it.
    Draft,
    /// By itself, at this moment.
    At(Time),
}

/// Plans a promotion.
///
/// # Errors
/// The refusals of [`route::find`], [`choose::choose`], and [`run::run`]; `not-permitted`.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    for key in request.chosen.named() {
        snapshot.change(key)?;
    }
    not_passed(snapshot, request.start)?;
    snapshot.file_types(request.options.exclude_from_auto_resolve.as_ref())?;
    let (from, to) = (request.from.as_ref(), request.to.as_ref());
    let way = route::find(snapshot, Asked { direction: request.direction, from, to, chosen: &request.chosen })?;
    let mut privileges = vec![route::privilege(snapshot, &way)?];
    let freeze = match request.start {
        Start::Now => overrides(snapshot, request.freeze, &way)?,
        Start::Draft | Start::At(_) => Vec::new(),
    };
    let (then, rule) = runs(snapshot, request.start);
    let route = route_of(request.direction, &way, None, &freeze.first().cloned());
    let route = Route { freeze: rule.unwrap_or(route.freeze), ..route };
    privileges.extend(freeze);
    let choice = match (&request.chosen, request.start) {
        // A draft may be saved before anybody knows what goes along (`SPEC P5`).
        (Chosen::Keys(keys), Start::Draft) if keys.is_empty() => Choice::default(),
        (chosen, _) => choose::choose(&then, content, route, (chosen, &request.options))?,
    };
    let promotion = record(snapshot, request, &way, &choice);
    let strangers = of_other_projects(snapshot, &promotion);
    let mut plan = match request.start {
        Start::Now => run::run(snapshot, content, promotion, &way)?,
        Start::Draft => kept(snapshot, Promotion { status: PromotionStatus::Draft, ..promotion }),
        Start::At(time) => {
            let scheduled_at = Some(time);
            kept(snapshot, Promotion { status: PromotionStatus::Scheduled, scheduled_at, ..promotion })
        }
    };
    plan.privileges.splice(0..0, privileges);
    plan.warnings.splice(0..0, choice.warnings.iter().cloned());
    plan.warnings.extend(strangers);
    plan.warnings.extend(stays(snapshot, &choice));
    Ok(plan)
}

/// Whether a moment may be named for something to run at (`SPEC P12`).
///
/// # Errors
/// `time-passed`.
pub fn not_passed(snapshot: &Snapshot<'_>, start: Start) -> Result<(), Refusal> {
    match start {
        Start::At(time) if time <= snapshot.now => {
            let advice = "name a moment to come, or none to run it now";
            Err(Refusal::new(Code::TimePassed, "the time it should run at has passed", advice))
        }
        Start::At(_) | Start::Now | Start::Draft => Ok(()),
    }
}

/// What a record carries though it was made for another project. It moves: what is needed crosses projects.
pub fn of_other_projects(snapshot: &Snapshot<'_>, promotion: &Promotion) -> Vec<Warning> {
    let Some(wanted) = &promotion.project else { return Vec::new() };
    let stranger = |chosen: &PromotedChange| {
        let (_, change) = snapshot.state.change(&chosen.change)?;
        let other = change.facts.project.as_ref().filter(|project| *project != wanted)?;
        let message = format!("{} is of project {other}, and the promotion is for {wanted}", change.key);
        Some(Warning::of("other-project", message))
    };
    promotion.carried().filter_map(stranger).collect()
}

/// A plan that only keeps a record as it is now.
pub fn keep(snapshot: &Snapshot<'_>, promotion: Promotion, what: &str) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), "promotion");
    plan.operation = Some(promotion.id);
    plan.says = format!("{} {what}", promotion.id);
    plan.events.push(Event::Promotion(Box::new(promotion)));
    plan
}

/// At which moment freeze windows are looked at, and whether they count: a record that waits meets those of its own time,
/// and a draft none before somebody runs it (`SPEC P12`, `P13`).
pub fn runs<'a>(snapshot: &Snapshot<'a>, start: Start) -> (Snapshot<'a>, Option<FreezeRule>) {
    match start {
        Start::Now => (*snapshot, None),
        Start::Draft => (*snapshot, Some(FreezeRule::Later)),
        Start::At(now) => (Snapshot { now, ..*snapshot }, Some(FreezeRule::Holds)),
    }
}

/// The route judges look at.
pub fn route_of<'a>(
    direction: Direction,
    way: &'a Way,
    asking: Option<OperationId>,
    overridden: &Option<Used>,
) -> Route<'a> {
    let freeze = if overridden.is_some() { FreezeRule::Overridden } else { FreezeRule::Holds };
    Route { direction, source: &way.source, destination: &way.destination, along: &[], asking, freeze }
}

fn record(snapshot: &Snapshot<'_>, request: &Request, way: &Way, choice: &Choice) -> Promotion {
    Promotion {
        id: snapshot.state.next_id(OperationKind::Promotion),
        direction: request.direction,
        source: way.source.clone(),
        destination: way.destination.clone(),
        changes: choice.in_order(snapshot, &way.source, &request.options),
        project: request.project.clone(),
        release: request.release.clone(),
        owner: request.owner.clone().unwrap_or_else(|| snapshot.actor.user.clone()),
        status: PromotionStatus::Merging,
        options: request.options.clone(),
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
    }
}

/// A plan that only keeps the record, as it was made.
fn kept(snapshot: &Snapshot<'_>, promotion: Promotion) -> Plan {
    let (count, status) = (promotion.changes.len(), promotion.status.as_str());
    let plural = if count == 1 { "" } else { "s" };
    let what =
        format!("is kept as {status}: {count} change{plural} from {} to {}", promotion.source, promotion.destination);
    keep(snapshot, promotion, &what)
}

/// With `--all`, what stays is named, with why.
fn stays(snapshot: &Snapshot<'_>, choice: &Choice) -> Vec<Warning> {
    let rows = choice.locked.iter().filter_map(|verdict| verdict.keeping().next().map(|reason| (verdict, reason)));
    rows.map(|(verdict, reason)| {
        Warning::new(reason.code, format!("{} stays: {}", snapshot.state.key(verdict.change), reason.message))
    })
    .collect()
}
