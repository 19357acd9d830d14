//! The way of a structural merge: undress, read, merge, write, read again.

use super::defects::new_double;
use super::document::Document;
use super::dress::{end_as_wanted, undress};
use super::properties;
use super::read::{document, small_enough};
use super::sound;
use super::texts::Texts;
use super::three::Three;
use super::weave::weave;
use super::why::Why;
use switchback_core::content::filetype::{Format, Keys};

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
    let open = |text, which| document((format, keys), text).map_err(|why: Why| why.of(which));
    let documents = Three {
        base: texts.base.as_deref().map(|text| open(text, "the base")).transpose()?,
        ours: open(&texts.ours, "ours")?,
        theirs: open(&texts.theirs, "theirs")?,
    };
    let mut woven = weave(format, &documents)?;
    if !matches!(format, Format::Xml | Format::Json) {
        end_as_wanted(texts, &mut woven.text);
    }
    let result = document((format, keys), &woven.text).map_err(Why::of_result)?;
    let versions = [documents.base.as_ref(), Some(&documents.ours), Some(&documents.theirs)];
    new_double(&result, &versions.into_iter().flatten().collect::<Vec<_>>())
        .map_or(Ok(()), |why| Err(why.of_result()))?;
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

fn sound_document<'a>(how: (Format, &Keys), text: &'a [u8]) -> Result<Document<'a>, Why> {
    let document = document(how, text)?;
    sound::check(&document)?;
    Ok(document)
}
