//! What differs between two moments.

use crate::render::page::{Page, count, short};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::diff::Diff;

/// Changes, then files.
pub fn text(view: &Diff, page: &mut Page) {
    let side = |side: &switchback_api::verbs::diff::Side| format!("{} (tree {})", side.name, short(&side.tree));
    page.line(Tone::Strong.paint(format!("{} → {}", side(&view.a), side(&view.b))));
    if view.changes.is_empty() && view.files.is_empty() {
        page.line("No difference.");
        return;
    }
    let mut table = Table::default();
    for change in &view.changes {
        let (sign, tone, what) = match (change.a, change.b) {
            (None, Some(b)) => ("+", Tone::Good, format!("only the second holds it, at revision {b}")),
            (Some(a), None) => ("-", Tone::Bad, format!("only the first holds it, at revision {a}")),
            (Some(a), Some(b)) => ("~", Tone::Warn, format!("revision {a} → {b}")),
            (None, None) => ("·", Tone::Dim, String::new()),
        };
        table.row([Cell::toned(format!("  {sign}"), tone), (&change.change).into(), what.into()]);
    }
    page.table(&table);
    page.line(count(view.files.len() as u64, "file"));
    crate::render::files::text("  ", &view.files, page);
}
