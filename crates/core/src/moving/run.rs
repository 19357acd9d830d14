//! Running a promotion record: the part that promoting, running a draft and resolving the last conflict share.

use crate::compose::carry::{Carried, Load, carry_all};
use crate::compose::making::Making;
use crate::content::Content;
use crate::depend::needs::{self, Effort, Trip};
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::moving::deploy_on_arrival::Arrival;
use crate::moving::deployed_first::{self, Order};
use crate::moving::ready;
use crate::moving::route::Way;
use crate::moving::voided;
use crate::records::promotion::{Direction, MoveStatus, Promotion, PromotionStatus};
use crate::records::receipt::ChangeIx;
use crate::words::names::{ChangeKey, StageName};
use crate::words::refusal::Code;
use crate::words::remedy::Remedy;
use crate::words::warning::Warning;
use std::collections::BTreeSet;

/// The warning about a change that a promotion left behind.
const SKIPPED: &str = "skipped";

/// Moves a promotion's changes onto every stage of its way, all or none (`SPEC P8`); asks for its deployments.
///
/// A conflict makes no refusal but a record with the status `conflicted` (`SPEC X1`).
pub fn run(snapshot: &Snapshot<'_>, content: &dyn Content, mut promotion: Promotion, way: &Way) -> Result<Plan, Stop> {
    ready::fits(snapshot, &promotion, way)?;
    let mut plan = Plan::new(snapshot.seq(), "promotion");
    plan.operation = Some(promotion.id);
    let carried = carry(snapshot, content, &mut promotion, way)?;
    plan.warnings = carried.warnings.clone();
    if !carried.conflicts.is_empty() {
        stop(&mut promotion, carried);
        plan.says = format!("{} stops: {}", promotion.id, conflicts_say(&promotion));
        plan.warnings.extend(lacking(snapshot, content, &promotion, way)?);
        plan.events.push(Event::Promotion(Box::new(promotion)));
        return Ok(plan);
    }
    if !carried.voided.is_empty() {
        return Err(voided::refusal(snapshot, &promotion, &carried.voided).into());
    }
    for chosen in promotion.changes.iter_mut().filter(|chosen| chosen.status != MoveStatus::Skipped) {
        chosen.status = MoveStatus::Moved;
    }
    let moved: Vec<_> = promotion
        .changes
        .iter()
        .filter(|chosen| chosen.status == MoveStatus::Moved)
        .map(|chosen| (chosen.change.clone(), chosen.revision))
        .collect();
    let arrival = Arrival { stage: &way.destination, changes: &moved, operation: promotion.id, already: 0 };
    let Order { first, then } = deployed_first::order(snapshot, content, &promotion.options.deploy, arrival)?;
    promotion.conflicts.clear();
    promotion.decisions = carried.decisions;
    promotion.status = match then.deployments.is_empty() {
        true => PromotionStatus::Completed,
        false => PromotionStatus::Deploying,
    };
    plan.says = says(&promotion, moved.len());
    plan.events = carried.events;
    let wanted = ready::is_wanted(snapshot, &promotion)?.then(|| promotion.clone());
    plan.events.push(Event::Promotion(Box::new(promotion)));
    plan.events.extend(then.deployments.into_iter().map(|asked| Event::DeploymentAsked(Box::new(asked))));
    plan.privileges = then.privileges;
    plan.warnings.extend(then.warnings);
    match (wanted, first.deployments.is_empty()) {
        (Some(promotion), _) => plan = ready::begin(snapshot, &promotion, plan),
        (None, true) => plan.warnings.extend(first.warnings),
        (None, false) => plan = deployed_first::begin(snapshot, plan, first),
    }
    Ok(plan)
}

/// Carries; with `skip_conflicted`, leaves behind what conflicts and what needs it, until the rest goes.
fn carry(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    promotion: &mut Promotion,
    way: &Way,
) -> Result<Carried, Stop> {
    // What stopped it at first is told when in the end nothing could go.
    let mut first: Option<Carried> = None;
    let chosen = promotion.changes.clone();
    let listed = promotion.options.excluded();
    let excluded = listed.as_ref().unwrap_or(snapshot.pipeline.excluded());
    let mut skipped = Vec::new();
    loop {
        let going = promotion.changes.iter().filter(|chosen| chosen.status != MoveStatus::Skipped);
        let changes: Vec<_> = going
            .filter_map(|chosen| snapshot.state.change(&chosen.change).map(|(ix, _)| (ix, chosen.revision)))
            .collect();
        let (resolutions, operation) = (&promotion.resolutions, Some(promotion.id));
        let load = Load {
            changes: &changes,
            resolutions,
            excluded,
            operation,
            source: Some(&way.source),
            making: Making::Run,
        };
        let mut carried = carry_all(snapshot, content, &way.stages, load)?;
        let goes = carried.conflicts.is_empty() && carried.voided.is_empty();
        if goes || !promotion.options.skip_conflicted {
            carried.warnings.append(&mut skipped);
            return Ok(carried);
        }
        let behind = left_behind(snapshot, &promotion.source, &changes, &carried);
        if behind.len() == changes.len() {
            promotion.changes = chosen;
            return Ok(first.unwrap_or(carried));
        }
        skipped.extend(behind.iter().map(|change| stays_behind(snapshot, change, &carried)));
        first.get_or_insert(carried);
        for chosen in promotion.changes.iter_mut().filter(|chosen| behind.contains(&chosen.change)) {
            chosen.status = MoveStatus::Skipped;
        }
    }
}

