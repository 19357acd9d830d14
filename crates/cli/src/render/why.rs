//! Why a stage holds a change, or does not.

use crate::render::page::{Page, minute};
use crate::render::sign;
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::why::Why;

/// The conclusion, then the facts in order.
pub fn text(view: &Why, page: &mut Page) {
    page.line(format!("{}  {}", Tone::Strong.paint(&view.says), sign::both(&view.state)));
    let mut table = Table::default();
    for fact in &view.facts {
        let reason = fact.reason.as_ref().map(|reason| format!("“{reason}”")).unwrap_or_default();
        table.row([
            Cell::toned(format!("  #{}", fact.seq), Tone::Dim),
            minute(&fact.at).into(),
            (&fact.by).into(),
            fact.operation.as_deref().unwrap_or_default().into(),
            (&fact.says).into(),
            reason.into(),
        ]);
    }
    page.table(&table);
    for reason in &view.reasons {
        let (sign, tone) = if reason.blocks { ("✗", Tone::Bad) } else { ("!", Tone::Warn) };
        page.line(format!("{} {}", tone.paint(format!("{sign} [{}]", reason.code)), reason.message));
    }
}
