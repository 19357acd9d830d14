//! What a stage holds and another lacks: the candidates of a way, and what is to be said of each (`SPEC P1`, `P2`).

use crate::content::Content;
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::moving::verdict::{FreezeRule, Judge, Reason, Route, Verdict, blocks};
use crate::pipeline::stage::Stage;
use crate::records::change::Standing;
use crate::records::line::Line;
use crate::records::promotion::Direction;
use crate::records::receipt::ChangeIx;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, StageName};
use crate::words::refusal::{Code, Refusal};
use roaring::RoaringBitmap;

/// Every change the source holds and the destination lacks or holds older, excluded ones aside (`SPEC P1`).
pub fn candidates(snapshot: &Snapshot<'_>, route: &Route<'_>) -> Vec<ChangeIx> {
    all(snapshot.state, (route.source, route.destination))
}

/// Every change that one stage holds and another lacks or holds older, excluded ones aside.
pub fn all(state: &State, ends: (&StageName, &StageName)) -> Vec<ChangeIx> {
    lacking(state, ends).iter().map(ChangeIx).collect()
}

/// How many candidates there are from a source to a destination.
pub fn count(state: &State, ends: (&StageName, &StageName)) -> u64 {
    lacking(state, ends).len()
}

/// What a recurring back-promotion would find between two stages now: what the source holds and the destination lacks,
/// what was taken out there or is not offered aside. A forecast that costs little: gates are asked when it runs.
pub fn coming_down(state: &State, ends: (&StageName, &StageName)) -> Vec<ChangeKey> {
    let (_, destination) = ends;
    let offered = |ix: &ChangeIx| {
        let change = state.at(*ix);
        let ignored = change.ignored.iter().any(|(stage, _)| stage == destination);
        !ignored && state.demotion_from(destination, &change.key).is_none()
    };
    lacking(state, ends).iter().map(ChangeIx).filter(offered).map(|ix| state.key(ix).clone()).collect()
}

/// The numbers of what the source holds and the destination lacks or holds older.
pub(super) fn lacking(state: &State, (source, destination): (&StageName, &StageName)) -> RoaringBitmap {
    match (state.lines.get(source), state.lines.get(destination)) {
        (Some(source), Some(destination)) => source.receipts.ahead_of(&destination.receipts) - &state.excluded,
        _ => RoaringBitmap::new(),
    }
}

/// The stages a stage is compared with: those that were named, else those next to it (`SPEC P1`).
///
/// # Errors
/// `unknown-stage`, or `not-initialized` for one that was never taken in.
pub fn compared_with<'a>(
    snapshot: &Snapshot<'a>,
    stage: &Stage,
    named: Vec<StageName>,
) -> Result<Vec<(StageName, &'a Line)>, Refusal> {
    let all = if named.is_empty() { stage.next.clone() } else { named };
    all.into_iter().map(|name| snapshot.line(&name).map(|line| (name, line))).collect()
}

/// Whether a change is of a project and a release; `None` is any.
pub fn is_of(snapshot: &Snapshot<'_>, ix: ChangeIx, project: Option<&str>, release: Option<&str>) -> bool {
    let facts = &snapshot.state.at(ix).facts;
    project.is_none_or(|wanted| facts.project.as_deref() == Some(wanted))
        && release.is_none_or(|wanted| facts.release.as_deref() == Some(wanted))
}

/// Everything the source holds with its verdict, what cannot go included (`SPEC P2`). All candidates could go at once, so
/// that a dependency among them is none that is missing.
///
/// # Errors
/// A fault of the content.
pub fn verdicts(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    direction: Direction,
    (source, destination): (&StageName, &StageName),
) -> Result<Vec<Verdict>, Fault> {
    let route = plain(direction, (source, destination));
    let along: Vec<_> = candidates(snapshot, &route).iter().map(|ix| snapshot.state.key(*ix).clone()).collect();
    let held = snapshot.state.lines.get(source).map(|line| line.receipts.iter().collect::<Vec<_>>());
    match (held, Judge::new(*snapshot, content, Route { along: &along, ..route })) {
        (Some(held), Some(mut judge)) => judge.each(&held),
        _ => Ok(Vec::new()),
    }
}

/// What keeps a change from arriving at a stage now (`SPEC H5`): what speaks against it on the way from the nearest stage
/// below that holds it, or from one above where none below does. Empty where the stage has its newest revision.
///
/// # Errors
/// A fault of the content.
pub fn keeps_back(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    ix: ChangeIx,
    destination: &StageName,
) -> Result<Vec<Reason>, Fault> {
    let state = snapshot.state;
    let held = state.lines.get(destination).and_then(|line| line.receipts.revision(ix));
    if held.is_some_and(|held| state.at(ix).standing(held) == Standing::Current) {
        return Ok(Vec::new());
    }
    let holds = |name: &StageName| state.lines.get(name).is_some_and(|line| line.receipts.holds(ix));
    let below = snapshot.pipeline.below(destination).into_iter().map(|stage| (&stage.name, Direction::Forward));
    let stages = snapshot.pipeline.stages().iter().map(|stage| &stage.name);
    let above = stages.filter(|name| snapshot.pipeline.higher(name, destination)).map(|name| (name, Direction::Back));
    let Some((source, direction)) = below.chain(above).find(|(name, _)| holds(name)) else {
        return Ok(vec![blocks(Code::NotInSource, format!("no stage below or above {destination} holds it"))]);
    };
    match Judge::new(*snapshot, content, plain(direction, (source, destination))) {
        Some(mut judge) => Ok(judge.judge(ix)?.reasons),
        None => Ok(Vec::new()),
    }
}

/// A way that nobody has asked to go yet.
fn plain<'a>(direction: Direction, (source, destination): (&'a StageName, &'a StageName)) -> Route<'a> {
    Route { direction, source, destination, along: &[], asking: None, freeze: FreezeRule::Holds }
}
