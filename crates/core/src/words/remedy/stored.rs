//! How a remedy is stored, and how the sentence is read that stood in its place before remedies were data.

use super::Remedy;
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Deserialize)]
#[serde(untagged)]
enum Form {
    Sentence(String),
    Step(Remedy),
}

/// Writes it: as data in JSON, as that JSON's text elsewhere, because tagged data has no other form.
///
/// # Errors
/// Those of the writer.
pub fn serialize<S: Serializer>(remedy: &Remedy, to: S) -> Result<S::Ok, S::Error> {
    match to.is_human_readable() {
        true => remedy.serialize(to),
        false => serde_json::to_string(remedy).map_err(S::Error::custom)?.serialize(to),
    }
}

/// Reads it, or the sentence that stood there before remedies were data.
///
/// # Errors
/// Those of the reader.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Remedy, D::Error> {
    if !from.is_human_readable() {
        return serde_json::from_str(&String::deserialize(from)?).map_err(D::Error::custom);
    }
    Ok(match Form::deserialize(from)? {
        Form::Sentence(text) => Remedy::Advice { text },
        Form::Step(remedy) => remedy,
    })
}
