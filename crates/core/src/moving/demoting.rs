//! Demoting: a change is taken out of a stage and every bypassed stage, and rolled back where it was deployed
//! (`SPEC 5`). One plan demotes one change, or several as one (`SPEC D9`).

mod first;
mod left_alone;
mod level;
mod stays;
mod told;

use crate::compose::Composition;
use crate::compose::Recomposed;
use crate::compose::carry::{self, Written};
use crate::content::Content;
use crate::depend::closure::{self, Closure};
use crate::depend::leaving::{Descent, Leaving};
use crate::depend::stay::{self, Departure};
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights::{self, Used};
use crate::ledger::snapshot::Snapshot;
use crate::moving::deploy_on_arrival::{self, Arrival};
use crate::moving::freeze::Freeze;
use crate::moving::line_taken;
use crate::moving::withdrawing;
use crate::pipeline::area::{Area, AreaClass};
use crate::records::demotion::Demoted;
use crate::records::deployment::{Deployment, DeploymentKind, Occasion};
use crate::records::grant::{Privilege, Scope};
use crate::records::line::Line;
use crate::records::promotion::DeployWish;
use crate::records::receipt::ChangeIx;
use crate::words::details::Details;
use crate::words::names::{ChangeKey, OperationId, OperationKind, RevisionNo, StageName, VersionNo};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

pub use crate::records::demotion::{Dependents, StayingContent};

/// What a person asks of one demotion; `To` is how they say down to where.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request<To = StageName> {
    /// What leaves, as one.
    pub changes: Vec<ChangeKey>,
    /// The highest stage it leaves; the highest that holds it if not said.
    pub from: Option<StageName>,
    /// Down to which stage.
    pub to: To,
    /// What is deployed at the target afterwards (`SPEC D8`).
    pub deploy: DeployWish,
    /// Whether dependents leave along (`SPEC D4`).
    pub dependents: Dependents,
    /// Whether a freeze window is overridden (`SPEC P13`).
    pub freeze: Freeze,
    /// Whether what was attested about what leaves is taken back along the way (`SPEC C4`).
    #[serde(default)]
    pub withdraw: bool,
    /// Whether it leaves although all that it did stays (`SPEC L8`).
    #[serde(default)]
    pub content: StayingContent,
    /// What leaves after it, group by group (`SPEC D9`).
    pub then: Vec<Vec<ChangeKey>>,
    /// The demotion this is part of, when changes before it made one.
    pub part_of: Option<OperationId>,
    /// Rollbacks of development areas that ran before (`SPEC D5`).
    pub ran: Vec<OperationId>,
}

