//! `status`: the whole pipeline at a glance, now or at a past moment (`SPEC H2`).

use crate::failure::Said;
use crate::parse::{moment, written};
use crate::routes::area::of_place;
use crate::routes::fetch::remote;
use crate::views::deployment::version;
use crate::views::schedule::schedules;
use crate::views::unsettled;
use std::sync::Arc;
use switchback_api::Failure;
use switchback_api::verbs::status::{
    AreaStatus, Count, Frozen, JobCounts, LastDeployment, OpenPromotion, StageStatus, Standing, Status, StatusRequest,
    Words,
};
use switchback_core::areas::kept::left_alone;
use switchback_core::areas::pending::{Pending, pending};
use switchback_core::ledger::state::State;
use switchback_core::moving::candidates;
use switchback_core::moving::validated;
use switchback_core::pipeline::Pipeline;
use switchback_core::pipeline::area::Area;
use switchback_core::pipeline::stage::Stage;
use switchback_core::records::job::{Job, JobState};
use switchback_core::records::promotion::Promotion;
use switchback_core::words::names::{AreaName, StageName};
use switchback_engine::desk::Desk;
use switchback_engine::notice::Seen;

/// Tells where everything stands.
pub fn status(desk: &Desk<'_>, request: StatusRequest) -> Result<Status, Failure> {
    let state = match &request.as_of {
        Some(text) => Arc::new(desk.look_back(moment(desk, text)?).said()?),
        None => desk.look().said()?,
    };
    let jobs = match request.as_of {
        Some(_) => Vec::new(),
        None => desk.ledger.open_jobs().said()?,
    };
    let mut stages = Vec::new();
    for stage in state.pipeline().stages() {
        let told = stage_status(desk, &state, (stage, &jobs))?;
        let standing = if request.as_of.is_none() { standing(desk, &state, stage) } else { None };
        stages.push(StageStatus { standing, ..told });
    }
    if request.as_of.is_none() {
        look_at_areas(desk, &state, &mut stages)?;
    }
    if request.as_of.is_none() {
        desk.hear(desk.about_pushed().into_iter().collect());
        desk.hear(desk.about_ready(&state).said()?);
    }
    let failed = stages.iter().flat_map(|stage| &stage.areas).map(|area| area.failed.len() as u64).sum();
    Ok(Status {
        pipeline: desk.house.name().to_owned(),
        seq: state.seq.0,
        at: Some(written(desk, state.at)),
        words: words(state.pipeline()),
        stages,
        promotions: open(desk, &state),
        schedules: schedules(desk, &state, if request.as_of.is_some() { state.at } else { desk.clock.now() }),
        jobs: JobCounts { failed, ..counts(&jobs) },
        remote: if request.as_of.is_none() { remote(desk) } else { None },
    })
}

fn words(pipeline: &Pipeline) -> Words {
    let known = Words::default();
    let said = |word: &str, default: String| pipeline.settings().words.get(word).cloned().unwrap_or(default);
    Words {
        change: said("change", known.change),
        stage: said("stage", known.stage),
        area: said("area", known.area),
        promotion: said("promotion", known.promotion),
        demotion: said("demotion", known.demotion),
        deployment: said("deployment", known.deployment),
        rollback: said("rollback", known.rollback),
    }
}

fn stage_status(desk: &Desk<'_>, state: &State, what: (&Stage, &[Job])) -> Result<StageStatus, Failure> {
    let (stage, jobs) = what;
    let line = state.lines.get(&stage.name);
    let next = stage.next.iter();
    let frozen = stage.frozen_at(desk.clock.now());
    let areas = state.pipeline().areas_of(&stage.name).map(|area| area_status(desk, state, area, jobs));
    let names: Vec<_> = state.pipeline().areas_of(&stage.name).map(|area| &area.name).collect();
    Ok(StageStatus {
        name: stage.name.to_string(),
        branch: stage.branch.clone(),
        next: stage.next.iter().map(ToString::to_string).collect(),
        head: line.map(|line| line.head.to_string()).unwrap_or_default(),
        tree: line.map(|line| line.tree.to_string()).unwrap_or_default(),
        changes: line.map_or(0, |line| line.receipts.len()),
        ahead: next.clone().map(|next| lacking(state, (&stage.name, next), next)).collect(),
        behind: next.map(|next| lacking(state, (next, &stage.name), next)).collect(),
        standing: None,
        frozen: frozen.map(|window| Frozen { until: written(desk, window.to), reason: window.reason.clone() }),
        last: last(desk, state, &names),
        areas: areas.collect::<Result<_, _>>()?,
    })
}

