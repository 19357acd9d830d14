//! Changes and the stages that hold them, as a matrix.

use crate::render::page::Page;
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::where_is::{Located, Standing, State, Whereabouts};

/// A row for each change, a column for each stage.
pub fn text(view: &Whereabouts, page: &mut Page) {
    if view.changes.is_empty() {
        page.line("No changes yet. Record one with `switchback change record`.");
        return;
    }
    let heads = ["Change", "Rev"].into_iter().chain(view.stages.iter().map(String::as_str)).chain(["Title"]);
    let mut table = Table::new(heads);
    for change in &view.changes {
        table.row(row(change, &view.stages));
    }
    page.table(&table);
    let outdated = |change: &Located| change.stages.0.iter().any(|(_, standing)| standing.state == State::Outdated);
    if view.changes.iter().any(outdated) {
        page.line(Tone::Dim.paint("✓ current   ↑N outdated: held at revision N, a newer one exists   · not there"));
    }
}

fn row<'a>(change: &'a Located, stages: &'a [String]) -> impl Iterator<Item = Cell<'a>> {
    // The members come in the pipeline's order, so one look at each is enough.
    let mut held = change.stages.0.iter().peekable();
    let cells = stages.iter().map(move |stage| {
        let standing = held.next_if(|(name, _)| **name == **stage).map(|(_, standing)| *standing);
        cell(standing)
    });
    let title = match change.excluded {
        true => Cell::toned(format!("(excluded) {}", change.title), Tone::Dim),
        false => (&change.title).into(),
    };
    let head = [Cell::toned(&change.key, Tone::Strong), number(change.revision)];
    head.into_iter().chain(cells).chain([title])
}

fn cell(standing: Option<Standing>) -> Cell<'static> {
    match standing {
        None => "·".into(),
        Some(Standing { state: State::Current, .. }) => Cell::toned("✓", Tone::Good),
        Some(Standing { state: State::Outdated, revision }) => Cell::toned(format!("↑{revision}"), Tone::Warn),
    }
}

fn number(revision: u32) -> Cell<'static> {
    match revision {
        1 => "1".into(),
        more => more.to_string().into(),
    }
}
