//! What is told before a back-promotion runs by itself: whoever works where it arrives should commit first.

use crate::ledger::state::State;
use crate::moving::candidates::coming_down;
use crate::notices::kept;
use crate::notices::of_entry::named;
use crate::notices::who_works_there::who_works_there;
use crate::pipeline::{Pipeline, Schedule, ScheduleMove};
use crate::ports::outbox::NewNotice;
use crate::records::notice::{Notice, NoticeKind, Subject};
use crate::records::promotion::{Direction, Promotion};
use crate::words::names::{ChangeKey, OperationId, StageName, Time};

/// How long before it runs people are told.
pub const AHEAD_MS: i64 = 12 * 60 * 60 * 1000;

/// A recurring run and when it is due next.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'a> {
    /// Which.
    pub schedule: &'a Schedule,
    /// When.
    pub due: Time,
}

/// What is to be told now of back-promotions that run soon, each under a name by which it is told once. `moment` words a
/// time for people.
pub fn arriving(
    (pipeline, state): (&Pipeline, &State),
    recurring: &[Coming<'_>],
    (now, moment): (Time, &dyn Fn(Time) -> String),
) -> Vec<NewNotice> {
    let is_soon = |due: Time| now < due && due.0 - now.0 <= AHEAD_MS;
    let mut all = Vec::new();
    for Coming { schedule, due } in recurring.iter().filter(|coming| is_soon(coming.due)) {
        if schedule.moves != ScheduleMove::BackPromote {
            continue;
        }
        for to in schedule.destinations(pipeline) {
            let changes = coming_down(state, (&schedule.from, &to));
            let what = Arrival { from: &schedule.from, to: &to, changes, due: *due, operation: None };
            let name = format!("arriving/{}/{to}/{}", schedule.name(), due.0);
            all.extend(what.notice((pipeline, state), (now, moment)).map(|notice| kept(name, &notice)));
        }
    }
    for (promotion, due) in state.open_promotions().filter_map(scheduled).filter(|(_, due)| is_soon(*due)) {
        let changes = promotion.carried().map(|one| one.change.clone()).collect();
        let (from, to) = (&promotion.source, &promotion.destination);
        let what = Arrival { from, to, changes, due, operation: Some(promotion.id) };
        let name = format!("arriving/{}/{}", promotion.id, due.0);
        all.extend(what.notice((pipeline, state), (now, moment)).map(|notice| kept(name, &notice)));
    }
    all
}

/// A promotion that comes down by itself, with its time.
fn scheduled(promotion: &Promotion) -> Option<(&Promotion, Time)> {
    let waits = promotion.direction == Direction::Back && promotion.status.is_open();
    let due = promotion.scheduled_at.filter(|_| waits && promotion.is_due(Time(i64::MAX)))?;
    Some((promotion, due))
}

struct Arrival<'a> {
    from: &'a StageName,
    to: &'a StageName,
    changes: Vec<ChangeKey>,
    due: Time,
    operation: Option<OperationId>,
}

impl Arrival<'_> {
    /// `None` where nothing would arrive.
    fn notice(
        self,
        (pipeline, state): (&Pipeline, &State),
        (now, moment): (Time, &dyn Fn(Time) -> String),
    ) -> Option<Notice> {
        let Self { from, to, changes, due, operation } = self;
        if changes.is_empty() {
            return None;
        }
        let owners = who_works_there((pipeline, state), to, (&changes, now));
        let at = moment(due);
        let says = format!("commit your work at {to}: {} from {from} arrives there at {at}", named(&changes));
        let (source, stage, due) = (Some(from.clone()), Some(to.clone()), Some(due));
        let subject = Subject { operation, stage, source, area: None, changes, due };
        Some(Notice { kind: NoticeKind::Arriving, says, by: None, subject, owners })
    }
}
