//! What stages hold and their areas do not.

use crate::render::page::{Page, count};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::pending::{Pending, PendingArea, PendingChange};

/// One block for each area.
pub fn text(view: &Pending, page: &mut Page) {
    if view.areas.is_empty() {
        page.line("The pipeline has no areas.");
    }
    for area in &view.areas {
        self::area(area, page);
    }
}

fn area(area: &PendingArea, page: &mut Page) {
    let at = area.version.map_or_else(|| area.area.clone(), |version| format!("{}@{version}", area.area));
    let name = Tone::Strong.paint(format!("{at} of {}", area.stage));
    let failed = (!area.failed.is_empty()).then(|| Tone::Bad.paint(format!("{} failed", area.failed.join(", "))));
    let kept = (!area.kept.is_empty()).then(|| format!("kept as somebody edited it: {}", area.kept.join(", ")));
    let notes: Vec<String> = failed.into_iter().map(|text| text.to_string()).chain(kept).collect();
    if let Some(problem) = &area.problem {
        page.line(format!("{name}  {}", Tone::Bad.paint("✗ is not in step with its place")));
        page.problem("    ", problem);
    } else if area.changes.is_empty() && area.version.is_none() {
        page.line(format!("{name}  {}", Tone::Dim.paint("– was never deployed to, and nothing is pending")));
    } else if area.changes.is_empty() {
        page.line(format!("{name}  {}", Tone::Good.paint("✓ holds what its stage holds")));
    }
    if area.changes.is_empty() {
        notes.iter().for_each(|note| page.line(format!("  {note}")));
        return;
    }
    page.line(format!("{name}  {}", Tone::Warn.paint(count(area.changes.len() as u64, "change") + " pending")));
    let mut table = Table::default();
    for change in &area.changes {
        let (sign, tone, what) = standing(change);
        let hold = if change.on_hold { "on hold: automatic deployments skip it" } else { "" };
        table.row(["".into(), Cell::toned(sign, tone), (&change.change).into(), what.into(), hold.into()]);
    }
    let mut text = String::new();
    table.write(&mut text);
    text.lines().for_each(|line| page.line(format!("  {line}")));
    notes.iter().for_each(|note| page.line(format!("  {note}")));
}

fn standing(change: &PendingChange) -> (&'static str, Tone, String) {
    match (change.revision, change.held) {
        (Some(wanted), None) => ("+", Tone::Good, format!("revision {wanted} not there yet")),
        (Some(wanted), Some(held)) => ("~", Tone::Warn, format!("revision {held} there, {wanted} at the stage")),
        (None, Some(held)) => ("-", Tone::Bad, format!("revision {held} still there, the stage holds it no more")),
        (None, None) => ("·", Tone::Dim, String::new()),
    }
}
