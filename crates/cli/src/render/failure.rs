//! Failures, for people: what happened, and what to do next.

use crate::render::tone::Tone;
use std::fmt::Write as _;
use switchback_api::Failure;

/// A failure as it is printed on standard error.
pub fn text(failure: &Failure) -> String {
    match failure {
        Failure::Refused(refused) => said("refused", &refused.code, (&refused.message, &refused.hint)),
        Failure::Fault(fault) => said("fault", &fault.code, (&fault.message, &fault.hint)),
        Failure::Usage(usage) if usage.code == "usage" => {
            next(format!("{} {}\n", Tone::Bad.paint("error:"), usage.message), &usage.hint)
        }
        Failure::Usage(usage) => said("error", &usage.code, (&usage.message, &usage.hint)),
        Failure::Bug(bug) => format!("{} {}\n", Tone::Bad.paint("bug:"), bug.message),
    }
}

fn said(what: &str, code: &str, (message, hint): (&str, &str)) -> String {
    next(format!("{} {message}\n", Tone::Bad.paint(format!("{what} [{code}]:"))), hint)
}

fn next(mut text: String, hint: &str) -> String {
    if !hint.is_empty() {
        // Writing to a text cannot fail.
        let _ = writeln!(text, "{} {hint}", Tone::Strong.paint("hint:"));
    }
    text
}
