//! `edges`: what waits on each way between two stages.

use crate::failure::Said;
use crate::parse::written;
use switchback_api::Failure;
use switchback_api::verbs::edges::{Edges, EdgesRequest, StageEdge, Waiting};
use switchback_core::ledger::state::State;
use switchback_core::moving::candidates::{count, verdicts};
use switchback_core::pipeline::ScheduleMove;
use switchback_core::pipeline::stage::Stage;
use switchback_core::records::promotion::Direction;
use switchback_core::words::names::StageName;
use switchback_engine::desk::Desk;
use switchback_engine::run_due::coming;

/// Tells what waits.
pub fn edges(desk: &Desk<'_>, request: EdgesRequest) -> Result<Edges, Failure> {
    let state = desk.look().said()?;
    let pipeline = state.pipeline();
    let mut edges = Vec::new();
    for lower in pipeline.stages() {
        let is_next = |higher: &&Stage| lower.next.contains(&higher.name);
        let reached = |higher: &&Stage| is_next(higher) || (request.all && pipeline.higher(&higher.name, &lower.name));
        for higher in pipeline.stages().iter().filter(reached) {
            edges.push(StageEdge {
                lower: lower.name.to_string(),
                higher: higher.name.to_string(),
                adjacent: is_next(&higher),
                ahead: waiting(desk, &state, (Direction::Forward, &lower.name, &higher.name))?,
                behind: waiting(desk, &state, (Direction::Back, &higher.name, &lower.name))?,
            });
        }
    }
    Ok(Edges { edges })
}

fn waiting(
    desk: &Desk<'_>,
    state: &State,
    (direction, source, destination): (Direction, &StageName, &StageName),
) -> Result<Waiting, Failure> {
    let ends = (source, destination);
    let count = count(state, ends);
    // Where nothing waits nothing is judged.
    let eligible = match count {
        0 => 0,
        _ => {
            let judged = verdicts(&desk.snapshot(state), &*desk.repo, direction, ends).said()?;
            judged.iter().filter(|one| one.eligible()).count() as u64
        }
    };
    Ok(Waiting { count, eligible, next_run: next_run((desk, state), direction, ends) })
}

fn next_run(
    (desk, state): (&Desk<'_>, &State),
    direction: Direction,
    (source, destination): (&StageName, &StageName),
) -> Option<String> {
    let way = match direction {
        Direction::Forward => ScheduleMove::Promote,
        Direction::Back => ScheduleMove::BackPromote,
    };
    let all = coming(desk, state, desk.clock.now());
    let ours = all.iter().filter(|one| {
        let schedule = one.schedule;
        schedule.moves == way
            && schedule.from == *source
            && schedule.destinations(state.pipeline()).iter().any(|name| name == destination)
    });
    ours.filter_map(|one| one.at).min().map(|at| written(desk, at))
}
