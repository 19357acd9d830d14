//! The sign and tone of a state. The state's own word always stands beside it.

use crate::render::table::Cell;
use crate::render::tone::Tone;

/// The sign of a state, whatever is in it: a change of a move, a promotion, a deployment, a job.
pub fn of(state: &str) -> (&'static str, Tone) {
    match state {
        "validated" | "goes" | "takes" | "succeeded" | "moved" | "demoted" | "completed" | "recorded" | "tested"
        | "approved" | "current" => ("✓", Tone::Good),
        "fails" | "conflicts" | "failed" | "refused" | "conflicted" | "completed-with-errors" => ("✗", Tone::Bad),
        "outdated" => ("↑", Tone::Warn),
        "queued" | "running" | "scheduled" | "merging" | "deploying" | "planned" | "draft" | "chosen" | "waiting" => {
            ("…", Tone::Warn)
        }
        "unchanged" | "void" | "undone" | "skipped" | "not-run" | "cancelled" | "absent" | "nothing-to-move" => {
            ("–", Tone::Dim)
        }
        _ => ("·", Tone::Plain),
    }
}

/// A cell with the sign alone.
pub fn cell(state: &str) -> Cell<'static> {
    let (sign, tone) = of(state);
    Cell::toned(sign, tone)
}

/// A cell with the state's word, in its tone.
pub fn word(state: &str) -> Cell<'_> {
    Cell::toned(state, of(state).1)
}

/// Sign and word together.
pub fn both(state: &str) -> String {
    let (sign, tone) = of(state);
    tone.paint(format!("{sign} {state}"))
}