/// Plans a demotion. Checks run in the order of `SPEC D1` to `D5`.
///
/// # Errors
/// `unknown-…`, `not-lower`, `not-at-stage`, `held-above`, `stage-ambiguous`, `stage-frozen`, `not-permitted`,
/// `in-flight`, `deployed-to-manual-area`, `area-not-at-target`, `held-in-base`, `has-dependents`, `content-stays`.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    let (changes, from, to) = (&request.changes, request.from.as_ref(), &request.to);
    let asked = Leaving::asked(*snapshot, Descent { changes, from, to })?;
    privileges(snapshot, request, &asked)?;
    on_manual_areas(snapshot, &asked)?;
    let id = request.part_of.unwrap_or_else(|| snapshot.state.next_id(OperationKind::Demotion));
    let stays = staying(snapshot, request, &asked);
    let arrival = Arrival { stage: &request.to, changes: &stays, operation: id, already: 0 };
    place(snapshot, content, request, arrival)?;
    asked.none_in_base()?;
    let mut departure = depart(snapshot, content, asked, (request.dependents, id))?;
    level::level(snapshot, content, &departure.leaving, &mut departure.closures)?;
    let leaving = &departure.leaving;
    // Those that come along are checked like those that were named.
    let mut privileges = privileges(snapshot, request, leaving)?;
    privileges.extend(stay::privileges(snapshot, &departure)?);
    on_manual_areas(snapshot, leaving)?;
    leaving.none_in_base()?;

    let mut plan = Plan::new(snapshot.seq(), "demotion");
    plan.operation = Some(id);
    let preludes = first::preludes(snapshot, &departure);
    let ahead = if request.ran.is_empty() { preludes.len() } else { 0 };
    let mut demoted = demoted(snapshot, leaving);
    if request.withdraw {
        privileges.extend(withdrawing::along(snapshot, &mut demoted)?);
    }
    plan.says = told::says(id, &demoted, &request.to);
    plan.warnings = told::target_lacks(snapshot, request, &demoted);
    plan.warnings.extend(told::stays_elsewhere(snapshot, request, leaving));
    plan.warnings.extend(stay::warnings(snapshot, &departure));
    let left = departure.closures.values().flat_map(|closure| &closure.left.warnings);
    plan.warnings.extend(left.map(|(_, warning)| warning.clone()));
    plan.events = stay::recorded(snapshot, &departure);
    for (stage, line) in leaving.stages() {
        let taken = Taken { stage, line, closure: &departure.closures[stage], id };
        plan.events.extend(remove(snapshot, content, &taken)?);
    }
    let back = stay::put_back(snapshot, content, (&departure, id), &plan.events)?;
    plan.events.extend(back);
    let composer = snapshot.composer(content);
    plan.warnings.extend(stays::warnings(composer, snapshot, (request, &departure), &plan.events)?);
    plan.warnings.extend(left_alone::warnings(composer, snapshot, &departure, &plan.events)?);
    let rollbacks = rollbacks(snapshot, &departure, (id, &request.ran, ahead));
    for asked in &rollbacks {
        privileges.push(allowed(snapshot, asked)?);
    }
    let placed = place(snapshot, content, request, Arrival { already: ahead + rollbacks.len(), ..arrival })?;
    privileges.extend(placed.privileges);
    plan.warnings.extend(placed.warnings);
    plan.events.push(Event::Demoted {
        demotion: id,
        target: request.to.clone(),
        demoted,
        rollbacks: request.ran.iter().copied().chain(rollbacks.iter().map(|asked| asked.id)).collect(),
        deployments: placed.deployments.iter().map(|asked| asked.id).collect(),
    });
    let asked = rollbacks.into_iter().chain(placed.deployments);
    plan.events.extend(asked.map(|asked| Event::DeploymentAsked(Box::new(asked))));
    plan.privileges = privileges;
    match ahead {
        0 => Ok(plan),
        _ => first::begin(snapshot, request, (plan, preludes)),
    }
}

// ---------------------------------------------------------------- D1 to D4

fn privileges(snapshot: &Snapshot<'_>, request: &Request, leaving: &Leaving<'_>) -> Result<Vec<Used>, Refusal> {
    let mut used = Vec::new();
    for (stage, line) in leaving.stages() {
        let privilege = if leaving.is_near(stage, line) { Privilege::DemoteNext } else { Privilege::DemoteAny };
        used.push(rights::require(snapshot, privilege, rights::on_stage(stage))?);
        line_taken::is_free(snapshot, stage)?;
        let overridden = crate::moving::freeze::override_freeze(snapshot, request.freeze, stage)?;
        let frozen = snapshot.stage(stage)?.frozen_at(snapshot.now);
        if let (Some(window), None) = (frozen, &overridden) {
            let message = format!("{stage} is frozen: {}", window.reason);
            let details = Details::Stage { stage: stage.clone() };
            return Err(Refusal::new(Code::StageFrozen, message, Remedy::WaitOrOverrideFreeze).with(details));
        }
        used.extend(overridden);
    }
    Ok(used)
}

