//! `depends [CHANGE] [--stage S]`: who builds on whom (`SPEC D4`, `P11`).

use crate::failure::Said;
use switchback_api::Failure;
use switchback_api::verbs::depends::{Depends, DependsRequest, Edge};
use switchback_core::depend::graph;
use switchback_core::ledger::snapshot::Snapshot;
use switchback_core::records::line::Line;
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::{ChangeKey, StageName};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::Remedy;
use switchback_engine::desk::Desk;
use switchback_engine::failure::EngineFailure;

/// Tells who builds on whom.
pub fn depends(desk: &Desk<'_>, request: DependsRequest) -> Result<Depends, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let asked = request.change.as_ref().map(ChangeKey::new);
    let about = asked.as_ref().map(|key| snapshot.change(key)).transpose().said()?.map(|(ix, _)| ix);
    let (stage, line) = find(&snapshot, request.stage.as_deref(), about).said()?;
    let edges = graph::edges(&snapshot, &*desk.repo, line, about).said()?;
    let edges = about.map_or(edges.clone(), |about| connected(edges, about));
    let joined = |ix: &ChangeIx| Some(*ix) == about || edges.iter().any(|edge| edge.change == *ix || edge.on == *ix);
    let mut changes: Vec<ChangeIx> = Vec::new();
    for item in &line.items {
        if joined(&item.change) && !changes.contains(&item.change) {
            changes.push(item.change);
        }
    }
    let key = |ix: ChangeIx| state.key(ix).to_string();
    let told = edges.iter().map(|edge| Edge {
        change: key(edge.change),
        on: key(edge.on),
        declared: edge.declared,
        content: !edge.paths.is_empty(),
        files: edge.paths.iter().map(ToString::to_string).collect(),
    });
    Ok(Depends {
        stage: stage.to_string(),
        change: asked.map(|key| key.to_string()),
        edges: told.collect(),
        alone: (line.receipts.iter().count() - changes.len()) as u64,
        changes: changes.into_iter().map(key).collect(),
    })
}

/// The stage that was named; else the lowest that holds the change, or anything at all.
fn find<'a>(
    snapshot: &Snapshot<'a>,
    stage: Option<&str>,
    about: Option<ChangeIx>,
) -> Result<(StageName, &'a Line), EngineFailure> {
    let holds = |line: &Line| about.map_or(line.receipts.iter().next().is_some(), |ix| line.receipts.holds(ix));
    if let Some(stage) = stage.map(StageName::new) {
        let line = snapshot.line(&stage)?;
        return match about {
            Some(ix) if !holds(line) => Err(not_there(snapshot, ix, &format!("{stage} does not hold")).into()),
            _ => Ok((stage, line)),
        };
    }
    let stages = snapshot.pipeline.stages().iter().map(|stage| &stage.name);
    let lines: Vec<_> = stages.filter_map(|name| Some((name, snapshot.state.lines.get(name)?))).collect();
    let holding: Vec<_> = lines.iter().filter(|(_, line)| holds(line)).collect();
    let lowest = |name: &StageName| !holding.iter().any(|(other, _)| snapshot.pipeline.higher(name, other));
    let found = holding.iter().copied().find(|(name, _)| lowest(name));
    match (found, about) {
        (None, Some(ix)) => Err(not_there(snapshot, ix, "no stage holds").into()),
        (found, _) => {
            let taken_in =
                || Refusal::new(Code::NotInitialized, "no stage was taken in", Remedy::Initialize { pipeline: None });
            let (name, line) = found.or(lines.first()).ok_or_else(taken_in)?;
            Ok(((*name).clone(), line))
        }
    }
}

fn not_there(snapshot: &Snapshot<'_>, ix: ChangeIx, what: &str) -> Refusal {
    let key = snapshot.state.key(ix);
    let remedy = Remedy::ShowWhere { change: key.clone() };
    Refusal::new(Code::NotAtStage, format!("{what} {key}"), remedy)
}

/// The edges above and below one change.
fn connected(edges: Vec<graph::Edge>, about: ChangeIx) -> Vec<graph::Edge> {
    let reached = |ends: fn(&graph::Edge) -> (ChangeIx, ChangeIx)| {
        let mut found = vec![about];
        let mut at = 0;
        while let Some(here) = found.get(at).copied() {
            for (from, to) in edges.iter().map(ends) {
                if from == here && !found.contains(&to) {
                    found.push(to);
                }
            }
            at += 1;
        }
        found
    };
    let (below, above) = (reached(|edge| (edge.change, edge.on)), reached(|edge| (edge.on, edge.change)));
    let within = |some: &[ChangeIx], edge: &graph::Edge| some.contains(&edge.change) && some.contains(&edge.on);
    edges.iter().filter(|edge| within(&below, edge) || within(&above, edge)).cloned().collect()
}
