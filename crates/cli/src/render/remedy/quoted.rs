//! A next step with every name as a shell takes it.

use crate::render::shell;
use serde_json::Value;
use switchback_api::Remedy;

/// Members that are sentences or words already.
const AS_THEY_ARE: [&str; 4] = ["step", "text", "kind", "privilege"];

/// The same next step with every name in it quoted where a shell would read it otherwise. Every member of every remedy is a
/// name unless it is told apart here, so that a new one is quoted without a word about it.
pub(super) fn for_a_shell(remedy: &Remedy) -> Remedy {
    if let Remedy::BringAlong(_) | Remedy::DidYouMean { .. } | Remedy::RestoreLedger { .. } = remedy {
        // These are no words to be typed, or know themselves how they are.
        return remedy.clone();
    }
    let quoted = serde_json::to_value(remedy).map(|mut value| {
        quote(&mut value);
        serde_json::from_value(value)
    });
    quoted.ok().and_then(Result::ok).unwrap_or_else(|| remedy.clone())
}

fn quote(value: &mut Value) {
    match value {
        Value::String(text) => *text = shell::word(text),
        Value::Array(items) => items.iter_mut().for_each(quote),
        Value::Object(members) => {
            let names = members.iter_mut().filter(|(name, _)| !AS_THEY_ARE.contains(&name.as_str()));
            names.for_each(|(_, member)| quote(member));
        }
        _ => {}
    }
}
