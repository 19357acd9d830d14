//! `demote`: a change is taken out of a stage and every bypassed stage, and rolled back where it was deployed
//! (`SPEC 5`). One plan demotes one change, or several as one (`SPEC D9`).

use crate::area::{Area, AreaClass};
use crate::carry::{self, Written};
use crate::compose::{Composer, Composition};
use crate::content::Content;
use crate::demotion::Demoted;
use crate::depends::{self, Closure};
use crate::deployment::{Deployment, DeploymentKind, Occasion};
use crate::entry::Event;
use crate::grant::Privilege;
use crate::line::Line;
use crate::names::{ChangeKey, OperationId, OperationKind, RevisionNo, StageName};
use crate::ops::promote::Freeze;
use crate::placing::{self, Arrival};
use crate::plan::{Plan, Prelude, Stop, Warning};
use crate::promotion::DeployWish;
use crate::receipt::ChangeIx;
use crate::refusal::{Code, Refusal};
use crate::rights::{self, Used};
use crate::snapshot::Snapshot;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

/// What a person asks of one demotion.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// What leaves, as one.
    pub changes: Vec<ChangeKey>,
    /// The highest stage it leaves; the highest that holds it if not said.
    pub from: Option<StageName>,
    /// Down to which stage.
    pub to: StageName,
    /// What is deployed at the target afterwards (`SPEC D8`).
    pub deploy: DeployWish,
    /// Whether dependents leave along (`SPEC D4`).
    pub dependents: Dependents,
    /// Whether a freeze window is overridden (`SPEC P13`).
    pub freeze: Freeze,
    /// The demotion this is part of, when changes before it made one.
    pub part_of: Option<OperationId>,
    /// Rollbacks of development areas that ran before (`SPEC D5`).
    pub ran: Vec<OperationId>,
}

/// What to do with changes that build on a leaving one (`SPEC D4`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dependents {
    /// Refuse, naming them.
    #[default]
    Refuse,
    /// Take them along.
    Take,
}

/// What leaves which stages.
struct Leaving<'a> {
    asked: BTreeSet<ChangeIx>,
    from: StageName,
    stages: Vec<(StageName, &'a Line)>,
}

/// Plans a demotion. Checks run in the order of `SPEC D1` to `D5`.
///
/// # Errors
/// `unknown-…`, `not-lower`, `not-at-stage`, `held-above`, `stage-frozen`, `not-permitted`, `deployed-to-manual-area`,
/// `area-not-at-target`, `has-dependents`.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    let leaving = leaving(snapshot, request)?;
    let mut privileges = privileges(snapshot, request, &leaving)?;
    on_manual_areas(snapshot, &leaving, &leaving.asked)?;
    let id = request.part_of.unwrap_or_else(|| snapshot.state.next_id(OperationKind::Demotion));
    let stays = staying(snapshot, request, &leaving);
    place(snapshot, request, (id, &stays, 0))?;
    let closures = close(snapshot, content, request, &leaving)?;
    let all: BTreeSet<ChangeIx> = closures.values().flat_map(|closure| closure.leaving.iter().copied()).collect();
    on_manual_areas(snapshot, &leaving, &all)?;

    let mut plan = Plan::new(snapshot.seq(), "demotion");
    plan.operation = Some(id);
    plan.first = preludes(snapshot, &leaving.from, &all);
    let demoted = demoted(snapshot, &leaving, &closures);
    plan.says = says(id, &demoted, &request.to);
    plan.warnings = target_lacks(snapshot, request, &demoted);
    for (stage, line) in &leaving.stages {
        let taken = Taken { stage, line, closure: &closures[stage], id };
        plan.events.extend(remove(snapshot, content, &taken)?);
    }
    let rollbacks = rollbacks(snapshot, &leaving, &all, id);
    privileges.extend(rollbacks.iter().filter_map(|asked| implicit_rollback(snapshot, asked)));
    let placed = place(snapshot, request, (id, &stays, rollbacks.len()))?;
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
    Ok(plan)
}

// ---------------------------------------------------------------- what leaves

fn leaving<'a>(snapshot: &Snapshot<'a>, request: &Request) -> Result<Leaving<'a>, Refusal> {
    snapshot.line(&request.to)?;
    let mut asked = BTreeSet::new();
    let mut from = None;
    for key in &request.changes {
        let (ix, _) = snapshot.change(key)?;
        let highest = highest(snapshot, key, request)?;
        asked.insert(ix);
        from.get_or_insert(highest);
    }
    let Some(from) = from else {
        return Err(Refusal::new(Code::NothingToMove, "no change was named", "name the changes to demote"));
    };
    let mut names = vec![from.clone()];
    let between = snapshot.pipeline.between(&request.to, &from);
    names.extend(between.into_iter().rev().map(|stage| stage.name.clone()));
    let mut stages = Vec::new();
    for name in names {
        let line = snapshot.line(&name)?;
        if asked.iter().any(|ix| line.receipts.holds(*ix)) {
            stages.push((name, line));
        }
    }
    Ok(Leaving { asked, from, stages })
}

