//! Remembered resolutions.

use crate::render::conflicts::contents;
use crate::render::page::{Page, minute};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::decision::Use;
use switchback_api::verbs::resolution::{Resolution, Resolutions, Shown};

/// One line each.
pub fn list(view: &Resolutions, page: &mut Page) {
    if view.resolutions.is_empty() {
        page.line("No resolutions.");
        return;
    }
    let mut table = Table::new(["Resolution", "Path", "By", "Made", "For", "Reused", "Forgotten"]);
    for one in &view.resolutions {
        let forgotten = one.forgotten.as_ref().map(|remark| format!("by {}: {}", remark.by, remark.reason));
        table.row([
            Cell::toned(&one.id, Tone::Strong),
            (&one.path).into(),
            (&one.by).into(),
            minute(&one.at).into(),
            made_for(one).into(),
            one.reused.to_string().into(),
            forgotten.unwrap_or_default().into(),
        ]);
    }
    page.table(&table);
}

fn made_for(one: &Resolution) -> String {
    one.operation.clone().unwrap_or_else(|| "came with the repository".to_owned())
}

/// Everything about one.
pub fn show(view: &Shown, page: &mut Page) {
    let one = &view.resolution;
    page.line(format!("{}  {}", Tone::Strong.paint(&one.id), one.path));
    page.fact("by", Some(&one.by));
    page.fact("made", Some(minute(&one.at)));
    page.fact("for", Some(made_for(one)));
    page.fact("forgotten", one.forgotten.as_ref().map(|remark| format!("by {}: {}", remark.by, remark.reason)));
    let sides = [
        ("base", &view.base),
        ("ours: the destination", &view.ours),
        ("theirs: the change", &view.theirs),
        ("result", &view.result),
    ];
    contents(&sides, &view.encoding, page);
    uses(&view.used, page);
}

/// Where it was used.
pub fn uses(used: &[Use], page: &mut Page) {
    for one in used {
        let place = match (&one.stage, &one.area, one.version) {
            (Some(stage), ..) => format!("on {stage}"),
            (None, Some(area), Some(version)) => format!("in {area}@{version}"),
            (None, area, _) => format!("in {}", area.as_deref().unwrap_or("an area")),
        };
        let how = if one.reused { "reused" } else { "made" };
        let operation = one.operation.as_ref().map(|id| format!(" by {id}")).unwrap_or_default();
        let (sign, past) = match one.stands {
            true => (Tone::Good.paint("✓ settled"), ""),
            false => (Tone::Dim.paint("· settled"), ", not any more"),
        };
        page.line(format!("  {sign} {} ({how}{operation}): {}, {place}{past}", one.path, one.change));
    }
}
