//! Conflicts: each with its three contents.

use crate::render::page::Page;
use crate::render::tone::Tone;
use switchback_api::operation::Conflict;
use switchback_api::verbs::conflicts::Conflicts;

/// So many lines of a content are shown.
const SHOWN: usize = 40;

/// Every conflict in full.
pub fn text(view: &Conflicts, page: &mut Page) {
    if view.conflicts.is_empty() {
        page.line("No conflicts.");
    }
    for conflict in &view.conflicts {
        page.gap();
        line(conflict, page);
        let sides = [
            ("base", &conflict.base),
            ("ours: the destination", &conflict.ours),
            ("theirs: the change", &conflict.theirs),
        ];
        for (name, content) in sides {
            side(name, content.as_deref(), conflict, page);
        }
    }
}

/// Every conflict in one line.
pub fn list(conflicts: &[Conflict], page: &mut Page) {
    conflicts.iter().for_each(|conflict| line(conflict, page));
}

fn line(conflict: &Conflict, page: &mut Page) {
    let against = conflict.other_side.as_ref().map_or("what the stage began with".to_owned(), Clone::clone);
    let head = Tone::Bad.paint("✗ conflict");
    let Conflict { path, change, stage, kind, .. } = conflict;
    page.line(format!("  {head} {path} ({kind}): {change} against {against}, on {stage}"));
}

fn side(name: &str, content: Option<&str>, conflict: &Conflict, page: &mut Page) {
    page.line(Tone::Dim.paint(format!("    ── {name}")));
    match content {
        None => page.line("    (nothing)"),
        Some(content) if conflict.encoding != "utf-8" => {
            page.line(format!("    (no text: {} bytes in base64)", content.len()));
        }
        Some(content) => {
            content.lines().take(SHOWN).for_each(|line| page.line(format!("    {line}")));
            let more = content.lines().count().saturating_sub(SHOWN);
            if more > 0 {
                page.line(format!("    … and {more} more lines"));
            }
        }
    }
}
