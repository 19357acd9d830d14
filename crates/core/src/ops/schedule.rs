//! Recurring runs: what a schedule asks for, and that it ran, so that it does not run twice (`SPEC P12`).

use crate::ledger::entry::Event;
use crate::ledger::plan::Plan;
use crate::ledger::snapshot::Snapshot;
use crate::moving::chosen::Chosen;
use crate::moving::freeze::Freeze;
use crate::moving::promoting::{Request, Start};
use crate::pipeline::{Pipeline, Schedule};
use crate::records::promotion::{DeployWish, Direction, PromotionOptions};
use crate::records::schedule::RunFailure;
use crate::words::names::{OperationId, Time};
use serde::{Deserialize, Serialize};

/// What ran.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ran {
    /// What names the schedule across edits of the others.
    pub schedule: String,
    /// The moment it was due.
    pub due: Time,
    /// The promotions it made.
    pub promotions: Vec<OperationId>,
    /// What it did not do though it was asked to.
    pub failures: Vec<RunFailure>,
}

/// Plans to keep that a schedule ran, and what came of it.
pub fn plan(snapshot: &Snapshot<'_>, ran: &Ran) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), "schedule");
    let Ran { schedule, due, promotions, failures } = ran.clone();
    let why: Vec<_> = failures.iter().map(|failure| failure.message.as_str()).collect();
    let name = schedule.trim_end();
    plan.says = match why.is_empty() {
        true => format!("the schedule {name} ran"),
        false => format!("the schedule {name} ran, and not all of it: {}", why.join("; ")),
    };
    plan.events.push(Event::ScheduleRan { schedule, due, promotions, failures });
    plan
}

/// What a schedule that promotes asks for, destination by destination.
pub fn climbing(pipeline: &Pipeline, schedule: &Schedule) -> Vec<Request> {
    let deploy = if schedule.deploy { DeployWish::Defaults } else { DeployWish::Nothing };
    let request = |to| Request {
        direction: Direction::Forward,
        chosen: Chosen::All { project: None, release: None },
        from: Some(schedule.from.clone()),
        to: Some(to),
        project: None,
        release: None,
        owner: None,
        options: PromotionOptions { deploy: deploy.clone(), ..PromotionOptions::default() },
        start: Start::Now,
        freeze: Freeze::Respect,
    };
    schedule.destinations(pipeline).into_iter().map(request).collect()
}
