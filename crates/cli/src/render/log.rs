//! The ledger.

use crate::render::page::{Page, minute};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::log::{Log, LogEntry};

/// One line each, newest first.
pub fn text(view: &Log, page: &mut Page) {
    if view.entries.is_empty() {
        page.line("The ledger is empty.");
        return;
    }
    let mut table = Table::new(["Entry", "When", "Who", "Kind", "What"]);
    for entry in &view.entries {
        let reason = entry.reason.as_ref().map(|reason| format!(" “{reason}”")).unwrap_or_default();
        let warned = match entry.warnings.len() {
            0 => String::new(),
            warnings => format!(" (! {warnings} warned)"),
        };
        table.row([
            Cell::toned(format!("#{}", entry.seq), Tone::Strong),
            minute(&entry.at).into(),
            who(entry).into(),
            Cell::toned(&entry.kind, Tone::Dim),
            format!("{}{reason}{warned}", entry.says).into(),
        ]);
    }
    page.table(&table);
}

/// A program acts in somebody's name, and that is told.
fn who(entry: &LogEntry) -> String {
    match &entry.through {
        Some(token) => format!("{} (token {token})", entry.actor),
        None => entry.actor.clone(),
    }
}