/// The highest stage above the target that holds a change; the one asked for, if nothing above it does.
fn highest(snapshot: &Snapshot<'_>, key: &ChangeKey, request: &Request) -> Result<StageName, Refusal> {
    let (ix, _) = snapshot.change(key)?;
    let to = &request.to;
    if let Some(from) = &request.from {
        snapshot.line(from)?;
        if !snapshot.pipeline.higher(from, to) {
            let message = format!("{to} is not below {from}");
            return Err(Refusal::new(Code::NotLower, message, "look at the pipeline with `switchback status`"));
        }
    }
    let holds = |name: &StageName| snapshot.state.lines.get(name).is_some_and(|line| line.receipts.holds(ix));
    let above = snapshot.pipeline.stages().iter().map(|stage| &stage.name);
    let holding: Vec<_> = above.filter(|name| snapshot.pipeline.higher(name, to) && holds(name)).collect();
    let tops: Vec<_> =
        holding.iter().filter(|name| !holding.iter().any(|other| snapshot.pipeline.higher(other, name))).collect();
    match (&request.from, tops.as_slice()) {
        (Some(from), _) if !holds(from) => Err(not_at(key, from)),
        (Some(from), _) => match holding.iter().find(|name| snapshot.pipeline.higher(name, from)) {
            Some(above) => Err(held_above(key, from, above)),
            None => Ok(from.clone()),
        },
        (None, [top]) => Ok((**top).clone()),
        (None, []) => {
            let message = format!("no stage above {to} holds {key}");
            let hint = format!("see where it is with `switchback where {key}`");
            Err(Refusal::new(Code::NotAtStage, message, hint).with(json!({ "change": key, "target": to })))
        }
        (None, several) => {
            let names: Vec<_> = several.iter().map(|name| name.as_str()).collect();
            let message = format!("{key} is on {}, neither above the other", names.join(" and "));
            Err(Refusal::new(Code::StageAmbiguous, message, "name one with `--from STAGE`")
                .with(json!({ "end": "from", "candidates": names })))
        }
    }
}

fn not_at(key: &ChangeKey, stage: &StageName) -> Refusal {
    let hint = format!("see where it is with `switchback where {key}`");
    Refusal::new(Code::NotAtStage, format!("{stage} does not hold {key}"), hint)
        .with(json!({ "change": key, "stage": stage }))
}

fn held_above(key: &ChangeKey, from: &StageName, above: &StageName) -> Refusal {
    let message = format!("{above}, which is above {from}, still holds {key}");
    let hint = format!("demote it from the top: leave `--from` away, or say `--from {above}`");
    Refusal::new(Code::HeldAbove, message, hint).with(json!({ "change": key, "from": from, "held_at": above }))
}

// ---------------------------------------------------------------- D1 to D4

fn privileges(snapshot: &Snapshot<'_>, request: &Request, leaving: &Leaving<'_>) -> Result<Vec<Used>, Refusal> {
    let near = snapshot.pipeline.adjacent(&request.to, &leaving.from);
    let privilege = if near { Privilege::DemoteNext } else { Privilege::DemoteAny };
    let mut used = Vec::new();
    for (stage, _) in &leaving.stages {
        used.push(rights::require(snapshot, privilege, rights::on_stage(stage))?);
        let overridden = crate::ops::promote::override_freeze(snapshot, request.freeze, stage)?;
        let frozen = snapshot.stage(stage)?.frozen_at(snapshot.now);
        if let (Some(window), None) = (frozen, &overridden) {
            let message = format!("{stage} is frozen: {}", window.reason);
            let hint = "wait, or pass `--override-freeze --reason TEXT` if you hold that privilege";
            return Err(Refusal::new(Code::StageFrozen, message, hint).with(json!({ "stage": stage })));
        }
        used.extend(overridden);
    }
    Ok(used)
}

/// `SPEC D2`: what a manual area holds must be rolled back by hand first.
fn on_manual_areas(snapshot: &Snapshot<'_>, leaving: &Leaving<'_>, all: &BTreeSet<ChangeIx>) -> Result<(), Refusal> {
    for (stage, _) in &leaving.stages {
        let own_development = |area: &Area| area.class == AreaClass::Development && *stage == leaving.from;
        for area in snapshot.pipeline.areas_of(stage).filter(|area| !area.default && !own_development(area)) {
            let line = snapshot.state.area(&area.name);
            for ix in all {
                if let Some(holding) = line.holding(*ix) {
                    return Err(manual(snapshot.state.key(*ix), area, holding.since.0));
                }
            }
        }
    }
    Ok(())
}

