//! `depends [CHANGE] [--stage S]`: who builds on whom (`SPEC D4`, `P11`).

use crate::failure::Said;
use crate::parse::stage;
use switchback_api::Failure;
use switchback_api::verbs::depends::{Depends, DependsRequest, Edge};
use switchback_core::depend::graph;
use switchback_core::depend::stage_graph::stage_graph;
use switchback_core::ledger::state::State;
use switchback_core::words::names::ChangeKey;
use switchback_engine::desk::Desk;

/// Tells who builds on whom.
pub fn depends(desk: &Desk<'_>, request: DependsRequest) -> Result<Depends, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let asked = request.change.as_ref().map(ChangeKey::new);
    let about = asked.as_ref().map(|key| snapshot.change(key)).transpose().said()?.map(|(ix, _)| ix);
    let found = stage_graph(&snapshot, &*desk.repo, stage(&request.stage).as_ref(), about).said()?;
    Ok(Depends {
        stage: found.stage.to_string(),
        change: asked.map(|key| key.to_string()),
        edges: found.edges.iter().map(|one| edge(&state, one)).collect(),
        alone: found.alone,
        untried: found.untried.into_iter().map(|ix| state.key(ix).to_string()).collect(),
        changes: found.changes.into_iter().map(|ix| state.key(ix).to_string()).collect(),
    })
}

fn edge(state: &State, edge: &graph::Edge) -> Edge {
    Edge {
        change: state.key(edge.change).to_string(),
        on: state.key(edge.on).to_string(),
        declared: edge.declared,
        content: !edge.paths.is_empty(),
        files: edge.paths.iter().map(ToString::to_string).collect(),
    }
}
