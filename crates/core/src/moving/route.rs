//! Which way a promotion goes: the person names what they know, the pipeline tells the rest (`SPEC P5`, `P10`).

use crate::ledger::rights::{self, Used};
use crate::ledger::snapshot::Snapshot;
use crate::moving::candidates;
use crate::moving::chosen::Chosen;
use crate::records::grant::Privilege;
use crate::records::promotion::Direction;
use crate::records::receipt::ChangeIx;
use crate::words::details::Details;
use crate::words::names::{ChangeKey, StageName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Edge, Place, Remedy};

/// What a person said about the way.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Up or down.
    pub direction: Direction,
    /// Where from, if they said so.
    pub from: Option<&'a StageName>,
    /// Where to, if they said so.
    pub to: Option<&'a StageName>,
    /// What moves.
    pub chosen: &'a Chosen,
}

/// The way, whole.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Way {
    /// Where from.
    pub source: StageName,
    /// Where to.
    pub destination: StageName,
    /// The stages that get the changes, lowest first: those between on the way up, and the destination.
    pub stages: Vec<StageName>,
}

/// Finds the way.
///
/// # Errors
/// `unknown-stage`, `not-lower` when the stages lie the wrong way round, `stage-ambiguous` when more than one way fits.
pub fn find(snapshot: &Snapshot<'_>, asked: Asked<'_>) -> Result<Way, Refusal> {
    asked.from.map(|name| snapshot.line(name)).transpose()?;
    asked.to.map(|name| snapshot.line(name)).transpose()?;
    let (source, destination) = match asked.direction {
        Direction::Forward => ends_up(snapshot, asked)?,
        Direction::Back => ends_down(snapshot, asked)?,
    };
    let (low, high) = match asked.direction {
        Direction::Forward => (&source, &destination),
        Direction::Back => (&destination, &source),
    };
    if !snapshot.pipeline.higher(high, low) {
        let message = format!("{high} is not above {low}");
        return Err(Refusal::new(Code::NotLower, message, Place::Pipeline));
    }
    let stages = stages(snapshot, asked.direction, (&source, &destination));
    Ok(Way { source, destination, stages })
}

/// The stages that get what moves between two: those between on the way up, and the destination (`SPEC P10`).
pub fn stages(
    snapshot: &Snapshot<'_>,
    direction: Direction,
    (source, destination): (&StageName, &StageName),
) -> Vec<StageName> {
    let mut stages = match direction {
        Direction::Forward => on_the_way(snapshot, source, destination),
        Direction::Back => Vec::new(),
    };
    stages.push(destination.clone());
    stages
}

fn on_the_way(snapshot: &Snapshot<'_>, low: &StageName, high: &StageName) -> Vec<StageName> {
    if snapshot.pipeline.adjacent(low, high) {
        return Vec::new();
    }
    snapshot.pipeline.between(low, high).into_iter().map(|stage| stage.name.clone()).collect()
}

fn ends_up(snapshot: &Snapshot<'_>, asked: Asked<'_>) -> Result<(StageName, StageName), Refusal> {
    if let (Chosen::All { project, release }, true) = (asked.chosen, asked.from.is_none() || asked.to.is_none()) {
        return fitting_edge(snapshot, asked, (project.as_deref(), release.as_deref()));
    }
    let named = asked.chosen.named();
    let holds_all = |name: &StageName| holds_all(snapshot, name, named);
    let source = match (asked.from, asked.to) {
        (Some(from), _) => from.clone(),
        (None, Some(to)) => {
            let adjacent = snapshot.pipeline.below(to).into_iter().map(|stage| stage.name.clone());
            let (near, far): (Vec<_>, Vec<_>) = adjacent.partition(|low| snapshot.pipeline.adjacent(low, to));
            only_holding(snapshot, named, &near)
                .or_else(|| only_holding(snapshot, named, &far))
                .or_else(|| only(&near))
                .ok_or_else(|| ambiguous("from", &near))?
        }
        (None, None) if named.is_empty() => return Err(ambiguous("to", &[])),
        (None, None) => {
            let can_climb = snapshot.pipeline.stages().iter().filter(|stage| !stage.next.is_empty());
            let holding: Vec<_> = can_climb.map(|stage| stage.name.clone()).filter(holds_all).collect();
            let is_highest = |name: &&StageName| !holding.iter().any(|other| snapshot.pipeline.higher(other, name));
            let highest: Vec<_> = holding.iter().filter(is_highest).cloned().collect();
            only(&highest).ok_or_else(|| ambiguous("from", &highest))?
        }
    };
    let destination = match asked.to {
        Some(to) => to.clone(),
        None => {
            let next = &snapshot.stage(&source)?.next;
            only(next).ok_or_else(|| ambiguous("to", next))?
        }
    };
    Ok((source, destination))
}

