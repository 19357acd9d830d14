//! How it stands with a remote.

use crate::render::page::{Page, minute};
use crate::render::tone::Tone;
use switchback_api::Answer;
use switchback_api::verbs::fetch::{Fetched, RemoteStatus};

/// What came of a look at it.
pub fn text(answer: &Answer<Fetched>, page: &mut Page) {
    let (Answer::Done(told) | Answer::Plan(told)) = answer;
    match &told.remote {
        None => page.line("The branches are in this repository; nothing is to be fetched."),
        Some(_) if !told.recorded.is_empty() => {
            page.line(format!("Recorded {}, as the ledger says up to #{}.", told.recorded.join(", "), told.seq));
        }
        Some(_) if told.taken_in > 0 => {
            page.line(format!("Took in what others did, as the ledger says up to #{}.", told.seq));
        }
        Some(_) => page.line("Nothing came that is not known."),
    }
    told.remote.iter().for_each(|remote| line(remote, page));
    page.warnings(&told.warnings);
}

/// In one line.
pub fn line(remote: &RemoteStatus, page: &mut Page) {
    let seen = remote.fetched.as_deref().map(|at| format!(", seen {}", minute(at))).unwrap_or_default();
    let text = format!("Remote: {}{seen}", remote.address);
    match &remote.away_since {
        None => page.line(text),
        Some(since) => page.line(Tone::Bad.paint(format!("{text}; away since {}", minute(since)))),
    }
}
