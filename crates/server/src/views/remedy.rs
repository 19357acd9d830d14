//! What to do next: as data, for whoever shows it to word. Nothing here names a command or a button.

use switchback_api::remedy;
use switchback_core::words::remedy::Remedy;

/// The sentence, where it is advice and needs no wording, and the step as data.
pub fn next(remedy: &Remedy) -> (String, Option<Box<remedy::Remedy>>) {
    let hint = match remedy {
        Remedy::Advice { text } => text.clone(),
        _ => String::new(),
    };
    (hint, step(remedy))
}

/// The step as data. Both sides write every step in the same way, which a test of the command line holds.
pub fn step(remedy: &Remedy) -> Option<Box<remedy::Remedy>> {
    serde_json::to_value(remedy).and_then(serde_json::from_value).ok()
}
