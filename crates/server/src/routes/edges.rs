//! `edges`: what waits on each way between two stages.

use crate::failure::Said;
use crate::parse::written;
use switchback_api::Failure;
use switchback_api::verbs::edges::{Edges, EdgesRequest, LeftToPeople, StageEdge, Waiting};
use switchback_core::ledger::state::State;
use switchback_core::moving::candidates::{all, count, verdicts};
use switchback_core::moving::left_to_people;
use switchback_core::pipeline::ScheduleMove;
use switchback_core::pipeline::connection::Connection;
use switchback_core::pipeline::stage::{Mode, Stage};
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
    let moves = match direction {
        Direction::Forward => ScheduleMove::Promote,
        Direction::Back => ScheduleMove::BackPromote,
    };
    let (from, to) = (source.clone(), destination.clone());
    let connection = Connection { moves, from, to, mode: state.pipeline().mode(moves, ends) };
    Ok(Waiting {
        count,
        eligible,
        next_run: next_run((desk, state), &connection),
        mode: connection.mode.as_str().to_owned(),
        left_to_people: left(state, &connection),
    })
}

fn left(state: &State, connection: &Connection) -> Vec<LeftToPeople> {
    if connection.mode != Mode::Automatic {
        return Vec::new();
    }
    let waiting = all(state, (&connection.from, &connection.to));
    let told = |one: left_to_people::LeftToPeople| LeftToPeople {
        change: one.change.to_string(),
        promotion: one.promotion.to_string(),
        message: one.message,
    };
    left_to_people::left_to_people(state, connection, &waiting).into_iter().map(told).collect()
}

fn next_run((desk, state): (&Desk<'_>, &State), connection: &Connection) -> Option<String> {
    let all = coming(desk, state, desk.clock.now());
    let ours = all.iter().filter(|one| {
        let schedule = one.schedule;
        schedule.moves == connection.moves
            && schedule.from == connection.from
            && schedule.destinations(state.pipeline()).contains(&connection.to)
    });
    ours.filter_map(|one| one.at).min().map(|at| written(desk, at))
}
