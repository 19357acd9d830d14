//! What came of trying a promotion.

use crate::render::page::{Page, minute};
use crate::render::tone::Tone;
use crate::render::{conflicts, sign};
use switchback_api::validation::{AreaCheck, PutCheck, Validation};

/// Everything about one.
pub fn text(tried: &Validation, page: &mut Page) {
    let (by, at) = (&tried.by, minute(&tried.at));
    page.line(format!("  {} tried by {by}, {at}, at #{}", sign::both(&tried.outcome), tried.seq));
    if !tried.holds {
        let moved = tried.outdated_by.join(", ");
        page.line(format!("      {} {moved}", Tone::Warn.paint("outdated since then:")));
    }
    tried.refused.iter().for_each(|problem| page.problem("      ", problem));
    conflicts::list(&tried.conflicts, page);
    tried.areas.iter().for_each(|check| area(check, page));
    if let Some(plan) = &tried.plan {
        page.line(Tone::Dim.paint(format!("      the run's plan was {plan}")));
    }
}

fn area(check: &AreaCheck, page: &mut Page) {
    let version = check.version.map(|number| format!("@{number}")).unwrap_or_default();
    page.line(format!("    {} {}{version}", sign::both(&check.status), check.area));
    check.tasks.iter().for_each(|task| {
        page.line(format!("      waits for {}, task {}: {}", task.change, task.task, task.text));
    });
    check.problem.iter().for_each(|problem| page.problem("      ", problem));
    check.check.iter().for_each(|said| target(said, page));
    if let Some(what) = &check.not_checked {
        page.line(Tone::Dim.paint(format!("      not checked: {what}")));
    }
}

fn target(check: &PutCheck, page: &mut Page) {
    match &check.why {
        Some(why) => page.line(Tone::Dim.paint(format!("      its target was not asked: {why}"))),
        None if check.status == "passed" => page.line("      its target would take it"),
        None => {}
    }
    check.said.iter().for_each(|line| page.line(format!("        {}", Tone::Dim.paint(line))));
}
