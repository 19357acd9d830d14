//! A backup that was made, and what was made of one.

use crate::render::page::{Page, count};
use crate::render::shown::visible;
use crate::render::tone::Tone;
use switchback_server::backup::{Made, Pipeline, Restored};

/// How many sentences of one pipeline are printed.
const MOST: usize = 20;

/// A backup that was made.
pub fn made(made: &Made) -> Page {
    let mut page = Page::default();
    let people = if made.people { "with the people of the server" } else { "without people: no server keeps any here" };
    page.line(format!("{} backup {} of {}, {people}", Tone::Good.paint("✓"), made.backup.display(), made.made));
    for one in &made.pipelines {
        page.line(format!("  {} up to #{}, in repository {}", one.pipeline, one.seq, one.repository));
    }
    if made.lacking > 0 {
        let lacking = count(made.lacking as u64, "object");
        page.line(Tone::Warn.paint(format!("! the ledger names {lacking} that the repository lacks")));
        page.line(format!("  {} switchback verify", Tone::Dim.paint("hint:")));
    }
    page
}

/// What was made of one.
pub fn restored(restored: &Restored) -> Page {
    let mut page = Page::default();
    page.line(format!("Restored as it was at {}", restored.made));
    for one in &visible(restored.pipelines.clone()) {
        pipeline(one, &mut page);
    }
    if let Some(tokens) = restored.tokens {
        page.line(Tone::Warn.paint("! everybody has to sign in again, and links to come in are over"));
        let tokens = count(tokens as u64, "token");
        page.line(
            Tone::Warn.paint(format!("! as then, {tokens} let programs in: revoke again what was revoked since")),
        );
        page.line(Tone::Warn.paint("! passwords are those of then, and who was sent away since may come in again"));
    }
    page
}

fn pipeline(one: &Pipeline, page: &mut Page) {
    let operation = one.operation.as_ref().map(|operation| format!(" ({operation})")).unwrap_or_default();
    let agrees = one.problems.is_empty();
    let mark = if agrees { Tone::Good.paint("✓") } else { Tone::Bad.paint("✗") };
    let (place, seq, at) = (one.repository.display(), one.seq, &one.at);
    page.line(format!("{mark} {} stands at #{seq}{operation} of {at}, in {place}", one.pipeline));
    let sentences = |sentences: &[String], page: &mut Page| {
        sentences.iter().take(MOST).for_each(|sentence| page.line(format!("    {sentence}")));
        if sentences.len() > MOST {
            page.line(format!("    … and {} more", sentences.len() - MOST));
        }
    };
    sentences(&one.problems, page);
    if !one.under_way.is_empty() {
        page.line("  An operation was under way; whoever serves it first finishes what it had yet to do:");
        sentences(&one.under_way, page);
    }
    if !one.areas.is_empty() {
        page.line("  Areas are in no backup, and hold something else by now:");
        sentences(&one.areas, page);
    }
    match one.is_copy {
        true => page.line("  Its remote is looked at when a server serves it; nothing was pushed"),
        false => page.line(format!("  It was in {}; names of folders in its configuration start here now", one.was)),
    }
}
