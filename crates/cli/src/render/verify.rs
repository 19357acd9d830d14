//! What was recomputed, and where it disagrees.

use crate::render::page::{Page, count, short};
use crate::render::tone::Tone;
use std::collections::BTreeSet;
use switchback_api::reason::Problem;
use switchback_api::verbs::verify::{Check, Verified};

/// How many findings of one check are printed.
const MOST: usize = 20;

/// One line for each check, and for each finding; what to do is said once for each check.
pub fn text(view: &Verified, page: &mut Page) {
    for check in &view.checks {
        match (check.ok, &check.note) {
            (true, Some(note)) if check.what != "branch" => {
                page.line(format!("{} {} agrees; {note}", Tone::Good.paint("✓"), name(check)));
            }
            (true, Some(note)) => page.line(format!("{} {} is ahead: {note}", Tone::Warn.paint("…"), name(check))),
            (true, None) => page.line(format!("{} {} agrees", Tone::Good.paint("✓"), name(check))),
            (false, _) => {
                let found = count(check.problems.len() as u64, "finding");
                page.line(format!("{} {} disagrees: {found}", Tone::Bad.paint("✗"), name(check)));
                findings(&check.problems, page);
            }
        }
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

fn name(check: &Check) -> String {
    if check.name.is_empty() { check.what.clone() } else { format!("{} {}", check.what, check.name) }
}

fn findings(problems: &[Problem], page: &mut Page) {
    for problem in problems.iter().take(MOST) {
        page.line(format!("    {}", problem.message));
    }
    if let Some(more) = problems.len().checked_sub(MOST).filter(|more| *more > 0) {
        page.line(Tone::Dim.paint(format!("    … and {more} more; `--json` names them all")));
    }
    let hints: BTreeSet<&str> = problems.iter().map(|problem| problem.hint.as_str()).collect();
    for hint in hints.into_iter().filter(|hint| !hint.is_empty()) {
        page.line(format!("    {} {hint}", Tone::Dim.paint("hint:")));
    }
}
