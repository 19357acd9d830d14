//! The clock, and how moments are read and written.
//!
//! The core keeps moments in milliseconds since 1970 UTC; people write them in the pipeline's time zone. Nothing
//! here decides anything: a rule gets `now` as an argument.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;
use switchback_core::words::remedy::Remedy;

/// The variable that freezes the clock, for tests of whole commands: an RFC 3339 moment.
pub const FROZEN_NOW: &str = "SWITCHBACK_NOW";

/// Where `now` comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A moment that does not pass.
    Frozen(Time),
}

impl Clock {
    /// The clock of this process: frozen when [`FROZEN_NOW`] is set, else the machine's.
    ///
    /// # Errors
    /// `clock-unreadable` when the variable holds no RFC 3339 moment.
    pub fn from_surroundings() -> Result<Self, Fault> {
        match std::env::var(FROZEN_NOW) {
            Ok(text) => Self::frozen_at(&text),
            Err(_) => Ok(Self::System),
        }
    }

    fn frozen_at(text: &str) -> Result<Self, Fault> {
        let moment: Timestamp = text.parse().map_err(|_| {
            let message = format!("{FROZEN_NOW} is `{text}`, which is no moment");
            Fault::new("clock-unreadable", message, "write it like 2026-12-01T22:00:00Z, or unset it")
        })?;
        Ok(Self::Frozen(Time(moment.as_millisecond())))
    }

    /// The present moment.
    pub fn now(self) -> Time {
        match self {
            Self::System => Time(Timestamp::now().as_millisecond()),
            Self::Frozen(at) => at,
        }
    }
}

/// Which end of a day a bare date stands for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DayEnd {
    /// Its first moment.
    First,
    /// Its last moment.
    Last,
}

/// Finds a time zone by its IANA name.
///
/// # Errors
/// `time-zone-unknown` when this machine's time zone database has no such name.
pub fn find_zone(name: &str) -> Result<TimeZone, Fault> {
    TimeZone::get(name).map_err(|_| {
        let known: Vec<String> = jiff::tz::db().available().map(|name| name.to_string()).collect();
        let hint = match switchback_core::words::refusal::closest(name, &known) {
            Some(name) => Remedy::DidYouMean { name },
            None if known.is_empty() => "install the time zone database (tzdata), or use `UTC`".into(),
            None => "use an IANA name such as `Europe/Berlin`, or `UTC`".into(),
        };
        Fault::new("time-zone-unknown", format!("`{name}` is no known time zone"), hint)
    })
}

/// Reads a moment (`SPEC P12`): RFC 3339 (`2026-12-01T22:00:00+01:00`, `2026-12-01T21:00Z`), or local to the zone
/// (`2026-12-01T22:00`, `2026-12-01 22:00`, `2026-12-01` for its first moment).
///
/// A local time the clocks skip is moved forward by what they skip (02:30 becomes 03:30); one they show twice is
/// the earlier of the two.
///
/// # Errors
/// `time-unreadable`, and `time-zone-unknown` when a local time is read in an unknown zone.
pub fn parse_time(text: &str, time_zone: &str) -> Result<Time, Fault> {
    parse_end(text, time_zone, DayEnd::First)
}

/// Reads a moment like [`parse_time`]; a bare date stands for the end of that day that is asked for.
///
/// # Errors
/// As [`parse_time`].
pub fn parse_end(text: &str, time_zone: &str, end: DayEnd) -> Result<Time, Fault> {
    let text = text.trim();
    // A moment with an offset comes first: read as a local time, its offset would be dropped unseen.
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(Time(moment.as_millisecond()));
    }
    let zone = find_zone(time_zone)?;
    let local = match text.parse::<Date>() {
        // A date with a time is a date to this parser too.
        Ok(date) if text.len() <= date.to_string().len() => match end {
            DayEnd::First => date.to_datetime(jiff::civil::Time::midnight()),
            DayEnd::Last => return last_moment(date, &zone).ok_or_else(|| unreadable(text)),
        },
        _ => text.parse::<DateTime>().map_err(|_| unreadable(text))?,
    };
    let zoned = zone.to_zoned(local).map_err(|_| unreadable(text))?;
    Ok(Time(zoned.timestamp().as_millisecond()))
}

