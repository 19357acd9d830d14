//! What people are told.

use crate::render::page::{Page, minute};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::outbox::{Delivery, Outbox, SentAgain};

/// One line each.
pub fn list(view: &Outbox, page: &mut Page) {
    deliveries(&view.deliveries, page);
}

/// One that is sent again.
pub fn again(view: &SentAgain, page: &mut Page) {
    deliveries(std::slice::from_ref(&view.delivery), page);
}

fn deliveries(all: &[Delivery], page: &mut Page) {
    if all.is_empty() {
        page.line("Nothing in the outbox.");
        return;
    }
    let mut table = Table::new(["", "ID", "Of", "By", "To", "State", "Tries", "Next", "Says", "Why not"]);
    for one in all {
        let (sign, tone) = match one.state.as_str() {
            "sent" => ("✓", Tone::Good),
            "dead" => ("✗", Tone::Bad),
            _ => ("…", Tone::Dim),
        };
        table.row([
            Cell::toned(sign, tone),
            one.id.to_string().into(),
            (&one.kind).into(),
            (&one.channel).into(),
            (&one.to).into(),
            Cell::toned(one.state.clone(), tone),
            one.attempts.to_string().into(),
            one.next.as_deref().map(minute).into(),
            (&one.says).into(),
            one.error.clone().unwrap_or_default().into(),
        ]);
    }
    page.table(&table);
}
