//! `contains`: what a stage holds.

use crate::failure::Said;
use crate::parse::written;
use crate::routes::change::areas;
use std::collections::HashMap;
use switchback_api::Failure;
use switchback_api::verbs::contains::{Contained, Contains, ContainsRequest};
use switchback_core::ledger::state::State;
use switchback_core::moving::candidates::is_of;
use switchback_core::records::line::{Item, Line};
use switchback_core::records::receipt::ChangeIx;
use switchback_core::words::names::StageName;
use switchback_engine::desk::Desk;

/// Tells what a stage holds.
pub fn contains(desk: &Desk<'_>, request: ContainsRequest) -> Result<Contains, Failure> {
    let state = desk.look().said()?;
    let snapshot = desk.snapshot(&state);
    let name = StageName::new(&request.stage);
    let line = snapshot.line(&name).said()?;
    let wanted = |ix: &ChangeIx| is_of(&snapshot, *ix, request.project.as_deref(), request.release.as_deref());
    // One walk over the line, however long it is: the last item of a change is how it is there.
    let last: HashMap<ChangeIx, (usize, &Item)> =
        line.items.iter().enumerate().map(|(at, item)| (item.change, (at, item))).collect();
    let mut held: Vec<ChangeIx> = line.receipts.iter().filter(wanted).collect();
    held.sort_by_key(|ix| last.get(ix).map(|(at, _)| *at));
    let at = At { desk, state: &state, stage: &name, line };
    let told = held.into_iter().map(|ix| contained(&at, ix, last.get(&ix).map(|(_, item)| *item)));
    Ok(Contains { stage: name.to_string(), changes: told.collect() })
}

/// Whose changes are told.
struct At<'a> {
    desk: &'a Desk<'a>,
    state: &'a State,
    stage: &'a StageName,
    line: &'a Line,
}

fn contained(at: &At<'_>, ix: ChangeIx, item: Option<&Item>) -> Contained {
    let At { desk, state, stage, line } = at;
    let change = state.at(ix);
    let facts = &change.facts;
    let here = |area: &str| state.pipeline().areas_of(stage).any(|one| one.name.as_str() == area);
    let since = item.and_then(|item| desk.repo.commit_info(item.commit).ok());
    Contained {
        change: change.key.to_string(),
        title: facts.title.clone(),
        project: facts.project.clone(),
        release: facts.release.clone(),
        owner: facts.owner.to_string(),
        revision: line.receipts.revision(ix).map_or(0, |revision| revision.0),
        newest: change.latest().number.0,
        excluded: change.excluded.is_some(),
        came_down: line.came_down.contains(ix.0),
        since: since.map(|commit| written(desk, commit.committer.time)),
        operation: item.and_then(|item| item.operation).map(|id| id.to_string()),
        commit: item.map(|item| item.commit.to_string()),
        areas: areas(state, ix).into_iter().filter(|one| here(&one.area)).collect(),
    }
}
