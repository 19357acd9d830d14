//! Why a stage holds a change, or does not.

use crate::render::page::{Page, minute};
use crate::render::sign;
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::why::{Lines, Meeting, Why};

/// The conclusion, then the facts in order.
pub fn text(view: &Why, page: &mut Page) {
    if view.other.is_some() {
        return two(view, page);
    }
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

/// How two changes build on one another.
fn two(view: &Why, page: &mut Page) {
    page.line(Tone::Strong.paint(&view.says));
    for one in view.builds.iter().filter(|one| one.declared || !one.meets.is_empty() || !one.without.is_empty()) {
        page.heading(format!("{} on {}", one.change, one.on));
        if one.declared {
            page.line("  declared: its branch lies on the other's");
        }
        for without in &one.without {
            let files = without.files.join(", ");
            match without.goes {
                true => page.line(format!("  {} on {} it goes without it", Tone::Good.paint("✓"), without.stage)),
                false => page.line(format!(
                    "  {} on {} it conflicts without it, on {files}",
                    Tone::Bad.paint("✗"),
                    without.stage
                )),
            }
        }
        one.meets.iter().for_each(|meeting| met(meeting, (&one.change, &one.on), page));
    }
}

fn met(meeting: &Meeting, (change, on): (&str, &str), page: &mut Page) {
    let how = match meeting.how.as_str() {
        "overlaps" => "the same lines",
        "adjoins" => "lines side by side",
        _ => "the same file, which is no text",
    };
    page.line(format!("  {}: {how}", Tone::Strong.paint(&meeting.path)));
    lines(&format!("{on} wrote"), &meeting.wrote, page);
    lines(&format!("{change} took out"), &meeting.removed, page);
    lines(&format!("{change} put there"), &meeting.added, page);
}

fn lines(who: &str, lines: &Lines, page: &mut Page) {
    if lines.text.is_empty() {
        return;
    }
    page.line(format!("    {}", Tone::Dim.paint(who)));
    for (number, text) in (lines.first..).zip(&lines.text) {
        page.line(format!("    {} {text}", Tone::Dim.paint(format!("{number:>5}"))));
    }
}