/// `SPEC D2`: what a manual area holds must be rolled back by hand first; development areas are `D5`'s.
fn on_manual_areas(snapshot: &Snapshot<'_>, leaving: &Leaving<'_>) -> Result<(), Refusal> {
    for (stage, line) in leaving.stages() {
        let manual_ones = |area: &&Area| !area.default && area.class != AreaClass::Development;
        for area in snapshot.pipeline.areas_of(stage).filter(manual_ones) {
            for ix in leaving.at(stage, line) {
                if let Some(holding) = snapshot.state.area(&area.name).holding(ix) {
                    return Err(manual(snapshot.state.key(ix), area, holding.since));
                }
            }
        }
    }
    Ok(())
}

fn manual(key: &ChangeKey, area: &Area, version: VersionNo) -> Refusal {
    let message = format!("{key} is on the manual area {} of {} since version {version}", area.name, area.stage);
    let details = Details::OnManualArea { change: key.clone(), area: area.name.clone(), version };
    let remedy = Remedy::RollBack { area: area.name.clone(), version };
    Refusal::new(Code::DeployedToManualArea, message, remedy).with(details)
}

/// What becomes of those that build on what leaves.
fn depart<'a>(
    snapshot: &Snapshot<'a>,
    content: &dyn Content,
    asked: Leaving<'a>,
    (dependents, id): (Dependents, OperationId),
) -> Result<Departure<'a>, Stop> {
    if dependents == Dependents::Rewrite {
        return stay::depart(snapshot, content, asked, id);
    }
    let (leaving, closures) = close(snapshot, content, asked)?;
    match dependents == Dependents::Refuse && !leaving.dependents().is_empty() {
        true => Err(has_dependents(snapshot, &leaving).into()),
        false => Ok(Departure { leaving, closures, rewritten: Vec::new() }),
    }
}

/// `SPEC D4`: who must leave along, on each stage. What leaves one stage leaves all on its path.
fn close<'a>(
    snapshot: &Snapshot<'a>,
    content: &dyn Content,
    mut leaving: Leaving<'a>,
) -> Result<(Leaving<'a>, BTreeMap<StageName, Closure>), Stop> {
    let composer = snapshot.composer(content).running();
    loop {
        let mut closures = BTreeMap::new();
        let before = leaving.tops.clone();
        for (stage, line) in leaving.stages() {
            let whole = Composition::of(line);
            let closure = closure::closure(composer, whole, &leaving.at(stage, line))?;
            made_again(snapshot, stage, &closure)?;
            closure.dependents.iter().for_each(|(ix, _)| leaving.add(*ix, stage));
            closures.insert(stage.clone(), closure);
        }
        if leaving.tops == before {
            return Ok((leaving, closures));
        }
    }
}

/// Nobody builds on anything because a program fails.
fn made_again(snapshot: &Snapshot<'_>, stage: &StageName, closure: &Closure) -> Result<(), Refusal> {
    let types = &snapshot.pipeline.settings().file_types;
    let mut conflicts = closure.dependents.iter().flat_map(|(_, conflicts)| conflicts);
    let failed =
        conflicts.find_map(|one| types.of(&one.path)?.regenerate.as_ref().and(one.why.as_ref()).map(|why| (one, why)));
    let Some((conflict, why)) = failed else { return Ok(()) };
    let message = format!("{} cannot be made again for {stage}: {why}", conflict.path);
    Err(Refusal::new(
        Code::NotMadeAgain,
        message,
        "mend what its program stumbles over, or take `regenerate` out of the configuration",
    ))
}

fn has_dependents(snapshot: &Snapshot<'_>, leaving: &Leaving<'_>) -> Refusal {
    let changes: Vec<_> = leaving.asked.iter().map(|ix| snapshot.state.key(*ix).clone()).collect();
    let dependents: Vec<_> = leaving.dependents().into_iter().map(|ix| snapshot.state.key(ix).clone()).collect();
    let names: Vec<_> = dependents.iter().map(|key| key.as_str()).collect();
    let asked_names: Vec<_> = changes.iter().map(|key| key.as_str()).collect();
    let verb = if names.len() == 1 { "builds" } else { "build" };
    let message = format!("{} {verb} on {} and would have to leave too", names.join(", "), asked_names.join(", "));
    let remedy = Remedy::TakeAlongOrRewrite { dependents: dependents.clone() };
    Refusal::new(Code::HasDependents, message, remedy).with(Details::Dependents { changes, dependents })
}

