//! Recurring runs: when they come, and what became of the last.

use crate::render::page::{Page, minute};
use crate::render::shell::word;
use crate::render::sign;
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::status::ScheduleStatus;

/// What a promotion of a run is when somebody has to look at it.
const STOPPED: [&str; 3] = ["conflicted", "failed", "completed-with-errors"];

/// In the place of a pattern, what goes without one.
const AUTOMATIC: &str = "automatic";

/// Every schedule, and under them what somebody has to look at.
pub fn list(schedules: &[ScheduleStatus], page: &mut Page) {
    if schedules.is_empty() {
        return;
    }
    page.gap();
    let mut table = Table::new(["Schedule", "Way", "Pattern", "Next run", "Last run"]);
    for one in schedules {
        table.row([
            Cell::toned(&one.moves, Tone::Strong),
            format!("{} → {}", one.from, one.to.join(", ")).into(),
            (&one.cron).into(),
            next(one),
            last(one),
        ]);
    }
    page.table(&table);
    schedules.iter().for_each(|one| to_look_at(one, page));
}

fn next(one: &ScheduleStatus) -> Cell<'static> {
    match (&one.next_run, one.is_due) {
        (None, _) if one.cron == AUTOMATIC => "as soon as eligible".into(),
        (None, _) => Cell::toned("never", Tone::Dim),
        (Some(at), false) => minute(at).into(),
        (Some(at), true) => Cell::toned(format!("{}, due", minute(at)), Tone::Warn),
    }
}

fn last(one: &ScheduleStatus) -> Cell<'static> {
    let stopped = one.promotions.iter().any(|made| STOPPED.contains(&made.status.as_str()));
    match &one.last_run {
        None => Cell::toned("–", Tone::Dim),
        Some(at) if stopped || !one.failures.is_empty() => Cell::toned(format!("✗ {}", minute(at)), Tone::Bad),
        Some(at) => Cell::toned(format!("✓ {}", minute(at)), Tone::Good),
    }
}

fn to_look_at(one: &ScheduleStatus, page: &mut Page) {
    for failure in &one.failures {
        let to = failure.destination.as_ref().map(|to| format!(" to {to}")).unwrap_or_default();
        let code = Tone::Bad.paint(format!("[{}]", failure.code));
        page.line(format!("{code} {} from {}{to} did not run: {}", one.moves, one.from, failure.message));
        page.line(format!("  mend that, then do it by hand: `{}`", by_hand(one, failure.destination.as_deref())));
    }
    for made in one.promotions.iter().filter(|made| STOPPED.contains(&made.status.as_str())) {
        let promotion = &made.promotion;
        page.line(format!("{promotion} to {} {}", made.destination, sign::both(&made.status)));
        page.line(format!("  look with `switchback promotion show {promotion}`"));
    }
}

/// The command that does what a run did not.
fn by_hand(one: &ScheduleStatus, destination: Option<&str>) -> String {
    let deploy = if one.deploy { " --deploy" } else { "" };
    let from = word(&one.from);
    match (one.moves.as_str(), destination) {
        ("promote", to) => {
            let to = to.or(one.to.first().map(String::as_str)).unwrap_or_default();
            format!("switchback promote --all --from {from} --to {}{deploy}", word(to))
        }
        (_, Some(to)) => format!("switchback back-promote --mass --from {from} --to {}{deploy}", word(to)),
        (_, None) => format!("switchback back-promote --mass --from {from} --to {}{deploy}", word(&one.to.join(","))),
    }
}
