//! Moving by hand where a schedule does (`SPEC P14`): who may does, and is told.

use crate::ledger::entry::Event;
use crate::ledger::plan::Plan;
use crate::ledger::snapshot::Snapshot;
use crate::pipeline::ScheduleMove;
use crate::pipeline::stage::Mode;
use crate::records::promotion::{Direction, Promotion, PromotionStatus};
use crate::words::warning::Warning;

/// The warning about it.
const AHEAD_OF_SCHEDULE: &str = "ahead-of-schedule";

/// A plan that somebody asked for, with what they should know of each record that it moves along a scheduled connection.
pub fn told(snapshot: &Snapshot<'_>, mut plan: Plan) -> Plan {
    let moves = |promotion: &Promotion| match promotion.direction {
        Direction::Forward => ScheduleMove::Promote,
        Direction::Back => ScheduleMove::BackPromote,
    };
    let waits = |status| matches!(status, PromotionStatus::Draft | PromotionStatus::Scheduled);
    let early = |event: &Event| {
        let Event::Promotion(record) = event else { return None };
        let ends = (&record.source, &record.destination);
        let is_scheduled = snapshot.pipeline.mode(moves(record), ends) == Mode::Scheduled;
        (is_scheduled && !waits(record.status)).then(|| {
            let message = format!("{} to {} goes by schedule, and {} does not wait for it", ends.0, ends.1, record.id);
            Warning::of(AHEAD_OF_SCHEDULE, message)
        })
    };
    let early: Vec<_> = plan.events.iter().filter_map(early).collect();
    plan.warnings.extend(early);
    plan
}
