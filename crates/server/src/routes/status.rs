//! `status`: the whole pipeline at a glance, now or at a past moment (`SPEC H2`).

use crate::failure::Said;
use crate::parse::{moment, written};
use std::sync::Arc;
use switchback_api::Failure;
use switchback_api::verbs::status::{
    AreaStatus, Count, Frozen, JobCounts, OpenPromotion, StageStatus, Status, StatusRequest, Words,
};
use switchback_core::ledger::state::State;
use switchback_core::pipeline::Pipeline;
use switchback_core::pipeline::area::{Area, AreaClass};
use switchback_core::pipeline::stage::Stage;
use switchback_core::records::job::Job;
use switchback_core::records::job::JobState;
use switchback_engine::desk::Desk;

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
    let failed = match request.as_of {
        Some(_) => 0,
        None => desk.ledger.count_jobs(JobState::Failed).said()?,
    };
    let stages = desk.pipeline.stages().iter().map(|stage| stage_status(desk, &state, (stage, &jobs)));
    Ok(Status {
        pipeline: desk.pipeline.name().to_owned(),
        seq: state.seq.0,
        at: Some(written(desk, state.at)),
        words: words(desk.pipeline),
        stages: stages.collect(),
        promotions: open(desk, &state),
        jobs: JobCounts { failed, ..counts(&jobs) },
        warnings: Vec::new(),
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

fn stage_status(desk: &Desk<'_>, state: &State, what: (&Stage, &[Job])) -> StageStatus {
    let (stage, jobs) = what;
    let line = state.lines.get(&stage.name);
    let next = stage.next.iter();
    let frozen = stage.frozen_at(desk.clock.now());
    StageStatus {
        name: stage.name.to_string(),
        branch: stage.branch.clone(),
        next: stage.next.iter().map(ToString::to_string).collect(),
        head: line.map(|line| line.head.to_string()).unwrap_or_default(),
        tree: line.map(|line| line.tree.to_string()).unwrap_or_default(),
        changes: line.map_or(0, |line| line.receipts.len()),
        ahead: next.clone().map(|next| count(state, (&stage.name, next), next.as_str())).collect(),
        behind: next.map(|next| count(state, (next, &stage.name), next.as_str())).collect(),
        frozen: frozen.map(|window| Frozen { until: written(desk, window.to), reason: window.reason.clone() }),
        areas: desk.pipeline.areas_of(&stage.name).map(|area| area_status(state, area, jobs)).collect(),
    }
}

type Ends<'a> = (&'a switchback_core::words::names::StageName, &'a switchback_core::words::names::StageName);

fn count(state: &State, ends: Ends<'_>, name: &str) -> Count {
    let (has, lacks) = (state.lines.get(ends.0), state.lines.get(ends.1));
    let count =
        has.zip(lacks).map_or(0, |(has, lacks)| (has.receipts.ahead_of(&lacks.receipts) - state.excluded()).len());
    Count { stage: name.to_owned(), count }
}

fn area_status(state: &State, area: &Area, jobs: &[Job]) -> AreaStatus {
    let held = state.area(&area.name);
    let receipts = state.lines.get(&area.stage).map(|line| &line.receipts);
    let leftover = held.held.iter().filter(|(ix, _)| !receipts.is_some_and(|receipts| receipts.holds(*ix))).count();
    let open = |job: &&Job| job.area == area.name;
    AreaStatus {
        name: area.name.to_string(),
        default: area.default,
        class: class(area).to_owned(),
        sequence: area.sequence,
        version: held.current().map(|version| version.number.0),
        pending: pending(state, area),
        leftover: leftover as u64,
        on_hold: held.on_hold.len() as u64,
        drifted: None,
        offline: area.offline,
        jobs: jobs.iter().filter(open).count() as u64,
    }
}

/// How many changes the stage holds that the area does not hold as it does (`SPEC R5`).
pub fn pending(state: &State, area: &Area) -> u64 {
    let held = state.area(&area.name);
    let Some(line) = state.lines.get(&area.stage) else { return 0 };
    let differs = |ix: &_| held.holding(*ix).map(|held| held.revision) != line.receipts.revision(*ix);
    line.receipts.iter().filter(differs).count() as u64
}

/// The word for what an area is for.
pub fn class(area: &Area) -> &'static str {
    match area.class {
        AreaClass::Deployment => "deployment",
        AreaClass::Development => "development",
    }
}

fn open(desk: &Desk<'_>, state: &State) -> Vec<OpenPromotion> {
    let open = state.promotions.iter().filter(|promotion| {
        promotion.status.is_open()
            || promotion.status == switchback_core::records::promotion::PromotionStatus::Deploying
    });
    let told = open.map(|promotion| OpenPromotion {
        id: promotion.id.to_string(),
        direction: promotion.direction.as_str().to_owned(),
        source: promotion.source.to_string(),
        destination: promotion.destination.to_string(),
        status: promotion.status.as_str().to_owned(),
        changes: promotion.changes.len() as u64,
        scheduled_at: promotion.scheduled_at.map(|at| written(desk, at)),
    });
    told.collect()
}

fn counts(jobs: &[Job]) -> JobCounts {
    let count = |state: JobState| jobs.iter().filter(|job| job.state == state).count() as u64;
    JobCounts { queued: count(JobState::Queued), running: count(JobState::Running), failed: 0 }
}
