//! How everything stands.

use crate::render::page::{Page, count};
use crate::render::shown::visible;
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::doctor::{Diagnosis, Finding, Health};

/// The same as a page of its own.
pub fn page(view: &Diagnosis) -> Page {
    let mut page = Page::default();
    text(&visible(view.clone()), &mut page);
    page
}

/// What is wrong comes first, each with the next step; a sentence ends it.
pub fn text(view: &Diagnosis, page: &mut Page) {
    let mut checks: Vec<&Finding> = view.checks.iter().collect();
    checks.sort_by_key(|check| check.state);
    let mut table = Table::new(Vec::<&str>::new());
    for check in checks {
        let (mark, tone) = mark(check.state);
        let of = check.pipeline.as_ref().map(|pipeline| format!("{pipeline} ")).unwrap_or_default();
        table.row([Cell::toned(mark, tone), Cell::from(format!("{of}{}", check.check)), Cell::from(&check.message)]);
        if !check.hint.is_empty() {
            table.row([Cell::from(""), Cell::from(""), Cell::toned(format!("hint: {}", check.hint), Tone::Dim)]);
        }
    }
    page.table(&table);
    page.line(sentence(view));
}

fn mark(state: Health) -> (&'static str, Tone) {
    match state {
        Health::Fault => ("✗", Tone::Bad),
        Health::Warning => ("!", Tone::Warn),
        Health::Good => ("✓", Tone::Good),
    }
}

fn sentence(view: &Diagnosis) -> String {
    let of = |state| view.checks.iter().filter(|check| check.state == state).count() as u64;
    let pipeline = if view.pipeline.is_empty() { "the server's folder" } else { &view.pipeline };
    match (of(Health::Fault), of(Health::Warning)) {
        (0, 0) => Tone::Good.paint(format!("✓ nothing is wrong with {pipeline}")).to_string(),
        (0, some) => Tone::Warn.paint(format!("! {pipeline}: {}", count(some, "warning"))).to_string(),
        (some, more) => {
            let told = format!("✗ {pipeline}: {}, {}", count(some, "fault"), count(more, "warning"));
            Tone::Bad.paint(told).to_string()
        }
    }
}
