//! What lies ahead of the changes in flight.

use crate::render::page::{Page, count};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::encounters::{Encounter, EncounterPath, Encounters};

/// So many paths are named; the rest is counted.
const NAMED: usize = 3;

/// One line each.
pub fn text(view: &Encounters, page: &mut Page) {
    if view.encounters.is_empty() {
        page.line("No conflicts ahead.");
        return;
    }
    let mut table = Table::new(["", "Change", "Meets", "At", "On", "Owners"]);
    for one in &view.encounters {
        table.row([
            Cell::toned("✗", Tone::Bad),
            Cell::toned(&one.change, Tone::Strong),
            one.other.clone().unwrap_or_else(|| "what is there".to_owned()).into(),
            (&one.stage).into(),
            paths(one).into(),
            one.owners.join(", ").into(),
        ]);
    }
    page.table(&table);
    page.line(count(view.encounters.len() as u64, "conflict") + " ahead");
}

fn paths(one: &Encounter) -> String {
    let named = |path: &EncounterPath| format!("{} ({})", path.path, path.kind);
    let mut said: Vec<_> = one.paths.iter().take(NAMED).map(named).collect();
    if one.paths.len() > NAMED {
        said.push(format!("and {} more", one.paths.len() - NAMED));
    }
    said.join(", ")
}
