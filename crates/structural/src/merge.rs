//! The way of a structural merge: undress, read, merge, write, read again.

use super::defects::{bare, new_double};
use super::doubt::{Doubt, doubt};
use super::dress::{end_as_wanted, undress};
use super::loosen::single;
use super::manner::{Manner, Told};
use super::properties;
use super::read::{document, small_enough};
use super::sound;
use super::texts::Texts;
use super::three::Three;
use super::weave::{Unwoven, weave};
use super::why::Why;
use std::borrow::Cow;
use switchback_core::content::filetype::{Format, Keys};

/// In so many manners texts are read at most.
const MANNERS: usize = 16;

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
    let mut manner = Manner::new((format, keys));
    let first = in_some_manner(&mut manner, &dressed.texts);
    let (text, why) = match first {
        Ok((text, None)) => return Ok(dressed.back_on(text)),
        Ok((text, Some(doubt))) => (Some(text).filter(|_| doubt.is_mild), doubt.why),
        Err(Unwoven::Comments(why)) => (None, why),
        Err(Unwoven::Why(why)) => return Err(why),
        Err(Unwoven::Again(tag, _)) => return Err(told_differently(&tag)),
    };
    // Comments are merged with what they stand above, as long as that does. Else each goes its own way.
    let loosened = loosened(&mut manner, &dressed.texts).or(text);
    loosened.map(|text| dressed.back_on(text)).ok_or(why)
}

fn told_differently(tag: &str) -> Why {
    Why::disagree(format!("nothing tells the items of `{tag}` apart in all versions"))
}

/// What comes out, and what is doubtful about its comments.
type Outcome = Result<(Vec<u8>, Option<Doubt>), Unwoven>;

/// Merges three texts in the first manner in which all versions tell their items apart.
fn in_some_manner(manner: &mut Manner<'_>, texts: &Three<Cow<'_, [u8]>>) -> Outcome {
    let mut outcome = attempt(manner, texts);
    for _ in 0..MANNERS {
        match outcome {
            Err(Unwoven::Again(tag, told)) if manner.tell(&tag, told) || manner.tell(&tag, Told::Place) => {
                outcome = attempt(manner, texts);
            }
            outcome => return outcome,
        }
    }
    outcome
}

/// What comes out when comments are nodes of their own, where that is beyond doubt.
fn loosened(manner: &mut Manner<'_>, texts: &Three<Cow<'_, [u8]>>) -> Option<Vec<u8>> {
    let texts_there = [texts.base.as_ref(), Some(&texts.ours), Some(&texts.theirs)];
    let documents = texts_there.into_iter().flatten().map(|text| document(manner, text));
    let documents = documents.collect::<Result<Vec<_>, _>>().ok()?;
    manner.loose = single(manner.format, &documents);
    if manner.loose.is_empty() {
        return None;
    }
    match in_some_manner(manner, texts) {
        Ok((text, None)) => Some(text),
        _ => None,
    }
}

/// Merges three texts that are read in one manner.
fn attempt(manner: &Manner<'_>, texts: &Three<Cow<'_, [u8]>>) -> Outcome {
    let open = |text, which| document(manner, text).map_err(|why: Why| why.of(which));
    let documents = Three {
        base: texts.base.as_deref().map(|text| open(text, "the base")).transpose()?,
        ours: open(&texts.ours, "ours")?,
        theirs: open(&texts.theirs, "theirs")?,
    };
    let mut woven = weave(manner.format, &documents)?;
    if !matches!(manner.format, Format::Xml | Format::Json) {
        end_as_wanted(texts, &mut woven.text);
    }
    let result = document(manner, &woven.text).map_err(Why::of_result)?;
    let versions = [documents.base.as_ref(), Some(&documents.ours), Some(&documents.theirs)];
    if let Some(why) = new_double(&result, &versions.into_iter().flatten().collect::<Vec<_>>()) {
        return Err(why.of_result().into());
    }
    woven.gone.check(&documents, &result)?;
    if result.root.gist != woven.gist {
        return Err(Why::unsound("what came out does not mean what was merged".to_owned()).into());
    }
    let doubt = doubt(manner.format, &documents, &result);
    Ok((woven.text, doubt))
}

/// Whether a text can be read in its format and holds no key twice.
///
/// # Errors
/// Why not.
pub fn check(format: Format, keys: &Keys, text: &[u8]) -> Result<(), Why> {
    small_enough(text)?;
    sound::check(&document(&Manner::new((format, keys)), bare(text))?)
}