/// Where a branch cannot be looked at, that is said beside the answer.
fn standing(desk: &Desk<'_>, state: &State, stage: &Stage) -> Option<Standing> {
    Some(match desk.seen(state, (stage, state.lines.get(&stage.name)?)).ok()? {
        Seen::InStep => Standing::InStep,
        Seen::Ahead { commits } => Standing::Ahead { commits },
        Seen::Newer(_) => Standing::Newer,
        Seen::Rewritten { found: Some(_) } => Standing::Rewritten,
        Seen::Rewritten { found: None } => Standing::Gone,
    })
}

/// The places as they are now, which nobody knows of another moment, and what is still to be settled.
fn look_at_areas(desk: &Desk<'_>, state: &State, stages: &mut [StageStatus]) -> Result<(), Failure> {
    for told in stages.iter_mut().flat_map(|stage| &mut stage.areas) {
        let Some(area) = state.pipeline().area(&AreaName::new(&told.name)) else { continue };
        told.problem = of_place(desk, state, area);
        told.failed = unsettled::names(desk, state, area)?;
        if let Some(look) = desk.last_look(state, area) {
            told.drifted = look.files().map(|files| files.len() as u64);
            told.checked_at = Some(written(desk, look.at));
        }
    }
    Ok(())
}

fn lacking(state: &State, ends: (&StageName, &StageName), of: &StageName) -> Count {
    Count { stage: of.to_string(), count: candidates::count(state, ends) }
}

fn area_status(desk: &Desk<'_>, state: &State, area: &Area, jobs: &[Job]) -> Result<AreaStatus, Failure> {
    let line = state.area(&area.name);
    let (leftover, pending): (Vec<_>, Vec<_>) =
        pending(state, &*desk.repo, area).said()?.into_iter().partition(Pending::is_leftover);
    let open = |job: &&Job| job.area == area.name;
    Ok(AreaStatus {
        name: area.name.to_string(),
        default: area.default,
        class: area.class.as_str().to_owned(),
        sequence: area.sequence,
        version: line.current().map(|version| version.number.0),
        pending: pending.len() as u64,
        leftover: leftover.len() as u64,
        on_hold: line.waiting(state.lines.get(&area.stage)).count() as u64,
        drifted: None,
        checked_at: None,
        last: last(desk, state, &[&area.name]),
        // A past moment's objects may be gone; then nothing can be said of it.
        kept: left_alone(&*desk.repo, area, line).map_or(0, |kept| kept.len() as u64),
        offline: area.offline,
        jobs: jobs.iter().filter(open).count() as u64,
        failed: Vec::new(),
        problem: None,
    })
}

/// What was asked for last in some areas.
fn last(desk: &Desk<'_>, state: &State, areas: &[&AreaName]) -> Option<LastDeployment> {
    let asked = state.deployments.iter().rev().find(|asked| areas.contains(&&asked.area))?;
    Some(LastDeployment {
        deployment: asked.id.to_string(),
        area: asked.area.to_string(),
        kind: asked.kind.as_str().to_owned(),
        status: asked.status.as_str().to_owned(),
        version: version(&asked.status),
        by: asked.by.to_string(),
        at: written(desk, asked.at),
    })
}

fn open(desk: &Desk<'_>, state: &State) -> Vec<OpenPromotion> {
    let told = state.open_promotions().map(|promotion| OpenPromotion {
        id: promotion.id.to_string(),
        direction: promotion.direction.as_str().to_owned(),
        source: promotion.source.to_string(),
        destination: promotion.destination.to_string(),
        status: validated::status(&desk.snapshot(state), promotion).to_owned(),
        changes: promotion.changes.len() as u64,
        scheduled_at: promotion.scheduled_at.map(|at| written(desk, at)),
        note: note(promotion),
    });
    told.collect()
}

/// What did not go well when it ran by itself, while nobody has looked at it (`SPEC P12`).
fn note(promotion: &Promotion) -> Option<String> {
    if !promotion.awaits_a_look() {
        return None;
    }
    let left = promotion.left_out.iter().map(|left| format!("left out {}: {}", left.change, left.message));
    let all: Vec<_> = promotion.note.iter().cloned().chain(left).collect();
    Some(all.join("; "))
}

fn counts(jobs: &[Job]) -> JobCounts {
    let count = |state: JobState| jobs.iter().filter(|job| job.state == state).count() as u64;
    JobCounts { queued: count(JobState::Queued), running: count(JobState::Running), failed: 0 }
}
