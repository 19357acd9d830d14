//! `area list|show|verify|repair|populate|adopt|move`.

use crate::failure::{Said, said};
use crate::operate::{Answered, finish};
use crate::parse::written;
use crate::views::drift::written as written_paths;
use crate::views::reason::problem;
use crate::views::unsettled;
use switchback_api::Failure;
use switchback_api::reason::{ChangeAt, Problem};
use switchback_api::verbs::area::{
    AdoptRequest, Area, Areas, Checked, Deviation, Held, ListRequest, MoveRequest, NotCompared, PopulateRequest,
    RepairRequest, ShowRequest, Shown, Verified, VerifiedArea, VerifyRequest, Version,
};
use switchback_core::areas::checked::{self, Checked as Look, Found};
use switchback_core::areas::kept;
use switchback_core::areas::pending::pending;
use switchback_core::ledger::state::State;
use switchback_core::ops::deploy::{
    adopt as plan_adopt, follow as plan_follow, populate as plan_populate, repair as plan_repair,
};
use switchback_core::pipeline::area::{self, DriftPolicy, Regression, RollbackPolicy, TargetSpec};
use switchback_core::records::version;
use switchback_core::words::names::{AreaName, StageName};
use switchback_core::words::object::Leaf;
use switchback_engine::desk::Desk;

/// Lists areas.
pub fn list(desk: &Desk<'_>, request: ListRequest) -> Result<Areas, Failure> {
    let state = desk.look().said()?;
    if let Some(name) = &request.stage {
        desk.snapshot(&state).stage(&StageName::new(name)).said()?;
    }
    let wanted = |area: &&area::Area| request.stage.as_ref().is_none_or(|stage| area.stage.as_str() == stage);
    let told = state.pipeline().areas().iter().filter(wanted).map(|area| told(desk, &state, area));
    Ok(Areas { areas: told.collect::<Result<_, _>>()? })
}

/// Shows one area with its versions.
pub fn show(desk: &Desk<'_>, request: ShowRequest) -> Result<Shown, Failure> {
    let state = desk.look().said()?;
    let area = desk.snapshot(&state).area(&AreaName::new(&request.area)).said()?;
    let line = state.area(&area.name);
    let held = line.held.iter().map(|(ix, holding)| Held {
        change: state.key(*ix).to_string(),
        revision: holding.revision.0,
        since: holding.since.0,
    });
    Ok(Shown {
        area: told(desk, &state, area)?,
        held: held.collect(),
        kept: written_paths(&kept::left_alone(&*desk.repo, area, line).said()?),
        on_hold: line.waiting(state.lines.get(&area.stage)).map(|ix| state.key(ix).to_string()).collect(),
        versions: line.versions.iter().rev().map(|one| version(desk, &state, one)).collect(),
    })
}

/// A version, as it is listed.
pub(super) fn version(desk: &Desk<'_>, state: &State, version: &version::Version) -> Version {
    let changes = version.changes.iter().filter_map(|moved| {
        let revision = moved.after.as_ref().or(moved.before.as_ref())?.revision.0;
        Some(ChangeAt { change: state.key(moved.change).to_string(), revision })
    });
    Version {
        version: version.number.0,
        kind: version.kind.as_str().to_owned(),
        deployment: version.deployment.to_string(),
        changes: changes.collect(),
        tree: version.tree.to_string(),
        kept: written_paths(&version.kept),
        overwritten: version.overwritten.iter().map(|one| one.path.to_string()).collect(),
        by: version.by.to_string(),
        at: written(desk, version.at),
        reason: version.reason.clone(),
        reverts: version.reverts.map(|number| number.0),
    }
}

fn told(desk: &Desk<'_>, state: &State, area: &area::Area) -> Result<Area, Failure> {
    let line = state.area(&area.name);
    let pending = pending(state, &*desk.repo, area).said()?.into_iter();
    Ok(Area {
        name: area.name.to_string(),
        stage: area.stage.to_string(),
        default: area.default,
        class: area.class.as_str().to_owned(),
        sequence: area.sequence,
        target: target(&area.target),
        include: area.filter.include().to_vec(),
        exclude: area.filter.exclude().to_vec(),
        strip_prefix: area.filter.strip_prefix(),
        on_drift: drift(area.on_drift).to_owned(),
        rollback: policy(area.rollback).to_owned(),
        regression: if area.regression == Regression::Allow { "allow" } else { "refuse" }.to_owned(),
        offline: area.offline,
        retired: area.retired,
        version: line.current().map(|version| version.number.0),
        tree: line.current().map(|version| version.tree.to_string()),
        changes: line.held.len() as u64,
        pending: pending.filter(|one| !one.is_leftover()).count() as u64,
        failed: unsettled::names(desk, state, area)?,
        problem: of_place(desk, state, area),
        checked: desk.last_look(state, area).map(|look| checked(desk, &look)),
    })
}

