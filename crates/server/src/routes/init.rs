//! `init`.

use crate::entrance::{Asked, Beginning, Begun, Entrance};
use crate::views::reason::warnings;
use switchback_api::verbs::init::{ImportedStage, InitRequest, Initialized};
use switchback_api::{Answer, Failure};
use switchback_core::ledger::state::State;
use switchback_core::pipeline::stage::Stage;
use switchback_engine::init::{Request, Start};
use switchback_engine::visit::Depth;

/// Begins a pipeline.
pub fn init(entrance: &Entrance, asked: &Asked, request: InitRequest) -> Result<Answer<Initialized>, Failure> {
    if let Some(caller) = &asked.caller {
        caller.require_administrator()?;
    }
    let repository = request.repository.clone();
    let request = Request {
        stages: request.stages.into_iter().map(|one| (one.stage, one.branch)).collect(),
        next: request.next.into_iter().map(|edge| (edge.from, edge.to)).collect(),
        start: if request.rebuild { Start::Rebuild } else { Start::Anew },
    };
    let beginning =
        Beginning { pipeline: asked.pipeline.as_deref(), repository: repository.as_deref(), request: &request };
    let begun = entrance.begin(&asked.visit, beginning)?;
    let told = told(&begun);
    Ok(match begun.done.depth {
        Depth::Act => Answer::Done(told),
        Depth::Plan => Answer::Plan(told),
    })
}

fn told(begun: &Begun) -> Initialized {
    let pipeline = &begun.pipeline;
    let state = &begun.done.after;
    Initialized {
        operation: None,
        kind: begun.done.plan.kind.to_owned(),
        pipeline: pipeline.name().to_owned(),
        configuration: begun.config_path.display().to_string(),
        wrote_configuration: begun.written.is_some(),
        administrator: state.administrator.as_ref().map(ToString::to_string).unwrap_or_default(),
        stages: pipeline.stages().iter().map(|stage| imported(state, stage)).collect(),
        warnings: warnings(begun.done.plan.warnings.iter().chain(&begun.done.warnings)),
        hash: match begun.done.depth {
            Depth::Act => String::new(),
            Depth::Plan => begun.done.hash.clone(),
        },
    }
}

fn imported(state: &State, stage: &Stage) -> ImportedStage {
    let line = state.lines.get(&stage.name);
    let held = line.into_iter().flat_map(|line| line.receipts.iter());
    ImportedStage {
        stage: stage.name.to_string(),
        branch: stage.branch.clone(),
        next: stage.next.iter().map(ToString::to_string).collect(),
        head: line.map(|line| line.head.to_string()).unwrap_or_default(),
        imported: held.map(|ix| state.key(ix).to_string()).collect(),
    }
}
