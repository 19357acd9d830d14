//! Connections: the ways between neighbours, up and down, and by whom changes are moved there (`SPEC P14`).

use crate::pipeline::stage::{Mode, Stage};
use crate::pipeline::{Pipeline, Schedule, ScheduleMove};
use crate::words::names::{StageName, Time};

/// A way from a stage to a neighbour.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connection {
    /// Up or down.
    pub moves: ScheduleMove,
    /// The source.
    pub from: StageName,
    /// The destination.
    pub to: StageName,
    /// By whom changes are moved along it.
    pub mode: Mode,
}

impl Connection {
    /// What names what came of it in the ledger. A schedule's name begins with five fields, so none is like it.
    pub fn name(&self) -> String {
        format!("{} {} {} {}", Mode::Automatic.as_str(), self.moves.as_str(), self.from, self.to)
    }

    /// Whether a schedule moves what waits there: it goes to the destination, from the source or, on the way down, from a
    /// stage above it.
    fn is_covered(&self, schedule: &Schedule, pipeline: &Pipeline) -> bool {
        let above = || self.moves == ScheduleMove::BackPromote && pipeline.higher(&schedule.from, &self.from);
        schedule.moves == self.moves
            && (schedule.from == self.from || above())
            && schedule.destinations(pipeline).contains(&self.to)
    }
}

impl Pipeline {
    /// Every connection, those that climb first: from the lowest stage up, and then from the highest down.
    pub fn connections(&self) -> Vec<Connection> {
        let up = self.stages().iter().flat_map(|stage| self.into(stage, ScheduleMove::Promote));
        let down = self.stages().iter().rev().flat_map(|stage| self.into(stage, ScheduleMove::BackPromote));
        up.chain(down).collect()
    }

    /// The connections that lead into a stage from below, or from above.
    fn into(&self, stage: &Stage, moves: ScheduleMove) -> Vec<Connection> {
        let (gate, sources): (_, Vec<_>) = match moves {
            ScheduleMove::Promote => (&stage.promote, self.neighbours_below(&stage.name)),
            ScheduleMove::BackPromote => (&stage.back_promote, stage.next.clone()),
        };
        let one = |from: StageName| {
            let mode = gate.mode_from(&from);
            Connection { moves, from, to: stage.name.clone(), mode }
        };
        sources.into_iter().map(one).collect()
    }

    fn neighbours_below(&self, name: &StageName) -> Vec<StageName> {
        self.stages().iter().filter(|stage| stage.next.contains(name)).map(|stage| stage.name.clone()).collect()
    }

    /// The stages that changes come into a stage from, one step away.
    pub fn sources(&self, stage: &Stage, moves: ScheduleMove) -> Vec<StageName> {
        self.into(stage, moves).into_iter().map(|connection| connection.from).collect()
    }

    /// By whom changes are moved from a stage to another; people where they are no neighbours.
    pub fn mode(&self, moves: ScheduleMove, (from, to): (&StageName, &StageName)) -> Mode {
        let there = self.stage(to).map(|stage| self.into(stage, moves)).unwrap_or_default();
        there.into_iter().find(|connection| connection.from == *from).map_or(Mode::Manual, |one| one.mode)
    }

    /// Whether a freeze window of any stage began or ended between two moments.
    pub fn freezes_changed(&self, since: Time, now: Time) -> bool {
        self.stages().iter().any(|stage| stage.frozen_at(since) != stage.frozen_at(now))
    }

    /// The first moment after another at which a freeze window of any stage begins or has ended.
    pub fn next_freeze_change(&self, after: Time) -> Option<Time> {
        let windows = self.stages().iter().flat_map(|stage| &stage.freeze);
        windows.flat_map(|window| [window.from, Time(window.to.0 + 1)]).filter(|at| *at > after).min()
    }

    /// The connections that a schedule is to move along, and none does.
    pub fn unscheduled(&self) -> Vec<Connection> {
        let covered = |one: &Connection| self.settings().schedules.iter().any(|each| one.is_covered(each, self));
        self.connections().into_iter().filter(|one| one.mode == Mode::Scheduled && !covered(one)).collect()
    }
}
