//! What is said along with an event or a span: names with values, every text made fit to be shown.

use serde_json::Value;
use std::fmt::Debug;
use switchback_core::words::name_rule::shown;
use tracing::field::{Field, Visit};

/// The longest text that is said: what is longer is somebody's content, or an attack on whoever reads.
const LONGEST: usize = 2000;

/// How what is for collectors of traces alone begins.
const FOR_COLLECTORS: &str = "otel.";

/// Names with values, in the order in which they were said.
#[derive(Clone, Default)]
pub struct Fields(pub Vec<(&'static str, Value)>);

impl Fields {
    fn set(&mut self, field: &Field, value: Value) {
        if field.name().starts_with(FOR_COLLECTORS) {
            return;
        }
        match self.0.iter_mut().find(|(name, _)| *name == field.name()) {
            Some((_, known)) => *known = value,
            None => self.0.push((field.name(), value)),
        }
    }

    /// Takes out what the event says in words.
    pub fn take_message(&mut self) -> String {
        let place = self.0.iter().position(|(name, _)| *name == "message");
        match place.map(|place| self.0.remove(place).1) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        }
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.set(field, harmless(value).into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.set(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.set(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.set(field, value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.set(field, value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.set(field, harmless(&format!("{value:?}")).into());
    }
}

/// A text that moves no cursor, begins no line and passes for no other.
fn harmless(text: &str) -> String {
    if text.len() <= LONGEST && text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.to_owned();
    }
    let cut: String = text.chars().take(LONGEST).collect();
    let end = if cut.len() < text.len() { "…" } else { "" };
    format!("{}{end}", shown(&cut).replace('\n', "\\n").replace('\t', "\\t"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_one_line_and_moves_no_cursor() {
        assert_eq!(harmless("a\u{1b}[31mb\r\nc\td"), "a\\u{1b}[31mb\\nc\\td");
        assert_eq!(harmless(" ~\\\""), " ~\\\"");
        assert_eq!(harmless("x\u{202e}y"), "x\\u{202e}y");
        assert_eq!(harmless(&"é".repeat(LONGEST + 1)).chars().count(), LONGEST + 1);
        assert_eq!(harmless(&"é".repeat(LONGEST)), "é".repeat(LONGEST));
    }
}