// ---------------------------------------------------------------- what is written

fn demoted(snapshot: &Snapshot<'_>, leaving: &Leaving<'_>) -> Vec<Demoted> {
    let first = leaving.asked.iter().next().map(|ix| snapshot.state.key(*ix).clone());
    let one = |ix: ChangeIx| {
        let stages = leaving.stages().into_iter().filter(|(stage, line)| leaving.at(stage, line).contains(&ix));
        let left: Vec<(StageName, RevisionNo)> =
            stages.filter_map(|(stage, line)| Some((stage.clone(), line.receipts.revision(ix)?))).collect();
        Some(Demoted {
            change: snapshot.state.key(ix).clone(),
            from: left.first()?.0.clone(),
            left,
            because_of: if leaving.asked.contains(&ix) { None } else { first.clone() },
            withdrawn: Vec::new(),
        })
    };
    // Those asked for first, then those that had to come along.
    leaving.asked.iter().copied().chain(leaving.dependents()).filter_map(one).collect()
}

struct Taken<'a> {
    stage: &'a StageName,
    line: &'a Line,
    closure: &'a Closure,
    id: OperationId,
}

/// One commit for each change that leaves a stage (`SPEC L2`), the last one applied first. Trees on the way there are
/// exact too: each is the line without the changes taken so far. Where that cannot be composed, because somebody who
/// stays fits again only when all have left, the content goes with the last commit.
fn remove(snapshot: &Snapshot<'_>, content: &dyn Content, taken: &Taken<'_>) -> Result<Vec<Event>, Stop> {
    let Taken { stage, line, closure, id } = taken;
    let last = |ix: &ChangeIx| line.items.iter().rposition(|item| item.change == *ix);
    let mut order: Vec<_> = closure.leaving.iter().copied().filter(|ix| line.receipts.holds(*ix)).collect();
    order.sort_by_key(|ix| std::cmp::Reverse(last(ix)));
    let composer = snapshot.composer(content).running();
    let whole = Composition::of(line);
    let (mut parent, mut tree, mut gone, mut events) = (line.head, line.tree, BTreeSet::new(), Vec::new());
    for (nth, ix) in order.iter().enumerate() {
        gone.insert(*ix);
        let decided = match nth + 1 == order.len() {
            true => {
                tree = closure.left.tree;
                closure.left.decided.clone()
            }
            false => {
                if let Recomposed::Left(left) = composer.without(whole, &gone)? {
                    tree = left.tree;
                }
                Vec::new()
            }
        };
        let change = snapshot.state.at(*ix);
        let number = line.receipts.revision(*ix).unwrap_or(change.latest().number);
        let revision = change.revision(number).unwrap_or(change.latest());
        let author = revision.author.clone();
        let automatic = carry::auto_resolved(decided.iter().map(|one| &one.resolution));
        let message = carry::message(change, revision, "remove", Some(*id)) + &automatic;
        parent = carry::write(snapshot, content, Written { tree, parent, author, message })?;
        let stage = (*stage).clone();
        events.push(Event::Removed { stage, change: change.key.clone(), commit: parent, tree, decided });
    }
    Ok(events)
}