/// Why a change is left behind.
fn stays_behind(snapshot: &Snapshot<'_>, change: &ChangeKey, carried: &Carried) -> Warning {
    let ix = snapshot.state.change(change).map(|(ix, _)| ix);
    let voided = carried.voided.iter().find(|one| Some(one.change) == ix);
    let message = match (carried.conflicts.iter().find(|conflict| conflict.change == *change), voided) {
        (None, Some(voided)) => format!("{change} stays behind: {}", voided::sentence(snapshot, voided)),
        (Some(conflict), _) => {
            let other = conflict.other_side.as_ref().map_or("what the stage began with", |other| other.as_str());
            format!("{change} stays behind: it conflicts with {other} on {} at {}", conflict.path, conflict.stage)
        }
        (None, None) => format!("{change} stays behind: it is stacked on one that does"),
    };
    Warning::of(SKIPPED, message)
}

/// What conflicts, and what is stacked on it.
fn left_behind(
    snapshot: &Snapshot<'_>,
    source: &StageName,
    changes: &[(ChangeIx, crate::words::names::RevisionNo)],
    carried: &Carried,
) -> BTreeSet<ChangeKey> {
    let mut behind: BTreeSet<ChangeKey> = carried.conflicts.iter().map(|conflict| conflict.change.clone()).collect();
    behind.extend(carried.voided.iter().map(|voided| snapshot.state.key(voided.change).clone()));
    for (ix, _) in changes {
        let key = snapshot.state.key(*ix);
        let needs = crate::depend::closure::dependencies_from(snapshot, source, key);
        if needs.iter().any(|needed| behind.contains(needed)) {
            behind.insert(key.clone());
        }
    }
    behind
}

fn stop(promotion: &mut Promotion, carried: Carried) {
    promotion.status = PromotionStatus::Conflicted;
    for chosen in promotion.changes.iter_mut().filter(|chosen| chosen.status != MoveStatus::Skipped) {
        let conflicts = carried.conflicts.iter().any(|conflict| conflict.change == chosen.change);
        chosen.status = if conflicts { MoveStatus::Conflicted } else { MoveStatus::Chosen };
    }
    promotion.conflicts = carried.conflicts;
}

/// What it lacks that would settle its conflicts (`SPEC P11`): who made what they are about; who else would settle them
/// where that cannot be said of all of them.
fn lacking(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    promotion: &Promotion,
    way: &Way,
) -> Result<Vec<Warning>, Stop> {
    if !promotion.options.with_dependencies && promotion.conflicts.iter().all(|conflict| !conflict.needs.is_empty()) {
        return Ok(voided::of_conflicts(promotion));
    }
    let by = promotion.options.order(snapshot.pipeline);
    let listed = promotion.options.excluded();
    let excluded = listed.as_ref().unwrap_or(snapshot.pipeline.excluded());
    let (resolutions, effort) = (&promotion.resolutions, Effort::Brief);
    let trip = Trip { source: &way.source, stages: &way.stages, by, resolutions, excluded, effort };
    let changes = promotion.changes.iter().filter_map(|chosen| snapshot.state.change(&chosen.change));
    let going: Vec<ChangeIx> = changes.map(|(ix, _)| ix).collect();
    if promotion.options.with_dependencies {
        return Ok(Vec::new());
    }
    let found = needs::missing(snapshot, content, trip, &going)?;
    if let Some(warning) = found.cut_short() {
        return Ok(vec![warning.mended_by(Remedy::RunWithDependencies { promotion: promotion.id })]);
    }
    let sentences =
        found.missing().map(|missing| needs::sentences(snapshot, &missing, &way.destination)).unwrap_or_default();
    let remedy = Remedy::RunWithDependencies { promotion: promotion.id };
    let warning = |sentence: String| Warning::new(Code::DependsOn, sentence).mended_by(remedy.clone());
    Ok(sentences.into_iter().map(warning).collect())
}

fn conflicts_say(promotion: &Promotion) -> String {
    let several = promotion.conflicts.iter().any(|conflict| conflict.stage != promotion.conflicts[0].stage);
    let named: Vec<_> = promotion
        .conflicts
        .iter()
        .map(|conflict| match several {
            true => format!("{} conflicts on {} at {}", conflict.change, conflict.path, conflict.stage),
            false => format!("{} conflicts on {}", conflict.change, conflict.path),
        })
        .collect();
    named.join(", ")
}

fn says(promotion: &Promotion, moved: usize) -> String {
    let verb = match promotion.direction {
        Direction::Forward => "promotes",
        Direction::Back => "back-promotes",
    };
    let plural = if moved == 1 { "" } else { "s" };
    let (id, from, to) = (promotion.id, &promotion.source, &promotion.destination);
    format!("{id} {verb} {moved} change{plural} from {from} to {to}")
}
