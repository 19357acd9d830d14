//! Reads a text in its format.

use super::document::Document;
use super::loosen::loosen;
use super::manner::Manner;
use super::why::Why;
use super::{json, properties, toml, xml, yaml};
use switchback_core::content::filetype::Format;

/// The largest text that is read: 64 MiB.
pub const LARGEST: usize = 64 << 20;

/// Reads a text without its byte order mark. A key may be in it twice.
pub(super) fn document<'a>(manner: &Manner<'_>, text: &'a [u8]) -> Result<Document<'a>, Why> {
    small_enough(text)?;
    let keys = manner.keys;
    let mut document = match manner.format {
        Format::Xml => xml::read(utf8(text)?, manner),
        Format::Json => json::read(utf8(text)?, keys),
        Format::Yaml => yaml::read(utf8(text)?, keys),
        Format::Toml => toml::read(utf8(text)?, keys),
        Format::Properties => properties::read(text),
    }?;
    if !manner.loose.is_empty() {
        loosen(manner.format, &mut document, &manner.loose);
    }
    Ok(document)
}

/// Refuses what is larger than what is read.
pub(super) fn small_enough(text: &[u8]) -> Result<(), Why> {
    match text.len() {
        0..=LARGEST => Ok(()),
        size => Err(Why::unreadable(format!(
            "it has {} MiB, and files of more than {} MiB are not merged by element",
            size >> 20,
            LARGEST >> 20
        ))),
    }
}

fn utf8(text: &[u8]) -> Result<&str, Why> {
    std::str::from_utf8(text)
        .map_err(|error| Why::unreadable(format!("it is not UTF-8 text (byte {})", error.valid_up_to() + 1)))
}
