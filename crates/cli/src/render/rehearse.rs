//! A rehearsal.

use crate::render::page::{Page, count};
use crate::render::tone::Tone;
use crate::render::{conflicts, decision};
use switchback_api::verbs::rehearse::Rehearsal;

/// What goes, in its order, and what does not.
pub fn text(view: &Rehearsal, page: &mut Page) {
    let Rehearsal { stage, goes, stays, there, .. } = view;
    page.line(Tone::Strong.paint(format!("{} can go onto {stage} together", count(goes.len() as u64, "change"))));
    for (at, change) in goes.iter().enumerate() {
        page.line(format!("  {} {:>3}. {change}", Tone::Good.paint("✓"), at + 1));
    }
    for one in stays {
        page.line(format!("  {}      {} stays", Tone::Bad.paint("✗"), one.change));
        conflicts::list(&one.conflicts, page);
        if !one.needs.is_empty() {
            page.line(format!("           it needs {}", one.needs.join(", ")));
        }
    }
    if !there.is_empty() {
        page.line(format!("  –      there already: {}", there.join(", ")));
    }
    decision::list(&view.auto_resolved, page);
    match &view.breaks_first {
        Some(first) => page.line(format!("In the order given, {first} breaks first.")),
        None => page.line("They go in the order given."),
    }
}
