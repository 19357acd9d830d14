//! The pipeline, drawn from the top down: under each stage those that lead to it.

use crate::render::page::{Page, count, minute};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use crate::render::{fetch, schedule, sign};
use switchback_api::verbs::status::{AreaStatus, Count, StageStatus, Standing, Status};

/// The whole pipeline.
pub fn text(view: &Status, page: &mut Page) {
    let at = view.at.as_deref().map(|at| format!(", {}", minute(at))).unwrap_or_default();
    page.line(format!("{} at #{}{at}", Tone::Strong.paint(&view.pipeline), view.seq));
    view.remote.iter().for_each(|remote| fetch::line(remote, page));
    page.gap();
    let mut table = Table::new([&view.words.stage, "Branch", &view.words.change, "Ahead", "Behind", "Note"]);
    for drawn in draw(&view.stages) {
        stage(&drawn, &mut table);
    }
    page.table(&table);
    areas(view, page);
    promotions(view, page);
    schedule::list(&view.schedules, page);
    let jobs = [(view.jobs.queued, "queued"), (view.jobs.running, "running"), (view.jobs.failed, "failed")];
    let open: Vec<_> =
        jobs.iter().filter(|(number, _)| *number > 0).map(|(number, state)| format!("{number} {state}")).collect();
    if !open.is_empty() {
        page.gap();
        page.line(format!("Jobs: {}. Look with `switchback jobs`.", open.join(", ")));
    }
}

/// A stage where it is drawn.
struct Drawn<'a> {
    /// The branches of the drawing that lead to it.
    lines: String,
    stage: &'a StageStatus,
    first: Time,
}

/// A stage that leads to several is drawn under each, but told once.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Time {
    First,
    Again,
}

fn draw(stages: &[StageStatus]) -> Vec<Drawn<'_>> {
    let mut drawn = Vec::new();
    for top in stages.iter().rev().filter(|stage| stage.next.is_empty()) {
        draw_below(stages, top, (String::new(), String::new()), &mut drawn);
    }
    drawn
}

/// `lines` are those on the stage's own row, and those on the rows below it.
fn draw_below<'a>(stages: &'a [StageStatus], stage: &'a StageStatus, lines: (String, String), to: &mut Vec<Drawn<'a>>) {
    let first = match to.iter().any(|drawn| drawn.stage.name == stage.name) {
        true => Time::Again,
        false => Time::First,
    };
    let (own, below) = lines;
    to.push(Drawn { lines: own, stage, first });
    if first == Time::Again {
        return;
    }
    let feeders: Vec<_> = stages.iter().rev().filter(|other| other.next.contains(&stage.name)).collect();
    for (place, feeder) in feeders.iter().enumerate() {
        let (turn, on) = if place + 1 == feeders.len() { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        draw_below(stages, feeder, (format!("{below}{turn}"), format!("{below}{on}")), to);
    }
}

fn stage<'a>(drawn: &Drawn<'a>, table: &mut Table<'a>) {
    let Drawn { lines, stage, first } = drawn;
    let name = format!("{lines}{}", stage.name);
    if *first == Time::Again {
        table.row([Cell::toned(name, Tone::Dim), Cell::toned("(above)", Tone::Dim)]);
        return;
    }
    table.row([
        Cell::toned(name, Tone::Strong),
        (&stage.branch).into(),
        stage.changes.to_string().into(),
        distance("↑", &stage.ahead),
        distance("↓", &stage.behind),
        note(stage),
    ]);
}

/// What speaks against moving anything through it, or is to be taken in first.
fn note(stage: &StageStatus) -> Cell<'static> {
    let branch = stage.standing.as_ref().and_then(|standing| match standing {
        Standing::InStep => None,
        Standing::Ahead { commits } => Some((format!("{} not taken in", count(*commits, "commit")), Tone::Warn)),
        Standing::Newer => Some(("newer than the ledger".to_owned(), Tone::Bad)),
        Standing::Rewritten => Some(("branch rewritten".to_owned(), Tone::Bad)),
        Standing::Gone => Some(("branch gone".to_owned(), Tone::Bad)),
    });
    let frozen = stage
        .frozen
        .as_ref()
        .map(|frozen| (format!("frozen until {}: {}", minute(&frozen.until), frozen.reason), Tone::Warn));
    let tone = branch.as_ref().or(frozen.as_ref()).map(|(_, tone)| *tone);
    let notes: Vec<String> = branch.into_iter().chain(frozen).map(|(text, _)| text).collect();
    tone.map(|tone| Cell::toned(notes.join("; "), tone)).unwrap_or_default()
}

