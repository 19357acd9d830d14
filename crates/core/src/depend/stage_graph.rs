//! Who builds on whom on one stage, as somebody asks it: about everybody, or about one change (`SPEC D4`, `P11`).

use crate::content::Content;
use crate::depend::graph::{self, Edge, Edges};
use crate::ledger::plan::Stop;
use crate::ledger::snapshot::Snapshot;
use crate::records::line::Line;
use crate::records::receipt::ChangeIx;
use crate::words::names::StageName;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;

/// Who builds on whom.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StageGraph {
    /// On which stage.
    pub stage: StageName,
    /// One change builds on another. About one change: those on the ways up and down from it.
    pub edges: Vec<Edge>,
    /// The changes that have an edge, and the one asked about, as the line carried them.
    pub changes: Vec<ChangeIx>,
    /// How many changes of the stage are not among them.
    pub alone: u64,
    /// The changes left out because there was too much to try: who builds on them by content is not known.
    pub untried: Vec<ChangeIx>,
}

/// Who builds on whom on a stage: the one that was named; else the lowest that holds the change, or anything at all.
///
/// # Errors
/// `unknown-stage`, `not-at-stage` when the stage, or every stage, lacks the change, `not-initialized`, or a fault of the
/// content.
pub fn stage_graph(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    stage: Option<&StageName>,
    about: Option<ChangeIx>,
) -> Result<StageGraph, Stop> {
    let (stage, line) = match stage {
        Some(stage) => (stage, named(snapshot, stage, about)?),
        None => lowest(snapshot, about)?,
    };
    let Edges { edges, untried } = graph::edges(snapshot, content, line, about)?;
    let edges = match about {
        Some(about) => connected(&edges, about),
        None => edges,
    };
    let joined = |ix: &ChangeIx| Some(*ix) == about || edges.iter().any(|edge| edge.change == *ix || edge.on == *ix);
    let mut changes: Vec<ChangeIx> = Vec::new();
    for item in &line.items {
        if joined(&item.change) && !changes.contains(&item.change) {
            changes.push(item.change);
        }
    }
    let alone = line.receipts.len() - changes.len() as u64;
    Ok(StageGraph { stage: stage.clone(), edges, changes, alone, untried })
}

fn named<'a>(snapshot: &Snapshot<'a>, stage: &StageName, about: Option<ChangeIx>) -> Result<&'a Line, Refusal> {
    let line = snapshot.line(stage)?;
    match about {
        Some(ix) if !line.receipts.holds(ix) => Err(not_there(snapshot, ix, &format!("{stage} does not hold"))),
        _ => Ok(line),
    }
}

/// The lowest stage that holds a change, or anything; the first that was taken in, where nothing is held at all.
fn lowest<'a>(snapshot: &Snapshot<'a>, about: Option<ChangeIx>) -> Result<(&'a StageName, &'a Line), Refusal> {
    let holds = |line: &Line| about.map_or(!line.receipts.is_empty(), |ix| line.receipts.holds(ix));
    let stages = snapshot.pipeline.stages().iter().map(|stage| &stage.name);
    let lines: Vec<_> = stages.filter_map(|name| Some((name, snapshot.state.lines.get(name)?))).collect();
    let holding: Vec<_> = lines.iter().filter(|(_, line)| holds(line)).collect();
    let is_lowest = |name: &StageName| !holding.iter().any(|(other, _)| snapshot.pipeline.higher(name, other));
    let found = holding.iter().copied().find(|(name, _)| is_lowest(name));
    match (found, about) {
        (None, Some(ix)) => Err(not_there(snapshot, ix, "no stage holds")),
        (found, _) => found.or(lines.first()).copied().ok_or_else(|| {
            Refusal::new(Code::NotInitialized, "no stage was taken in", Remedy::Initialize { pipeline: None })
        }),
    }
}

fn not_there(snapshot: &Snapshot<'_>, ix: ChangeIx, what: &str) -> Refusal {
    let key = snapshot.state.key(ix);
    let remedy = Remedy::ShowWhere { change: key.clone() };
    Refusal::new(Code::NotAtStage, format!("{what} {key}"), remedy)
}

/// The edges above and below one change: not those between others that merely build on the same.
fn connected(edges: &[Edge], about: ChangeIx) -> Vec<Edge> {
    let below = reached(about, edges.iter().map(|edge| (edge.change, edge.on)));
    let above = reached(about, edges.iter().map(|edge| (edge.on, edge.change)));
    let within = |some: &[ChangeIx], edge: &Edge| some.contains(&edge.change) && some.contains(&edge.on);
    edges.iter().filter(|edge| within(&below, edge) || within(&above, edge)).cloned().collect()
}

fn reached(start: ChangeIx, steps: impl Iterator<Item = (ChangeIx, ChangeIx)> + Clone) -> Vec<ChangeIx> {
    let mut found = vec![start];
    let mut at = 0;
    while let Some(here) = found.get(at).copied() {
        for (from, to) in steps.clone() {
            if from == here && !found.contains(&to) {
                found.push(to);
            }
        }
        at += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::PathSet;

    fn edges(of: &[(u32, u32)]) -> Vec<Edge> {
        let edge = |(change, on): &(u32, u32)| {
            let (change, on) = (ChangeIx(*change), ChangeIx(*on));
            Edge { change, on, declared: true, paths: PathSet::new() }
        };
        of.iter().map(edge).collect()
    }

    #[test]
    fn about_one_change_are_the_ways_up_and_down_from_it() {
        // 4 and 5 build on 3, which builds on 1 and 2; 6 builds on 2 beside it, and 8 on 7.
        let all = edges(&[(3, 1), (3, 2), (4, 3), (5, 4), (6, 2), (8, 7)]);
        assert_eq!(connected(&all, ChangeIx(3)), edges(&[(3, 1), (3, 2), (4, 3), (5, 4)]));
        assert_eq!(connected(&all, ChangeIx(2)), edges(&[(3, 2), (4, 3), (5, 4), (6, 2)]));
        assert_eq!(connected(&all, ChangeIx(6)), edges(&[(6, 2)]));
        assert_eq!(connected(&all, ChangeIx(9)), edges(&[]));
    }

    #[test]
    fn a_circle_ends() {
        let all = edges(&[(1, 2), (2, 1)]);
        assert_eq!(connected(&all, ChangeIx(1)), all);
    }
}
