//! When a recurring run is due (`SPEC P12`).
//!
//! Cron patterns are read in the pipeline's time zone. When the clocks go back, a pattern fires once; when they go
//! forward over it, it fires at the first moment after the gap.

use crate::clock::find_zone;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::{Timestamp, Zoned};
use switchback_core::pipeline::Schedule;
use switchback_core::words::names::Time;

/// Why a cron pattern cannot be used.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BadCron {
    /// What is wrong with it.
    pub message: String,
    /// The next step.
    pub hint: String,
}

/// Checks a pattern: five fields that can be read and that come round at all.
///
/// # Errors
/// What is wrong with it.
pub fn check_cron(pattern: &str) -> Result<(), BadCron> {
    let fields = pattern.split_whitespace().count();
    let bad = |message: String| BadCron {
        message,
        hint: "write five fields: minute, hour, day of the month, month, day of the week, such as `0 2 * * 1-5`".into(),
    };
    if fields != 5 {
        return Err(bad(format!("`{pattern}` has {fields} fields, and a cron pattern has five")));
    }
    let cron = read(pattern).map_err(|why| bad(format!("`{pattern}` is no cron pattern: {why}")))?;
    let start = Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC);
    cron.find_next_occurrence(&start, true).map(drop).map_err(|_| BadCron {
        message: format!("`{pattern}` never comes round"),
        hint: "name a day that its month has".into(),
    })
}

/// The newest moment a schedule was due, after `last` and not after `now`; `None` when nothing is owed. However many
/// moments were missed, they make one run.
///
/// `last` is the due moment that was run last. A schedule that never ran owes nothing from before it existed: without
/// `last` only the current minute counts.
pub fn due(schedule: &Schedule, time_zone: &str, last: Option<Time>, now: Time) -> Option<Time> {
    let (cron, at) = open(schedule, time_zone, now)?;
    let newest = cron.find_previous_occurrence(&at, true).ok()?.timestamp().as_millisecond();
    let owed_since = last.map_or(now.0 - 60_000, |last| last.0);
    (newest > owed_since).then_some(Time(newest))
}

/// The first moment after another at which a schedule is due.
pub fn next_due(schedule: &Schedule, time_zone: &str, after: Time) -> Option<Time> {
    let (cron, at) = open(schedule, time_zone, after)?;
    let next = cron.find_next_occurrence(&at, false).ok()?;
    Some(Time(next.timestamp().as_millisecond()))
}

fn open(schedule: &Schedule, time_zone: &str, at: Time) -> Option<(Cron, Zoned)> {
    let cron = read(&schedule.cron).ok()?;
    let zone = find_zone(time_zone).ok()?;
    Some((cron, Timestamp::from_millisecond(at.0).ok()?.to_zoned(zone)))
}

