//! Candidates: what can go, and what cannot with why.

use crate::render::page::{Page, count, reasons};
use crate::render::table::{Cell, Table};
use crate::render::tone::Tone;
use switchback_api::Reason;
use switchback_api::verbs::ahead::Ahead;
use switchback_api::verbs::behind::Behind;

/// A candidate on either way.
struct Candidate<'a> {
    change: &'a str,
    title: &'a str,
    revision: u32,
    held: Option<u32>,
    place: &'a str,
    eligible: bool,
    reasons: &'a [Reason],
}

/// What higher stages hold and a stage lacks.
pub fn behind(view: &Behind, page: &mut Page) {
    let candidates: Vec<_> = view
        .candidates
        .iter()
        .map(|one| Candidate {
            change: &one.change,
            title: &one.title,
            revision: one.revision,
            held: one.held,
            place: &one.source,
            eligible: one.eligible,
            reasons: &one.reasons,
        })
        .collect();
    let head = head((&view.stage, "behind"), &view.from);
    table(&head, "From", &candidates, page);
}

/// What a stage holds and higher stages lack.
pub fn ahead(view: &Ahead, page: &mut Page) {
    let candidates: Vec<_> = view
        .candidates
        .iter()
        .map(|one| Candidate {
            change: &one.change,
            title: &one.title,
            revision: one.revision,
            held: one.held,
            place: &one.destination,
            eligible: one.eligible,
            reasons: &one.reasons,
        })
        .collect();
    let head = head((&view.stage, "ahead of"), &view.to);
    table(&head, "To", &candidates, page);
}

/// A stage at the top has none to be compared with.
fn head((stage, how): (&str, &str), others: &[String]) -> String {
    match others.is_empty() {
        true => format!("{stage} is {how} no stage, for none is next to it"),
        false => format!("{stage} is {how} {}", others.join(", ")),
    }
}

fn table(head: &str, place: &str, candidates: &[Candidate<'_>], page: &mut Page) {
    // What is there already is named, and takes no row each: a stage holds more of it with every release.
    let is_there = |one: &&Candidate<'_>| one.reasons.iter().any(|reason| reason.code == "already-there");
    let (there, candidates): (Vec<_>, Vec<_>) = candidates.iter().partition(is_there);
    rows((head, place), &candidates, page);
    if !there.is_empty() {
        let names: Vec<_> = there.iter().map(|one| one.change).collect();
        page.line(Tone::Dim.paint(format!("there already: {}", names.join(", "))));
    }
}

fn rows((head, place): (&str, &str), candidates: &[&Candidate<'_>], page: &mut Page) {
    let eligible = candidates.iter().filter(|one| one.eligible).count() as u64;
    let total = count(candidates.len() as u64, "change");
    let said = if candidates.is_empty() { "nothing".to_owned() } else { format!("{total}, {eligible} can go") };
    page.line(format!("{}: {said}", Tone::Strong.paint(head)));
    if candidates.is_empty() {
        return;
    }
    let mut table = Table::new(["", "Change", "Revision", place, "Verdict", "Title"]);
    for one in candidates {
        let (sign, tone) = if one.eligible { ("✓", Tone::Good) } else { ("✗", Tone::Bad) };
        let held = one.held.map(|held| format!("{held} → {}", one.revision));
        let verdict = match (one.eligible, one.reasons.is_empty()) {
            (true, true) => Cell::toned("eligible", Tone::Good),
            (true, false) => Cell::toned(format!("eligible, but {}", reasons(one.reasons)), Tone::Warn),
            (false, _) => Cell::toned(format!("locked: {}", reasons(one.reasons)), Tone::Bad),
        };
        table.row([
            Cell::toned(sign, tone),
            Cell::toned(one.change, Tone::Strong),
            held.unwrap_or_else(|| one.revision.to_string()).into(),
            one.place.into(),
            verdict,
            Cell::toned(one.title, Tone::Dim),
        ]);
    }
    page.table(&table);
}
