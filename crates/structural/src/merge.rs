//! The way of a structural merge: undress, read, merge, write, read again.

use super::defects::new_double;
use super::dress::{end_as_wanted, undress};
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
    for _ in 0..MANNERS {
        match attempt(&manner, &dressed.texts) {
            Ok(mut text) => {
                text.splice(..0, dressed.mark.iter().copied());
                return Ok(text);
            }
            Err(Unwoven::Why(why)) => return Err(why),
            Err(Unwoven::Again(tag, told)) if manner.tell(tag.clone(), told) => {}
            Err(Unwoven::Again(tag, _)) if manner.tell(tag.clone(), Told::Place) => {}
            Err(Unwoven::Again(tag, _)) => return Err(told_differently(&tag)),
        }
    }
    Err(told_differently("the document"))
}

fn told_differently(tag: &str) -> Why {
    Why::disagree(format!("nothing tells the items of `{tag}` apart in all versions"))
}

/// Merges three texts that are read in one manner.
fn attempt(manner: &Manner<'_>, texts: &Three<Cow<'_, [u8]>>) -> Result<Vec<u8>, Unwoven> {
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
    drop(result);
    Ok(woven.text)
}

/// Whether a text can be read in its format and holds no key twice.
///
/// # Errors
/// Why not.
pub fn check(format: Format, keys: &Keys, text: &[u8]) -> Result<(), Why> {
    small_enough(text)?;
    let bare = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    sound::check(&document(&Manner::new((format, keys)), bare)?)
}
