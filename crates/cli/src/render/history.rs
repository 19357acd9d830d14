//! Deployments and rollbacks.

use crate::render::page::{Page, minute, reasons};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use crate::render::{decision, sign};
use switchback_api::reason::ChangeAt;
use switchback_api::verbs::history::{History, HistoryEntry};

/// So many changes are named; the rest is counted.
const NAMED: usize = 4;

/// One line each, newest first.
pub fn text(view: &History, page: &mut Page) {
    if view.entries.is_empty() {
        page.line("No deployments.");
        return;
    }
    let mut table = Table::new(["", "Deployment", "Version", "Kind", "Status", "When", "Who", "Changes", "Rollback"]);
    for entry in &view.entries {
        table.row([
            sign::cell(&entry.status),
            Cell::toned(&entry.deployment, Tone::Strong),
            entry.version.map_or_else(|| entry.area.clone(), |number| format!("{}@{number}", entry.area)).into(),
            kind(entry).into(),
            sign::word(&entry.status),
            minute(&entry.at).into(),
            (&entry.by).into(),
            changes(&entry.changes).into(),
            rollback(entry),
        ]);
    }
    page.table(&table);
    for entry in &view.entries {
        let said = entry.problem.as_ref().map(|problem| problem.said.as_slice()).unwrap_or_default();
        if !said.is_empty() {
            page.line(format!("{}: its hooks said last:", entry.deployment));
        }
        said.iter().for_each(|line| page.line(format!("  {}", Tone::Dim.paint(line))));
    }
    view.entries.iter().for_each(|entry| edited(entry, page));
    for entry in view.entries.iter().filter(|entry| !entry.auto_resolved.is_empty()) {
        page.line(format!("{} without a person:", entry.deployment));
        decision::list(&entry.auto_resolved, page);
    }
}

/// What it met of what somebody had edited on the target.
fn edited(entry: &HistoryEntry, page: &mut Page) {
    let what = [
        ("left alone what was edited", &entry.kept),
        ("replaced what was edited", &entry.overwritten),
        ("was edited meanwhile, and that was set aside", &entry.set_aside),
    ];
    for (what, files) in what.into_iter().filter(|(_, files)| !files.is_empty()) {
        page.line(format!("{}: {} {what}: {}", entry.deployment, entry.area, files.join(", ")));
    }
}

fn kind(entry: &HistoryEntry) -> String {
    match entry.reverts {
        Some(version) => format!("{} of @{version}", entry.kind),
        None => entry.kind.clone(),
    }
}

fn rollback(entry: &HistoryEntry) -> Cell<'_> {
    match (entry.rollbackable, &entry.problem) {
        (true, _) => Cell::toned("✓ possible", Tone::Good),
        (false, Some(problem)) => Cell::toned(format!("– [{}] {}", problem.code, problem.message), Tone::Dim),
        (false, None) if entry.reasons.is_empty() => Cell::toned("–", Tone::Dim),
        (false, None) => Cell::toned(format!("– {}", reasons(&entry.reasons)), Tone::Dim),
    }
}

/// The first few keys with their revisions.
pub fn changes(changes: &[ChangeAt]) -> String {
    let mut named: Vec<_> = changes.iter().take(NAMED).map(|one| format!("{}@{}", one.change, one.revision)).collect();
    if changes.len() > NAMED {
        named.push(format!("and {} more", changes.len() - NAMED));
    }
    named.join(", ")
}
