//! Grants.

use crate::render::page::Page;
use crate::render::plan::scope;
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::verbs::grant::{Effect, Grants};

/// One line each.
pub fn text(view: &Grants, page: &mut Page) {
    page.line(format!("{} administers the pipeline.", view.administrator));
    if view.grants.is_empty() {
        page.line("No grants yet: without a server, everybody here may do everything until the first one.");
        return;
    }
    let mut table = Table::new(["", "Who", "Privilege", "Where", "Effect"]);
    for grant in &view.grants {
        let (sign, tone, word) = match grant.effect {
            Effect::Allow => ("✓", Tone::Good, "allowed"),
            Effect::Deny => ("✗", Tone::Bad, "denied"),
        };
        table.row([
            Cell::toned(sign, tone),
            (&grant.who).into(),
            (&grant.privilege).into(),
            scope(&grant.scope).into(),
            Cell::toned(word, tone),
        ]);
    }
    page.table(&table);
}