fn manual(key: &ChangeKey, area: &Area, version: u32) -> Refusal {
    let command = format!("switchback rollback {}@{version}", area.name);
    let message = format!("{key} is on the manual area {} of {} since version {version}", area.name, area.stage);
    Refusal::new(Code::DeployedToManualArea, message, format!("roll it back there first: `{command}`"))
        .with(json!({ "change": key, "area": area.name, "version": version, "command": command }))
}

/// `SPEC D4`: who must leave along, on each stage; refused unless they may. What leaves one stage leaves all.
fn close(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    request: &Request,
    leaving: &Leaving<'_>,
) -> Result<BTreeMap<StageName, Closure>, Stop> {
    let composer = Composer { state: snapshot.state, content };
    let mut all = leaving.asked.clone();
    loop {
        let mut closures = BTreeMap::new();
        let before = all.len();
        for (stage, line) in &leaving.stages {
            let whole = Composition { base: line.base_tree, tree: line.tree, items: &line.items };
            let held: BTreeSet<_> = all.iter().copied().filter(|ix| line.receipts.holds(*ix)).collect();
            let closure = depends::closure(composer, whole, &held)?;
            all.extend(&closure.leaving);
            closures.insert(stage.clone(), closure);
        }
        if all.len() == before {
            if request.dependents == Dependents::Refuse && all != leaving.asked {
                return Err(has_dependents(snapshot, leaving, &all).into());
            }
            return Ok(closures);
        }
    }
}

fn has_dependents(snapshot: &Snapshot<'_>, leaving: &Leaving<'_>, all: &BTreeSet<ChangeIx>) -> Refusal {
    let asked: Vec<_> = leaving.asked.iter().map(|ix| snapshot.state.key(*ix)).collect();
    let dependents: Vec<_> = all.difference(&leaving.asked).map(|ix| snapshot.state.key(*ix)).collect();
    let names: Vec<_> = dependents.iter().map(|key| key.as_str()).collect();
    let asked_names: Vec<_> = asked.iter().map(|key| key.as_str()).collect();
    let verb = if names.len() == 1 { "builds" } else { "build" };
    let message = format!("{} {verb} on {} and would have to leave too", names.join(", "), asked_names.join(", "));
    Refusal::new(Code::HasDependents, message, "take them along with `--with-dependents`")
        .with(json!({ "changes": asked, "dependents": dependents }))
}

// ---------------------------------------------------------------- what is written

/// `SPEC D5`: development areas of the source stage that hold what leaves.
fn preludes(snapshot: &Snapshot<'_>, from: &StageName, all: &BTreeSet<ChangeIx>) -> Vec<Prelude> {
    let development = snapshot.pipeline.areas_of(from).filter(|area| area.class == AreaClass::Development);
    development
        .filter_map(|area| {
            let line = snapshot.state.area(&area.name);
            let held = all.iter().filter(|ix| line.holding(**ix).is_some());
            let changes: Vec<_> = held.map(|ix| snapshot.state.key(*ix).clone()).collect();
            (!changes.is_empty()).then(|| Prelude { area: area.name.clone(), changes })
        })
        .collect()
}

fn demoted(snapshot: &Snapshot<'_>, leaving: &Leaving<'_>, closures: &BTreeMap<StageName, Closure>) -> Vec<Demoted> {
    let all: BTreeSet<ChangeIx> = closures.values().flat_map(|closure| closure.leaving.iter().copied()).collect();
    let first = leaving.asked.iter().next().map(|ix| snapshot.state.key(*ix).clone());
    let one = |ix: &ChangeIx| {
        let revision = |line: &Line| line.receipts.revision(*ix);
        let left: Vec<(StageName, RevisionNo)> =
            leaving.stages.iter().filter_map(|(stage, line)| Some((stage.clone(), revision(line)?))).collect();
        Demoted {
            change: snapshot.state.key(*ix).clone(),
            from: left.first().map_or_else(|| leaving.from.clone(), |(stage, _)| stage.clone()),
            left,
            because_of: if leaving.asked.contains(ix) { None } else { first.clone() },
        }
    };
    // Those asked for first, then those that had to come along.
    let (asked, along): (Vec<_>, Vec<_>) = all.iter().partition(|ix| leaving.asked.contains(ix));
    asked.into_iter().chain(along).map(one).collect()
}

struct Taken<'a> {
    stage: &'a StageName,
    line: &'a Line,
    closure: &'a Closure,
    id: OperationId,
}

