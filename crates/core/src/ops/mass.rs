//! Mass back-promotion: one source, every lower stage that lacks something, one promotion for each (`SPEC P9`).

mod cells;

pub use cells::Cells;

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
use crate::moving::verdict::{Judge, Reason, Route, Verdict, Weight};
use crate::pipeline::Schedule;
use crate::records::promotion::{DeployWish, Direction, PromotionOptions};
use crate::records::receipt::ChangeIx;
use crate::words::names::{ChangeKey, StageName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Place, Remedy};
use serde::{Deserialize, Serialize};

/// What a person asks of a mass back-promotion.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct MassRequest {
    /// The source.
    pub from: StageName,
    /// The destinations; every lower stage when empty.
    pub to: Vec<StageName>,
    /// What somebody chose instead of what is preselected.
    #[serde(default)]
    pub cells: Cells,
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
            cells: Cells::default(),
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
    /// What does not, with why.
    pub locked: Vec<Verdict>,
    /// What its promotion asks for: what would go, or what somebody named, though some of it may not go.
    asks: Vec<ChangeKey>,
}

impl MassRow {
    /// The promotion this row asks for; `None` when nothing would go.
    pub fn request(&self, mass: &MassRequest) -> Option<Request> {
        (!self.asks.is_empty()).then(|| Request {
            direction: Direction::Back,
            chosen: Chosen::Keys(self.asks.clone()),
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

/// Preselects: which lower stages lack what, and which of it can go. What somebody chose for a destination wins.
///
/// # Errors
/// `unknown-stage`, `unknown-change`; `not-lower` for a destination that is not below the source; `depends-on` where
/// something that was taken out would come along all the same.
pub fn preview(snapshot: &Snapshot<'_>, content: &dyn Content, mass: &MassRequest) -> Result<Vec<MassRow>, Stop> {
    snapshot.line(&mass.from)?;
    mass.cells.are_known(snapshot)?;
    let mut destinations = mass.to.clone();
    if destinations.is_empty() {
        let below = snapshot.pipeline.below(&mass.from);
        destinations.extend(below.into_iter().map(|stage| stage.name.clone()));
    }
    for destination in destinations.iter().chain(mass.cells.destinations()) {
        snapshot.line(destination)?;
        if !snapshot.pipeline.higher(&mass.from, destination) {
            let message = format!("{destination} is not below {}", mass.from);
            return Err(Refusal::new(Code::NotLower, message, Place::Pipeline).into());
        }
    }
    let mut rows = Vec::new();
    for destination in destinations {
        rows.extend(match mass.cells.named(&destination) {
            Some(named) => Some(chosen_row(snapshot, content, mass, (destination, named))?),
            None => row(snapshot, content, mass, destination)?,
        });
    }
    Ok(rows)
}

/// The row of a destination whose changes somebody named. What may not go though it was named makes its promotion be
/// refused, with every reason: naming is asking.
fn chosen_row(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    mass: &MassRequest,
    (destination, named): (StageName, Vec<ChangeKey>),
) -> Result<MassRow, Stop> {
    let way = Way { source: mass.from.clone(), destination: destination.clone(), stages: vec![destination.clone()] };
    let mut cells = held(snapshot, mass);
    for key in &named {
        let (ix, _) = snapshot.change(key)?;
        if !cells.contains(&ix) {
            cells.push(ix);
        }
    }
    let judged = judged(snapshot, content, &way, (&cells, &named))?;
    let goes =
        |verdict: &Verdict| named.contains(snapshot.state.key(verdict.change)) && verdict.blocking().next().is_none();
    let (going, locked): (Vec<_>, Vec<_>) = judged.into_iter().partition(goes);
    let locked = locked.into_iter().map(|verdict| left_out(snapshot, verdict, (&destination, &named))).collect();
    Ok(MassRow { destination, going, locked, asks: named })
}

/// A cell that nothing but a choice keeps back says so.
fn left_out(snapshot: &Snapshot<'_>, verdict: Verdict, (at, named): (&StageName, &[ChangeKey])) -> Verdict {
    let key = snapshot.state.key(verdict.change);
    if !verdict.eligible() || named.contains(key) {
        return verdict;
    }
    let message = format!("{key} was not chosen for {at}");
    let reason = Reason { code: Code::NotChosen, message, weight: Weight::Blocks, at: None };
    let mut reasons = verdict.reasons;
    reasons.push(reason);
    Verdict { reasons, ..verdict }
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
    let (out, cells): (Vec<_>, Vec<_>) =
        held(snapshot, mass).into_iter().partition(|ix| mass.cells.leaves_out(&destination, snapshot.state.key(*ix)));
    if !lacks.iter().any(|ix| cells.contains(ix) || out.contains(ix)) {
        return Ok(None);
    }
    let changes: Vec<ChangeKey> = cells.iter().map(|ix| snapshot.state.key(*ix).clone()).collect();
    let chosen = Chosen::Among { changes: changes.clone(), named_at: None };
    let (going, mut locked) = match choose::choose(snapshot, content, route, (&chosen, &mass.options)) {
        Ok(choice) => (choice.going, choice.locked),
        Err(Stop::Refused(refusal)) if refusal.code == Code::NothingToMove => {
            (Vec::new(), judged(snapshot, content, &way, (&cells, &[]))?)
        }
        Err(stop) => return Err(stop),
    };
    comes_along_all_the_same(snapshot, mass, &destination, &going)?;
    let out = judged(snapshot, content, &way, (&out, &changes))?;
    locked.extend(out.into_iter().map(|verdict| left_out(snapshot, verdict, (&destination, &[]))));
    let asks: Vec<_> = going.iter().map(|verdict| snapshot.state.key(verdict.change).clone()).collect();
    let nothing = asks.is_empty() && locked.is_empty();
    Ok((!nothing).then_some(MassRow { destination, going, locked, asks }))
}

/// What was taken out must not come along as something that others need: that is for a person to settle.
fn comes_along_all_the_same(
    snapshot: &Snapshot<'_>,
    mass: &MassRequest,
    destination: &StageName,
    going: &[Verdict],
) -> Result<(), Refusal> {
    let mut keys = going.iter().map(|verdict| snapshot.state.key(verdict.change));
    let Some(key) = keys.find(|key| mass.cells.leaves_out(destination, key)) else { return Ok(()) };
    let message = format!("what goes to {destination} takes {key} along, which was left out");
    let advice = Remedy::advice("let it go, or leave out what needs it as well");
    Err(Refusal::new(Code::DependsOn, message, advice))
}

/// Everything the source holds of what is asked for has a cell, what is there already or began there too.
fn held(snapshot: &Snapshot<'_>, mass: &MassRequest) -> Vec<ChangeIx> {
    let line = snapshot.state.lines.get(&mass.from);
    let held = line.into_iter().flat_map(|line| line.receipts.iter());
    held.filter(|ix| candidates::is_of(snapshot, *ix, mass.project.as_deref(), mass.release.as_deref())).collect()
}

/// What speaks against each of some cells, when others go along.
fn judged(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    way: &Way,
    (cells, along): (&[ChangeIx], &[ChangeKey]),
) -> Result<Vec<Verdict>, Stop> {
    let route = Route { along, ..route_of(Direction::Back, way, None, &None) };
    let Some(mut judge) = Judge::new(*snapshot, content, route) else { return Ok(Vec::new()) };
    Ok(judge.each(cells)?)
}
