//! Mass back-promotion: one source, every lower stage that lacks something, one promotion for each (`SPEC P9`).

use crate::content::Content;
use crate::ledger::plan::Stop;
use crate::ledger::snapshot::Snapshot;
use crate::moving::candidates;
use crate::moving::choose;
use crate::moving::chosen::Chosen;
use crate::moving::freeze::Freeze;
use crate::moving::promoting::Request;
use crate::moving::promoting::Start;
use crate::moving::promoting::route_of;
use crate::moving::route::Way;
use crate::moving::verdict::{Judge, Verdict};
use crate::pipeline::Schedule;
use crate::records::promotion::{DeployWish, Direction, PromotionOptions};
use crate::records::receipt::ChangeIx;
use crate::words::names::StageName;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Place;
use serde::{Deserialize, Serialize};

/// What a person asks of a mass back-promotion.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MassRequest {
    /// The source.
    pub from: StageName,
    /// The destinations; every lower stage when empty.
    pub to: Vec<StageName>,
    /// Only changes of this project.
    pub project: Option<String>,
    /// Only changes of this release.
    pub release: Option<String>,
    /// How each promotion runs.
    pub options: PromotionOptions,
    /// Now, later, or as drafts.
    pub start: Start,
}

impl MassRequest {
    /// What a recurring back-promotion asks for (`SPEC P12`).
    pub fn recurring(schedule: &Schedule) -> Self {
        let deploy = if schedule.deploy { DeployWish::Defaults } else { DeployWish::Nothing };
        Self {
            from: schedule.from.clone(),
            to: schedule.to.clone(),
            project: None,
            release: None,
            options: PromotionOptions { deploy, ..PromotionOptions::default() },
            start: Start::Now,
        }
    }
}

/// One row of the preview: a destination with what would go and what is locked.
#[derive(Clone, PartialEq, Debug)]
pub struct MassRow {
    /// Where to.
    pub destination: StageName,
    /// What would go.
    pub going: Vec<Verdict>,
    /// What cannot, with why.
    pub locked: Vec<Verdict>,
}

impl MassRow {
    /// The promotion this row asks for; `None` when nothing would go.
    pub fn request(&self, snapshot: &Snapshot<'_>, mass: &MassRequest) -> Option<Request> {
        let keys: Vec<_> = self.going.iter().map(|verdict| snapshot.state.key(verdict.change).clone()).collect();
        (!keys.is_empty()).then(|| Request {
            direction: Direction::Back,
            chosen: Chosen::Keys(keys),
            from: Some(mass.from.clone()),
            to: Some(self.destination.clone()),
            project: mass.project.clone(),
            release: mass.release.clone(),
            owner: None,
            options: mass.options.clone(),
            start: mass.start,
            freeze: Freeze::Respect,
        })
    }
}

/// Preselects: which lower stages lack what, and which of it can go.
///
/// # Errors
/// `unknown-stage`; `not-lower` for a destination that is not below the source.
pub fn preview(snapshot: &Snapshot<'_>, content: &dyn Content, mass: &MassRequest) -> Result<Vec<MassRow>, Stop> {
    snapshot.line(&mass.from)?;
    let mut destinations = mass.to.clone();
    if destinations.is_empty() {
        let below = snapshot.pipeline.below(&mass.from);
        destinations.extend(below.into_iter().map(|stage| stage.name.clone()));
    }
    let mut rows = Vec::new();
    for destination in destinations {
        snapshot.line(&destination)?;
        if !snapshot.pipeline.higher(&mass.from, &destination) {
            let message = format!("{destination} is not below {}", mass.from);
            return Err(Refusal::new(Code::NotLower, message, Place::Pipeline).into());
        }
        rows.extend(row(snapshot, content, mass, destination)?);
    }
    Ok(rows)
}

fn row(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    mass: &MassRequest,
    destination: StageName,
) -> Result<Option<MassRow>, Stop> {
    let way = Way { source: mass.from.clone(), destination: destination.clone(), stages: vec![destination.clone()] };
    let route = route_of(Direction::Back, &way, None, &None);
    let lacks = candidates::candidates(snapshot, &route);
    if !lacks.iter().any(|ix| held(snapshot, mass).contains(ix)) {
        return Ok(None);
    }
    let changes = held(snapshot, mass).into_iter().map(|ix| snapshot.state.key(ix).clone()).collect();
    let chosen = Chosen::Among { changes, named_at: None };
    match choose::choose(snapshot, content, route, (&chosen, &mass.options)) {
        Ok(choice) => Ok(Some(MassRow { destination, going: choice.going, locked: choice.locked })),
        Err(Stop::Refused(refusal)) if refusal.code == Code::NothingToMove => {
            let locked = locked(snapshot, content, mass, &way)?;
            Ok((!locked.is_empty()).then_some(MassRow { destination, going: Vec::new(), locked }))
        }
        Err(stop) => Err(stop),
    }
}

/// Everything the source holds of what is asked for has a cell, what is there already or began there too.
fn held(snapshot: &Snapshot<'_>, mass: &MassRequest) -> Vec<ChangeIx> {
    let line = snapshot.state.lines.get(&mass.from);
    let held = line.into_iter().flat_map(|line| line.receipts.iter());
    held.filter(|ix| candidates::is_of(snapshot, *ix, mass.project.as_deref(), mass.release.as_deref())).collect()
}

/// A row whose every cell is locked is shown with the reasons.
fn locked(snapshot: &Snapshot<'_>, content: &dyn Content, mass: &MassRequest, way: &Way) -> Result<Vec<Verdict>, Stop> {
    let route = route_of(Direction::Back, way, None, &None);
    let Some(mut judge) = Judge::new(*snapshot, content, route) else { return Ok(Vec::new()) };
    Ok(judge.each(&held(snapshot, mass))?)
}
