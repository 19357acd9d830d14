//! The way of a structural merge: undress, read, merge, write, read again.

use super::document::Document;
use super::dress::{end_as_wanted, undress};
use super::sound;
use super::texts::Texts;
use super::three::Three;
use super::weave::weave;
use super::why::Why;
use super::{json, properties, toml, xml, yaml};
use switchback_core::content::filetype::{Format, Keys};

/// The largest text that is read: 64 MiB.
pub const LARGEST: usize = 64 << 20;

/// Merges three versions element by element (`SPEC X2`). Bytes that neither side touched come out as they were.
///
/// # Errors
/// Why nothing came out: a text cannot be read, the sides disagree, or the result is not sound.
pub fn merge(format: Format, keys: &Keys, texts: Texts<'_>) -> Result<Vec<u8>, Why> {
    for (text, which) in [(texts.base, "the base"), (texts.ours, "ours"), (texts.theirs, "theirs")] {
        small_enough(text).map_err(|why| why.of(which))?;
    }
    if format == Format::Properties {
        properties::same_encoding([texts.base, texts.ours, texts.theirs])?;
    }
    let dressed = undress(&texts);
    let texts = &dressed.texts;
    let open = |text, which| sound_document((format, keys), text).map_err(|why: Why| why.of(which));
    let documents = Three {
        base: texts.base.as_deref().map(|text| open(text, "the base")).transpose()?,
        ours: open(&texts.ours, "ours")?,
        theirs: open(&texts.theirs, "theirs")?,
    };
    let mut woven = weave(format, &documents)?;
    if !matches!(format, Format::Xml | Format::Json) {
        end_as_wanted(texts, &mut woven.text);
    }
    let result = sound_document((format, keys), &woven.text).map_err(Why::of_result)?;
    woven.gone.check(&documents, &result)?;
    if result.root.gist != woven.gist {
        return Err(Why::unsound("what came out does not mean what was merged".to_owned()));
    }
    drop(result);
    let mut text = woven.text;
    text.splice(..0, dressed.mark.iter().copied());
    Ok(text)
}

/// Whether a text can be read in its format and holds no key twice.
///
/// # Errors
/// Why not.
pub fn check(format: Format, keys: &Keys, text: &[u8]) -> Result<(), Why> {
    small_enough(text)?;
    let bare = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    sound_document((format, keys), bare).map(drop)
}

fn small_enough(text: &[u8]) -> Result<(), Why> {
    match text.len() {
        0..=LARGEST => Ok(()),
        size => Err(Why::unreadable(format!(
            "it has {} MiB, and files of more than {} MiB are not merged by element",
            size >> 20,
            LARGEST >> 20
        ))),
    }
}

fn sound_document<'a>((format, keys): (Format, &Keys), text: &'a [u8]) -> Result<Document<'a>, Why> {
    let document = match format {
        Format::Xml => xml::read(utf8(text)?, keys)?,
        Format::Json => json::read(utf8(text)?, keys)?,
        Format::Yaml => yaml::read(utf8(text)?, keys)?,
        Format::Toml => toml::read(utf8(text)?, keys)?,
        Format::Properties => properties::read(text)?,
    };
    sound::check(&document)?;
    Ok(document)
}

fn utf8(text: &[u8]) -> Result<&str, Why> {
    std::str::from_utf8(text)
        .map_err(|error| Why::unreadable(format!("it is not UTF-8 text (byte {})", error.valid_up_to() + 1)))
}
