//! A recurring run happened, so that it does not happen twice (`SPEC P12`).

use crate::ledger::entry::Event;
use crate::ledger::plan::Plan;
use crate::ledger::snapshot::Snapshot;
use crate::words::names::Time;
use serde::{Deserialize, Serialize};

/// What ran.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ran {
    /// What names the schedule across edits of the others.
    pub schedule: String,
    /// The moment it was due.
    pub due: Time,
}

/// Plans to keep that a schedule ran.
pub fn plan(snapshot: &Snapshot<'_>, ran: &Ran) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), "schedule");
    plan.says = format!("the schedule {} ran", ran.schedule);
    plan.events.push(Event::ScheduleRan { schedule: ran.schedule.clone(), due: ran.due });
    plan
}
