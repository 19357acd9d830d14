//! What people wrote is shown, never obeyed: no title, name or output of a program moves a terminal's cursor or turns
//! the order of what it shows.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt::Write as _;
use switchback_server::{is_seen, shown};

/// The same with every character written out that cannot be shown. What holds none stays as it is.
pub fn visible<T: Serialize + DeserializeOwned>(said: T) -> T {
    let Ok(mut value) = serde_json::to_value(&said) else { return said };
    match write_out(&mut value) {
        false => said,
        true => serde_json::from_value(value).unwrap_or(said),
    }
}

/// Whether something had to be written out.
fn write_out(value: &mut Value) -> bool {
    match value {
        Value::String(text) => {
            let visible = shown(text);
            let differs = visible != *text;
            if differs {
                *text = visible;
            }
            differs
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, item| write_out(item) | any),
        Value::Object(members) => {
            // Keys of changes and names of stages stand there as well.
            let odd = members.keys().any(|name| shown(name) != *name);
            if odd {
                let named = std::mem::take(members).into_iter();
                *members = named.map(|(name, value)| (shown(&name), value)).collect();
            }
            members.values_mut().fold(odd, |any, value| write_out(value) | any)
        }
        _ => false,
    }
}

/// The text of a JSON document with those characters as escapes of JSON: programs read the same, and terminals show it.
pub fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if is_seen(character) {
            text.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a text cannot fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_cannot_be_shown_is_written_out_wherever_it_stands() {
        let said = json!({ "title": "T\u{1b}[2J\u{202e}", "stages": { "Q\u{200b}A": ["a\nb", 1] }, "plain": "é" });
        let visible = visible(said);
        let wanted = json!({ "title": "T\\u{1b}[2J\\u{202e}", "stages": { "Q\\u{200b}A": ["a\nb", 1] }, "plain": "é" });
        assert_eq!(visible, wanted);
    }

    #[test]
    fn programs_read_what_was_said() {
        let said = json!({ "title": "a\u{7f}\u{202e}b\u{e0001}é" });
        let text = escaped(&said.to_string());
        assert!(text.is_ascii() || text.contains('é'));
        assert!(!text.contains(['\u{7f}', '\u{202e}', '\u{e0001}']));
        assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(said));
    }
}
