//! Conflicts: each with its three contents, where they differ.

use crate::render::page::{Page, count};
use crate::render::tone::Tone;
use switchback_api::operation::Conflict;
use switchback_api::verbs::conflicts::Conflicts;

/// So many lines of a content are shown.
const SHOWN: usize = 40;
/// So many lines around a difference are shown.
const AROUND: usize = 2;

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
        let alike = Alike::of(&sides.map(|(_, content)| content.as_deref().unwrap_or_default()));
        for (name, content) in sides {
            page.line(Tone::Dim.paint(format!("    ── {name}")));
            match content {
                None => page.line("    (nothing)"),
                Some(content) if conflict.encoding != "utf-8" => {
                    page.line(format!("    (no text: {} bytes in base64)", content.len()));
                }
                Some(content) => side(content, alike, page),
            }
        }
    }
}

/// How many lines the three sides have in common at their beginning and at their end.
#[derive(Clone, Copy)]
struct Alike {
    first: usize,
    last: usize,
}

impl Alike {
    fn of(sides: &[&str; 3]) -> Self {
        let lines = sides.map(|side| side.lines().collect::<Vec<_>>());
        let shortest = lines.iter().map(Vec::len).min().unwrap_or_default();
        let [base, ours, theirs] = &lines;
        let same = |(a, b, c): (usize, usize, usize)| base[a] == ours[b] && ours[b] == theirs[c];
        let first = (0..shortest).take_while(|place| same((*place, *place, *place))).count();
        let from_end = |place: usize| (base.len() - place, ours.len() - place, theirs.len() - place);
        let last = (1..=shortest - first).take_while(|place| same(from_end(*place))).count();
        Self { first, last }
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
    if let Some(why) = &conflict.why {
        page.line(Tone::Dim.paint(format!("      {why}")));
    }
}

/// Where the sides differ, with a little of what they have in common around it.
fn side(content: &str, alike: Alike, page: &mut Page) {
    let lines: Vec<_> = content.lines().collect();
    let from = alike.first.saturating_sub(AROUND);
    let to = lines.len().saturating_sub(alike.last.saturating_sub(AROUND));
    if from > 0 {
        page.line(Tone::Dim.paint(format!("    … {} alike", count(from as u64, "line"))));
    }
    let shown = lines.get(from..to).unwrap_or_default();
    shown.iter().take(SHOWN).for_each(|line| page.line(format!("    {line}")));
    if shown.len() > SHOWN {
        page.line(Tone::Dim.paint(format!("    … and {} more", count((shown.len() - SHOWN) as u64, "line"))));
    }
    if to < lines.len() {
        page.line(Tone::Dim.paint(format!("    … {} alike", count((lines.len() - to) as u64, "line"))));
    }
}