/// Where everything is to climb and an end is not said: the one edge whose lower stage is ahead (`SPEC P5`). Whether what
/// it is ahead with may go does not count, or the same words would go to production as soon as nothing else may move.
fn fitting_edge(
    snapshot: &Snapshot<'_>,
    asked: Asked<'_>,
    (project, release): (Option<&str>, Option<&str>),
) -> Result<(StageName, StageName), Refusal> {
    let stages = snapshot.pipeline.stages().iter();
    let edges = stages.flat_map(|low| low.next.iter().map(move |high| (low.name.clone(), high.clone())));
    let said = |(low, high): &(StageName, StageName)| {
        asked.from.is_none_or(|from| from == low) && asked.to.is_none_or(|to| to == high)
    };
    let edges: Vec<_> = edges.filter(said).collect();
    let ahead = |(low, high): &&(StageName, StageName)| {
        let lacking = candidates::lacking(snapshot.state, (low, high));
        lacking.into_iter().any(|ix| candidates::is_of(snapshot, ChangeIx(ix), project, release))
    };
    let fitting: Vec<_> = edges.iter().filter(ahead).cloned().collect();
    match (fitting.as_slice(), edges.as_slice()) {
        ([one], _) | ([], [one]) => Ok(one.clone()),
        ([], []) => Err(ambiguous(if asked.from.is_none() { "from" } else { "to" }, &[])),
        ([], _) => Err(Refusal::new(Code::NothingToMove, "no stage is ahead of the next one", Place::Pipeline)),
        (several, _) => {
            let edges: Vec<Edge> =
                several.iter().map(|(from, to)| Edge { from: from.clone(), to: to.clone() }).collect();
            let names: Vec<_> = several.iter().map(|(from, to)| format!("{from} to {to}")).collect();
            let message = format!("more than one way fits for everything: {}", names.join(", "));
            Err(Refusal::new(Code::StageAmbiguous, message, Remedy::NameEdge { edges: edges.clone() })
                .with(Details::Edges { edges }))
        }
    }
}

fn ends_down(snapshot: &Snapshot<'_>, asked: Asked<'_>) -> Result<(StageName, StageName), Refusal> {
    let Some(destination) = asked.to else {
        let stages: Vec<_> = snapshot.pipeline.stages().iter().map(|stage| stage.name.clone()).collect();
        return Err(ambiguous("to", &stages));
    };
    if let Some(from) = asked.from {
        return Ok((from.clone(), destination.clone()));
    }
    let next = &snapshot.stage(destination)?.next;
    let above: Vec<_> = snapshot.pipeline.stages().iter().map(|stage| stage.name.clone()).collect();
    let above: Vec<_> = above.into_iter().filter(|name| snapshot.pipeline.higher(name, destination)).collect();
    let named = asked.chosen.named();
    let source = match named.is_empty() {
        true => only(next),
        false => {
            only_holding(snapshot, named, next).or_else(|| only_holding(snapshot, named, &above)).or_else(|| only(next))
        }
    };
    let source = source.ok_or_else(|| ambiguous("from", if next.is_empty() { &above } else { next }))?;
    Ok((source, destination.clone()))
}

fn holds_all(snapshot: &Snapshot<'_>, name: &StageName, changes: &[ChangeKey]) -> bool {
    snapshot.state.lines.get(name).is_some_and(|line| {
        changes.iter().all(|key| snapshot.state.change(key).is_some_and(|(ix, _)| line.receipts.holds(ix)))
    })
}

/// The one stage of some that holds all the changes; none where there are no changes to tell by.
fn only_holding(snapshot: &Snapshot<'_>, changes: &[ChangeKey], stages: &[StageName]) -> Option<StageName> {
    if changes.is_empty() {
        return None;
    }
    let holding: Vec<_> = stages.iter().filter(|name| holds_all(snapshot, name, changes)).cloned().collect();
    only(&holding)
}

fn only(stages: &[StageName]) -> Option<StageName> {
    match stages {
        [one] => Some(one.clone()),
        _ => None,
    }
}

fn ambiguous(end: &'static str, candidates: &[StageName]) -> Refusal {
    let names: Vec<_> = candidates.iter().map(StageName::as_str).collect();
    let what = if end == "from" { "start from" } else { "go to" };
    let message = match names.is_empty() {
        true => format!("there is no stage that this move could {what}"),
        false => format!("this move could {what} more than one stage: {}", names.join(", ")),
    };
    Refusal::new(Code::StageAmbiguous, message, Remedy::NameStage { end: end.to_owned() })
        .with(Details::Candidates { end, candidates: candidates.to_vec() })
}

/// The privilege a way needs on its destination (`SPEC S1`, `P10`).
///
/// # Errors
/// `not-permitted`.
pub fn privilege(snapshot: &Snapshot<'_>, way: &Way) -> Result<Used, Refusal> {
    let (source, destination) = (&way.source, &way.destination);
    let near = snapshot.pipeline.adjacent(source, destination) || snapshot.pipeline.adjacent(destination, source);
    let privilege = if near { Privilege::PromoteNext } else { Privilege::PromoteAny };
    rights::require(snapshot, privilege, rights::on_stage(destination))
}