/// `SPEC D7`: one rollback for every default area of every stage left that holds something of it. Where an area holds
/// something that was rewritten, one job brings both: what left goes out, and what stays without it comes in. A manual
/// development area that is rolled back first gets back what went first and stays (`SPEC D5`).
fn rollbacks(
    snapshot: &Snapshot<'_>,
    departure: &Departure<'_>,
    (id, ran, already): (OperationId, &[OperationId], usize),
) -> Vec<Deployment> {
    let leaving = &departure.leaving;
    let key = |ix: ChangeIx| snapshot.state.key(ix).clone();
    let mut rollbacks = Vec::new();
    for (stage, on_stage) in leaving.stages() {
        let at_stage = leaving.at(stage, on_stage);
        let goes_first = |area: &Area| match ran.is_empty() {
            true => at_stage.iter().any(|ix| snapshot.state.area(&area.name).holding(*ix).is_some()),
            false => ran.iter().any(|id| snapshot.state.deployment(*id).is_some_and(|ran| ran.area == area.name)),
        };
        let concerned = |area: &&Area| area.default || (area.class == AreaClass::Development && goes_first(area));
        for area in snapshot.pipeline.areas_of(stage).filter(concerned) {
            let line = snapshot.state.area(&area.name);
            // A development area was rolled back first (`SPEC D5`).
            let going = at_stage.iter().copied().filter(|_| area.class != AreaClass::Development);
            let held = going.filter_map(|ix| line.holding(ix).map(|holding| (ix, holding.revision)));
            let mut changes: Vec<_> = held.map(|(ix, revision)| (key(ix), revision)).collect();
            let went_first = |ix| ran.iter().any(|id| took_out(snapshot, *id, area, &key(ix)));
            let back = departure.put_back_at(stage).into_iter();
            let back: Vec<_> = back.filter(|(ix, _)| line.holding(*ix).is_some() || went_first(*ix)).collect();
            let kind = if back.is_empty() { DeploymentKind::Remove } else { DeploymentKind::Rewrite };
            changes.extend(back.into_iter().map(|(ix, revision)| (key(ix), revision)));
            if changes.is_empty() {
                continue;
            }
            let arrival = Arrival { stage, changes: &changes, operation: id, already: already + rollbacks.len() };
            let occasion = Occasion::Automatic;
            rollbacks.push(Deployment { kind, occasion, ..deploy_on_arrival::draft(snapshot, area, arrival) });
        }
    }
    rollbacks
}

/// Whether a rollback that ran before took a change out of an area (`SPEC D5`).
fn took_out(snapshot: &Snapshot<'_>, id: OperationId, area: &Area, key: &ChangeKey) -> bool {
    let ran = snapshot.state.deployment(id).filter(|ran| ran.area == area.name);
    ran.is_some_and(|ran| ran.changes.iter().any(|(change, _)| change == key))
}

/// What nobody has to grant at a default area; at another, what comes back there is deployed by hand (`SPEC S2`, `S3`).
fn allowed(snapshot: &Snapshot<'_>, asked: &Deployment) -> Result<Used, Refusal> {
    let area = snapshot.area(&asked.area)?;
    match area.default {
        true => Ok(deploy_on_arrival::implicit(Privilege::Rollback, area)),
        false => rights::require(snapshot, Privilege::Deploy, Scope::Area(area.name.clone())),
    }
}

/// What the target keeps of the demoted changes: only that can be deployed there.
fn staying(snapshot: &Snapshot<'_>, request: &Request, leaving: &Leaving<'_>) -> Vec<(ChangeKey, RevisionNo)> {
    let Some(line) = snapshot.state.lines.get(&request.to) else { return Vec::new() };
    let held = leaving.asked.iter().filter_map(|ix| Some((*ix, line.receipts.revision(*ix)?)));
    held.map(|(ix, revision)| (snapshot.state.key(ix).clone(), revision)).collect()
}

fn place(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    request: &Request,
    arrival: Arrival<'_>,
) -> Result<deploy_on_arrival::Placed, Stop> {
    let placed = deploy_on_arrival::place(snapshot, content, &request.deploy, arrival)?;
    match arrival.changes.is_empty() {
        true => Ok(deploy_on_arrival::Placed { deployments: Vec::new(), ..placed }),
        false => Ok(placed),
    }
}