/// One commit for each change that leaves a stage (`SPEC L2`), the last one applied first. Trees on the way there are
/// exact too: each is the line without the changes taken so far.
fn remove(snapshot: &Snapshot<'_>, content: &dyn Content, taken: &Taken<'_>) -> Result<Vec<Event>, Stop> {
    let Taken { stage, line, closure, id } = taken;
    let last = |ix: &ChangeIx| line.items.iter().rposition(|item| item.change == *ix);
    let mut order: Vec<_> = closure.leaving.iter().copied().filter(|ix| line.receipts.holds(*ix)).collect();
    order.sort_by_key(|ix| std::cmp::Reverse(last(ix)));
    let composer = Composer { state: snapshot.state, content };
    let whole = Composition { base: line.base_tree, tree: line.tree, items: &line.items };
    let (mut parent, mut gone, mut events) = (line.head, BTreeSet::new(), Vec::new());
    for (nth, ix) in order.iter().enumerate() {
        gone.insert(*ix);
        let tree = match nth + 1 == order.len() {
            true => closure.tree,
            false => depends::closure(composer, whole, &gone)?.tree,
        };
        let change = snapshot.state.at(*ix);
        let number = line.receipts.revision(*ix).unwrap_or(change.latest().number);
        let revision = change.revision(number).unwrap_or(change.latest());
        let author = revision.author.clone();
        let message = carry::message(change, revision, "remove", Some(*id));
        parent = carry::write(snapshot, content, Written { tree, parent, author, message })?;
        let stage = (*stage).clone();
        events.push(Event::Removed { stage, change: change.key.clone(), commit: parent, tree });
    }
    Ok(events)
}

/// `SPEC D7`: one rollback for every default area of every stage left that holds something of it.
fn rollbacks(
    snapshot: &Snapshot<'_>,
    leaving: &Leaving<'_>,
    all: &BTreeSet<ChangeIx>,
    id: OperationId,
) -> Vec<Deployment> {
    let mut rollbacks = Vec::new();
    for (stage, _) in &leaving.stages {
        let development = |area: &&Area| area.class == AreaClass::Development && *stage == leaving.from;
        for area in snapshot.pipeline.areas_of(stage).filter(|area| area.default && !development(area)) {
            let line = snapshot.state.area(&area.name);
            let held = all.iter().filter_map(|ix| line.holding(*ix).map(|holding| (ix, holding.revision)));
            let changes: Vec<_> = held.map(|(ix, revision)| (snapshot.state.key(*ix).clone(), revision)).collect();
            if changes.is_empty() {
                continue;
            }
            let arrival = Arrival { stage, changes: &changes, operation: id, already: rollbacks.len() };
            let (kind, occasion) = (DeploymentKind::Remove, Occasion::Automatic);
            rollbacks.push(Deployment { kind, occasion, ..placing::draft(snapshot, area, arrival) });
        }
    }
    rollbacks
}

fn implicit_rollback(snapshot: &Snapshot<'_>, asked: &Deployment) -> Option<Used> {
    let area = snapshot.pipeline.area(&asked.area)?;
    Some(placing::implicit(Privilege::Rollback, area))
}

/// What the target keeps of the demoted changes: only that can be deployed there.
fn staying(snapshot: &Snapshot<'_>, request: &Request, leaving: &Leaving<'_>) -> Vec<(ChangeKey, RevisionNo)> {
    let Some(line) = snapshot.state.lines.get(&request.to) else { return Vec::new() };
    let held = leaving.asked.iter().filter_map(|ix| Some((*ix, line.receipts.revision(*ix)?)));
    held.map(|(ix, revision)| (snapshot.state.key(ix).clone(), revision)).collect()
}

fn place(
    snapshot: &Snapshot<'_>,
    request: &Request,
    what: (OperationId, &[(ChangeKey, RevisionNo)], usize),
) -> Result<placing::Placed, Refusal> {
    let (operation, changes, already) = what;
    let placed =
        placing::place(snapshot, &request.deploy, Arrival { stage: &request.to, changes, operation, already })?;
    match changes.is_empty() {
        true => Ok(placing::Placed { deployments: Vec::new(), ..placed }),
        false => Ok(placed),
    }
}

fn target_lacks(snapshot: &Snapshot<'_>, request: &Request, demoted: &[Demoted]) -> Vec<Warning> {
    let Some(line) = snapshot.state.lines.get(&request.to) else { return Vec::new() };
    let holds = |key: &ChangeKey| snapshot.state.change(key).is_some_and(|(ix, _)| line.receipts.holds(ix));
    let lacking = demoted.iter().filter(|demoted| !holds(&demoted.change));
    lacking
        .map(|demoted| {
            Warning::new(Code::NotAtStage, format!("{} does not hold {} either", request.to, demoted.change))
        })
        .collect()
}

fn says(id: OperationId, demoted: &[Demoted], to: &StageName) -> String {
    let names: Vec<_> = demoted.iter().map(|demoted| demoted.change.as_str()).collect();
    let from = demoted.first().map_or("", |demoted| demoted.from.as_str());
    format!("{id} demotes {} from {from} to {to}", names.join(", "))
}