/// The millisecond before the next day begins, whatever the clocks do in between.
fn last_moment(date: Date, zone: &TimeZone) -> Option<Time> {
    let tomorrow = date.checked_add(1.day()).ok()?;
    let begins = zone.to_zoned(tomorrow.to_datetime(jiff::civil::Time::midnight())).ok()?;
    Some(Time(begins.timestamp().as_millisecond() - 1))
}

fn unreadable(text: &str) -> Fault {
    let hint = "write it like 2026-12-01T22:00 (in the pipeline's time zone), 2026-12-01, or 2026-12-01T22:00:00Z";
    Fault::new("time-unreadable", format!("`{text}` is no moment in time"), hint)
}

/// Writes a moment as RFC 3339 in a zone, to the second: `2026-12-01T22:00:00+01:00`. In a zone this machine does
/// not know, it is written in UTC, which is as true.
pub fn format_time(at: Time, time_zone: &str) -> String {
    let moment = Timestamp::from_millisecond(at.0).unwrap_or(Timestamp::UNIX_EPOCH);
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    if zone == TimeZone::UTC {
        return moment.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    }
    moment.to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: &str = "Europe/Berlin";

    #[test]
    fn moments_are_read_in_the_zone_unless_they_bring_their_own() {
        let cases = [
            ("2026-12-01T22:00", "2026-12-01T22:00:00+01:00"),
            ("2026-12-01 22:00", "2026-12-01T22:00:00+01:00"),
            (" 2026-12-01T22:00:30 ", "2026-12-01T22:00:30+01:00"),
            ("2026-07-01T22:00", "2026-07-01T22:00:00+02:00"),
            ("2026-12-01", "2026-12-01T00:00:00+01:00"),
            ("2026-12-01T22:00:00Z", "2026-12-01T23:00:00+01:00"),
            ("2026-12-01T22:00Z", "2026-12-01T23:00:00+01:00"),
            ("2026-12-01T22:00:00-05:00", "2026-12-02T04:00:00+01:00"),
            // Clocks go from 02:00 to 03:00.
            ("2026-03-29T02:30", "2026-03-29T03:30:00+02:00"),
            // Clocks go from 03:00 back to 02:00.
            ("2026-10-25T02:30", "2026-10-25T02:30:00+02:00"),
        ];
        for (text, wanted) in cases {
            assert_eq!(format_time(parse_time(text, BERLIN).unwrap(), BERLIN), wanted, "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused_with_an_example() {
        for text in ["", "tomorrow", "2026-13-01", "2026-02-30T10:00", "22:00", "2026-12-01T25:00"] {
            let fault = parse_time(text, BERLIN).unwrap_err();
            assert_eq!(fault.code, "time-unreadable", "{text}");
            assert!(matches!(&fault.remedy, Remedy::Advice { text } if text.contains("2026-12-01T22:00")), "{text}");
        }
    }

    #[test]
    fn a_bare_date_ends_when_the_next_day_begins() {
        let end = parse_end("2026-10-25", BERLIN, DayEnd::Last).unwrap();
        assert_eq!(Time(end.0 + 1), parse_time("2026-10-26", BERLIN).unwrap());
        let noon = parse_end("2026-10-25T12:00", BERLIN, DayEnd::Last).unwrap();
        assert_eq!(noon, parse_time("2026-10-25T12:00", BERLIN).unwrap());
    }

    #[test]
    fn an_unknown_zone_is_named_with_the_nearest() {
        let fault = parse_time("2026-12-01", "Europe/Berln").unwrap_err();
        let meant = Remedy::DidYouMean { name: "Europe/Berlin".to_owned() };
        assert_eq!((fault.code, fault.remedy), ("time-zone-unknown", meant));
    }

    #[test]
    fn utc_is_written_with_a_z() {
        assert_eq!(format_time(Time(0), "UTC"), "1970-01-01T00:00:00Z");
        assert_eq!(format_time(Time(1_500), "Nowhere/At-all"), "1970-01-01T00:00:01Z");
    }

    #[test]
    fn a_frozen_clock_stands_still() {
        let clock = Clock::frozen_at("2026-12-01T22:00:00Z").unwrap();
        assert_eq!(format_time(clock.now(), "UTC"), "2026-12-01T22:00:00Z");
        assert_eq!(clock.now(), clock.now());
        assert_eq!(Clock::frozen_at("soon").unwrap_err().code, "clock-unreadable");
    }
}