fn read(pattern: &str) -> Result<Cron, String> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(pattern).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{format_time, parse_time};
    use switchback_core::pipeline::ScheduleMove;
    use switchback_core::words::names::StageName;

    const BERLIN: &str = "Europe/Berlin";

    fn schedule(cron: &str) -> Schedule {
        Schedule {
            moves: ScheduleMove::BackPromote,
            cron: cron.into(),
            from: StageName::new("PROD"),
            to: Vec::new(),
            deploy: false,
        }
    }

    fn at(text: &str) -> Time {
        parse_time(text, BERLIN).unwrap()
    }

    fn due_at(cron: &str, last: Option<&str>, now: &str) -> Option<String> {
        due(&schedule(cron), BERLIN, last.map(at), at(now)).map(|due| format_time(due, BERLIN))
    }

    #[test]
    fn a_run_is_owed_from_its_minute_until_it_ran() {
        let nightly = "0 2 * * 1-5";
        // 2026-12-01 is a Tuesday.
        let monday = Some("2026-11-30T02:00");
        let cases = [
            (monday, "2026-12-01T01:59:59", None),
            (monday, "2026-12-01T02:00", Some("2026-12-01T02:00:00+01:00")),
            (monday, "2026-12-01T17:00", Some("2026-12-01T02:00:00+01:00")),
            (Some("2026-12-01T02:00"), "2026-12-01T17:00", None),
            // Missed for a week: one run, the newest. The weekend owes nothing.
            (monday, "2026-12-06T12:00", Some("2026-12-04T02:00:00+01:00")),
            (None, "2026-12-01T02:00:59", Some("2026-12-01T02:00:00+01:00")),
            (None, "2026-12-01T02:01", None),
        ];
        for (last, now, wanted) in cases {
            assert_eq!(due_at(nightly, last, now).as_deref(), wanted, "{last:?} {now}");
        }
    }

    #[test]
    fn when_the_clocks_go_back_it_fires_once() {
        let first = due_at("30 2 * * *", Some("2026-10-24T02:30"), "2026-10-25T02:30");
        assert_eq!(first.as_deref(), Some("2026-10-25T02:30:00+02:00"));
        let again = due_at("30 2 * * *", first.as_deref(), "2026-10-25T02:45:00+01:00");
        assert_eq!(again, None);
        let next = next_due(&schedule("30 2 * * *"), BERLIN, at("2026-10-25T02:30")).unwrap();
        assert_eq!(format_time(next, BERLIN), "2026-10-26T02:30:00+01:00");
    }

    #[test]
    fn when_the_clocks_go_forward_over_it_it_fires_after_the_gap() {
        let last = Some("2026-03-28T02:30");
        assert_eq!(due_at("30 2 * * *", last, "2026-03-29T01:59"), None);
        let fired = due_at("30 2 * * *", last, "2026-03-29T03:00");
        assert_eq!(fired.as_deref(), Some("2026-03-29T03:00:00+02:00"));
        assert_eq!(due_at("30 2 * * *", fired.as_deref(), "2026-03-29T23:00"), None);
    }

    #[test]
    fn a_worker_that_looks_now_and_then_runs_every_moment_once() {
        let changes_of_the_clocks = [("2026-03-26", "2026-04-02"), ("2026-10-22", "2026-10-29")];
        for (cron, (start, end)) in ["30 2 * * *", "0 3 * * *", "*/20 * * * *", "0 2 * * 7"]
            .into_iter()
            .flat_map(|cron| changes_of_the_clocks.map(|week| (cron, week)))
        {
            let schedule = schedule(cron);
            let (start, end) = (at(start), at(end));
            let looks = (start.0..end.0).step_by(600_000).map(Time);
            let mut last = start;
            let mut ran = Vec::new();
            for now in looks {
                if let Some(moment) = due(&schedule, BERLIN, Some(last), now) {
                    ran.push(moment);
                    last = moment;
                }
            }
            let following = |after: &Time| next_due(&schedule, BERLIN, *after).filter(|moment| *moment < end);
            let wanted: Vec<Time> = std::iter::successors(following(&start), following).collect();
            assert_eq!(ran, wanted, "{cron}");
            assert!(!ran.is_empty(), "{cron}");
        }
    }

    #[test]
    fn bad_patterns_say_what_is_wrong() {
        let cases = [
            ("", "has 0 fields"),
            ("@daily", "has 1 fields"),
            ("0 2 * *", "has 4 fields"),
            ("0 0 2 * * 1", "has 6 fields"),
            ("61 2 * * *", "is no cron pattern"),
            ("0 2 * * MOON", "is no cron pattern"),
            ("0 0 31 2 *", "never comes round"),
        ];
        for (pattern, wanted) in cases {
            let message = check_cron(pattern).unwrap_err().message;
            assert!(message.contains(wanted), "{pattern}: {message}");
        }
        assert_eq!(check_cron("0 2 * * MON-FRI"), Ok(()));
        assert_eq!(check_cron("*/15 8-18 1,15 * *"), Ok(()));
    }
}