fn distance(sign: &str, counts: &[Count]) -> Cell<'static> {
    let several = counts.len() > 1;
    let one = |count: &Count| match several {
        true => format!("{sign}{} {}", count.count, count.stage),
        false => format!("{sign}{}", count.count),
    };
    let told: Vec<_> = counts.iter().filter(|count| count.count > 0).map(one).collect();
    match (counts.is_empty(), told.is_empty()) {
        (true, _) => "".into(),
        (false, true) => Cell::toned("–", Tone::Dim),
        (false, false) => Cell::toned(told.join(", "), Tone::Warn),
    }
}

fn areas(view: &Status, page: &mut Page) {
    let mut table = Table::new([&view.words.area, &view.words.stage, "Kind", "Version", "State"]);
    for stage in view.stages.iter().rev() {
        for area in &stage.areas {
            let kind = if area.default { "default" } else { "manual" };
            table.row([
                Cell::toned(&area.name, Tone::Strong),
                (&stage.name).into(),
                kind.into(),
                area.version.map(|version| format!("@{version}")).into(),
                state(area),
            ]);
        }
    }
    if !table.is_empty() {
        page.gap();
        page.table(&table);
    }
    let areas = view.stages.iter().rev().flat_map(|stage| &stage.areas);
    areas.filter_map(|area| area.problem.as_ref()).for_each(|problem| page.problem("", problem));
}

fn state(area: &AreaStatus) -> Cell<'static> {
    let counts = [
        (area.pending, "pending"),
        (area.leftover, "left over"),
        (area.on_hold, "on hold"),
        (area.drifted.unwrap_or_default(), "drifted"),
        (area.kept, "kept as edited"),
        (area.failed.len() as u64, "failed"),
        (area.jobs, "under way"),
    ];
    let mut told: Vec<_> =
        counts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
    if area.offline {
        told.insert(0, "offline".to_owned());
    }
    if let Some(problem) = &area.problem {
        told.insert(0, problem.code.clone());
    }
    let bad = !area.failed.is_empty()
        || area.offline
        || area.problem.is_some()
        || area.leftover > 0
        || area.drifted.is_some_and(|drifted| drifted > 0);
    match (told.is_empty(), bad) {
        (true, _) if area.version.is_none() => Cell::toned("– never deployed", Tone::Dim),
        (true, _) => Cell::toned("✓ in step", Tone::Good),
        (false, true) => Cell::toned(format!("✗ {}", told.join(", ")), Tone::Bad),
        (false, false) => Cell::toned(format!("… {}", told.join(", ")), Tone::Warn),
    }
}

fn promotions(view: &Status, page: &mut Page) {
    let mut table = Table::new(["", &*view.words.promotion, "Way", "Status", "Runs"]);
    for one in &view.promotions {
        let runs = one.scheduled_at.as_deref().map(minute).unwrap_or_default();
        let back = if one.direction == "back" { " (back)" } else { "" };
        table.row([
            sign::cell(&one.status),
            Cell::toned(&one.id, Tone::Strong),
            format!("{} → {}{back}, {}", one.source, one.destination, count(one.changes, "change")).into(),
            sign::word(&one.status),
            runs.into(),
        ]);
    }
    if !table.is_empty() {
        page.gap();
        page.table(&table);
    }
    for one in &view.promotions {
        let (id, Some(note)) = (&one.id, &one.note) else { continue };
        page.line(Tone::Bad.paint(format!("{id} {note}")));
        page.line(format!(
            "  Run it again with `switchback promotion run {id}`, or look with `switchback promotion show {id}`."
        ));
    }
}