fn checked(desk: &Desk<'_>, look: &Look) -> Checked {
    let problem = match &look.found {
        Found::Files(_) => None,
        Found::Nothing { code, message } => Some(NotCompared { code: code.clone(), message: message.clone() }),
    };
    let deviations = look.files().unwrap_or_default().iter().map(deviation).collect();
    Checked { at: written(desk, look.at), version: look.against.version.0, deviations, problem }
}

/// What is wrong with an area's place, as far as reading commands may look (`SPEC A15`).
pub(super) fn of_place(desk: &Desk<'_>, state: &State, area: &area::Area) -> Option<Problem> {
    desk.place_at_a_glance(state, area).err().map(|failure| problem(&said(failure)))
}

fn target(target: &TargetSpec) -> String {
    match target {
        TargetSpec::Dir(dir) => format!("dir {dir}"),
        TargetSpec::Command { program, .. } => format!("command {}", program.join(" ")),
    }
}

fn drift(policy: DriftPolicy) -> &'static str {
    match policy {
        DriftPolicy::Refuse => "refuse",
        DriftPolicy::Overwrite => "overwrite",
        DriftPolicy::Keep => "keep",
    }
}

fn policy(policy: RollbackPolicy) -> &'static str {
    match policy {
        RollbackPolicy::Files => "files",
        RollbackPolicy::Lines => "lines",
        RollbackPolicy::Strict => "strict",
    }
}

/// Compares targets with their current versions (`SPEC A13`).
pub fn verify(desk: &Desk<'_>, request: VerifyRequest) -> Result<Verified, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let areas = match request.area.is_empty() {
        true => snapshot.pipeline.areas_in_use().collect(),
        false => {
            let named = request.area.iter().map(|name| snapshot.area(&AreaName::new(name)));
            named.collect::<Result<Vec<_>, _>>().said()?
        }
    };
    let verified = areas.into_iter().map(|area| verify_one(desk, &state, area));
    Ok(Verified { areas: verified.collect::<Result<_, _>>()? })
}

fn verify_one(desk: &Desk<'_>, state: &State, area: &area::Area) -> Result<VerifiedArea, Failure> {
    let mut told = VerifiedArea { area: area.name.to_string(), clean: true, ..VerifiedArea::default() };
    let Some(version) = state.area(&area.name).current() else { return Ok(told) };
    told.version = Some(version.number.0);
    told.tree = Some(version.tree.to_string());
    told.files = desk.repo.leaves(version.tree).said()?.len() as u64;
    let compared = desk.place_problem(state, area).and_then(|()| desk.compare(state, area));
    desk.keep_look(state, area, compared.as_deref()).said()?;
    match compared {
        Err(failure) => {
            told.clean = false;
            told.problem = Some(problem(&said(failure.about(&area.name))));
        }
        Ok(found) => {
            let edits: Vec<_> = found.iter().map(|one| (one.path.clone(), one.actual)).collect();
            told.found = Some(desk.repo.edit(version.tree, &edits).said()?.to_string());
            told.kept = written_paths(&kept::left_alone(&*desk.repo, area, state.area(&area.name)).said()?);
            told.clean = found.is_empty();
            told.deviations = found.iter().map(deviation).collect();
        }
    }
    Ok(told)
}

fn deviation(one: &checked::Deviation) -> Deviation {
    let id = |leaf: Option<Leaf>| leaf.map(|leaf| leaf.id.to_string());
    Deviation {
        path: one.path.to_string(),
        what: one.word().to_owned(),
        expected: id(one.expected),
        found: id(one.actual),
    }
}

/// Reinstates the current version as a new one (`SPEC A13`).
pub fn repair(desk: &Desk<'_>, asked: RepairRequest) -> Answered {
    let area = AreaName::new(&asked.area);
    let request = serde_json::json!({ "repair": area });
    finish(desk, desk.carry_out(&request, |snapshot, _| plan_repair(snapshot, &area)))
}

/// Takes what stands at the place as a new version (`SPEC A15`).
pub fn adopt(desk: &Desk<'_>, asked: AdoptRequest) -> Answered {
    let area = AreaName::new(&asked.area);
    let request = serde_json::json!({ "adopt": area });
    finish(desk, desk.carry_out(&request, |snapshot, _| plan_adopt(snapshot, &area)))
}

/// Follows the place to where it was moved (`SPEC A15`).
pub fn follow(desk: &Desk<'_>, asked: MoveRequest) -> Answered {
    let area = AreaName::new(&asked.area);
    let request = serde_json::json!({ "move": area });
    finish(desk, desk.carry_out(&request, |snapshot, _| plan_follow(snapshot, &area)))
}

/// Writes the baseline (`SPEC A4`).
pub fn populate(desk: &Desk<'_>, asked: PopulateRequest) -> Answered {
    let area = AreaName::new(&asked.area);
    let request = serde_json::json!({ "populate": area });
    finish(desk, desk.carry_out(&request, |snapshot, _| plan_populate(snapshot, &area)))
}
