//! How a line looks: for who reads along, or as JSON for who collects.

use serde_json::{Map, Value};
use std::borrow::Cow;
use tracing::Level;

/// What a line is written for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Format {
    /// For who reads along.
    #[default]
    Text,
    /// For a collector: one JSON object a line.
    Json,
}

impl Format {
    /// From its word: `text`, `json`.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// What a line says.
pub struct Line {
    /// When, as RFC 3339 says it.
    pub at: String,
    /// How much it matters.
    pub level: Level,
    /// What happened, in words.
    pub message: String,
    /// What is said along with it.
    pub fields: Vec<(&'static str, Value)>,
}

impl Line {
    /// As it is written, with its end.
    pub fn written(self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Json => self.json(),
        }
    }

    fn json(self) -> String {
        let mut members = Map::new();
        members.insert("time".to_owned(), self.at.into());
        members.insert("level".to_owned(), self.level.as_str().to_ascii_lowercase().into());
        members.insert("message".to_owned(), self.message.into());
        for (name, value) in self.fields {
            members.entry(name).or_insert(value);
        }
        format!("{}\n", Value::Object(members))
    }

    fn text(self) -> String {
        let mut line = format!("{} {:5} {}", self.at, self.level, self.message);
        for (name, value) in &self.fields {
            line.extend([" ", name, "=", &plain(value)]);
        }
        line.push('\n');
        line
    }
}

/// A value without quotes, where nobody could take what stands in it for something else.
fn plain(value: &Value) -> Cow<'_, str> {
    let is_plain = |char: char| char.is_alphanumeric() || "-_./:{}@#+*,".contains(char);
    match value {
        Value::String(text) if !text.is_empty() && text.chars().all(is_plain) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn line() -> Line {
        let fields = vec![("status", json!(200)), ("person", json!("ann")), ("forged", json!("x level=error"))];
        Line { at: "2026-01-02T03:04:05Z".to_owned(), level: Level::INFO, message: "answered".to_owned(), fields }
    }

    #[test]
    fn a_line_for_people_and_one_for_a_collector() {
        let text = line().written(Format::Text);
        assert_eq!(text, "2026-01-02T03:04:05Z INFO  answered status=200 person=ann forged=\"x level=error\"\n");
        let value: Value = serde_json::from_str(&line().written(Format::Json)).unwrap();
        assert_eq!(
            (&value["level"], &value["message"], &value["status"]),
            (&json!("info"), &json!("answered"), &json!(200))
        );
    }

    #[test]
    fn nothing_takes_the_place_of_what_the_line_says_itself() {
        let fields = vec![("level", json!("error"))];
        let value: Value = serde_json::from_str(&Line { fields, ..line() }.written(Format::Json)).unwrap();
        assert_eq!(value["level"], json!("info"));
    }
}
