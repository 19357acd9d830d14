//! What was recomputed, and where it disagrees.

use crate::render::page::{Page, count, short};
use crate::render::tone::Tone;
use switchback_api::verbs::verify::Verified;

/// One line for each check.
pub fn text(view: &Verified, page: &mut Page) {
    for check in &view.checks {
        let (sign, tone, word) = if check.ok { ("✓", Tone::Good, "agrees") } else { ("✗", Tone::Bad, "disagrees") };
        let name = if check.name.is_empty() { check.what.clone() } else { format!("{} {}", check.what, check.name) };
        page.line(format!("{} {name} {word}", tone.paint(sign)));
        check.problems.iter().for_each(|problem| page.problem("    ", problem));
    }
    let entries = if view.entries == 1 { "1 entry".to_owned() } else { format!("{} entries", view.entries) };
    match view.ok {
        true => page.line(Tone::Good.paint(format!("✓ all agree: {entries}, head {}", short(&view.head)))),
        false => {
            let wrong = view.checks.iter().filter(|check| !check.ok).count() as u64;
            page.line(Tone::Bad.paint(format!("✗ {} failed: {entries}", count(wrong, "check"))));
        }
    }
}
