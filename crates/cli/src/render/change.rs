//! Changes.

use crate::render::page::{Page, minute, short};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::attest::Attestation;
use switchback_api::verbs::change::{Change, Changes, Revision, Shown, Task};
use switchback_api::verbs::where_is::State;

/// One line each.
pub fn list(view: &Changes, page: &mut Page) {
    if view.changes.is_empty() {
        page.line("No changes. Record one with `switchback change record`.");
        return;
    }
    let mut table = Table::new(["Change", "Rev", "Attested", "Owner", "Project", "Release", "Part of", "Title"]);
    for change in &view.changes {
        let title = if change.excluded { format!("(excluded) {}", change.title) } else { change.title.clone() };
        table.row([
            Cell::toned(&change.key, Tone::Strong),
            change.revision.to_string().into(),
            words(&change.attested).into(),
            (&change.owner).into(),
            change.project.as_deref().unwrap_or_default().into(),
            change.release.as_deref().unwrap_or_default().into(),
            change.parent.as_deref().unwrap_or_default().into(),
            title.into(),
        ]);
    }
    page.table(&table);
}

/// Everything about one.
pub fn show(view: &Shown, page: &mut Page) {
    let change = &view.change;
    page.line(Tone::Strong.paint(format!("{}  {}", change.key, change.title)));
    page.fact("owner", Some(&change.owner));
    page.fact("project", change.project.as_ref());
    page.fact("release", change.release.as_ref());
    page.fact("part of", change.parent.as_ref());
    page.fact("parts", (!change.children.is_empty()).then(|| change.children.join(", ")));
    page.fact("origin", change.origin.as_ref());
    page.fact("recorded", Some(minute(&change.recorded_at)));
    if let Some(remark) = &change.excluded {
        page.fact("excluded", Some(format!("by {}: {}", remark.by, remark.reason)));
    }
    for ignored in &change.ignored {
        page.fact("ignored", Some(format!("at {} by {}: {}", ignored.stage, ignored.by, ignored.reason)));
    }
    page.heading("Revisions");
    change.revisions.iter().for_each(|one| revision(one, page));
    places(change, page);
    if !change.tasks.is_empty() {
        page.heading("Tasks");
    }
    change.tasks.iter().for_each(|one| task(one, page));
}

fn revision(one: &Revision, page: &mut Page) {
    let (base, tip) = (short(&one.base), short(&one.tip));
    page.line(format!("  {}  {base}..{tip}  {}  {}", one.number, minute(&one.recorded_at), one.subject));
    page.line(Tone::Dim.paint(format!("     {}", one.author)));
    if !one.depends_on.is_empty() {
        page.line(format!("     builds on {}", one.depends_on.join(", ")));
    }
    for attested in &one.attested {
        let word = attested.kind.as_str();
        page.line(format!("     {} {word} by {} {}", Tone::Good.paint("✓"), attested.by, minute(&attested.at)));
    }
}

fn places(change: &Change, page: &mut Page) {
    page.heading("Where");
    if change.stages.0.is_empty() {
        page.line("  on no stage");
    }
    for (stage, standing) in &change.stages.0 {
        let state = match standing.state {
            State::Current => Tone::Good.paint("✓ current"),
            State::Outdated => Tone::Warn.paint("↑ outdated"),
        };
        page.line(format!("  {stage}  revision {}  {state}", standing.revision));
    }
    for area in &change.areas {
        page.line(format!("  {}  revision {}  since @{}", area.area, area.revision, area.since));
    }
}

fn task(task: &Task, page: &mut Page) {
    let place = task.area.as_deref().unwrap_or("every area");
    page.line(format!("  {}  {} ({place})", task.number, task.text));
    for done in &task.done {
        let sign = Tone::Good.paint("✓");
        page.line(format!("     {sign} done for {} at revision {} by {}", done.area, done.revision, done.by));
    }
}

fn words(kinds: &[Attestation]) -> String {
    kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(", ")
}
