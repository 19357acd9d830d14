//! Weaving three versions of a text into one where a plain merge could not (`SPEC X2`): by element, or with the lines of
//! both sides.

use super::objects::Objects;
use super::text::{self, Texts};
use gix::objs::Kind as ObjectKind;
use std::sync::Arc;
use switchback_core::content::filetype::{Format, Keys};
use switchback_core::content::{Soundness, Weave};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::BlobId;
use switchback_structural as structural;

/// Weaves `[base, ours, theirs]`; the sentence that says why not, where that cannot be.
pub(super) fn weave(
    objects: &Objects,
    texts: [Option<BlobId>; 3],
    how: Weave<'_>,
) -> Result<Result<BlobId, String>, Fault> {
    let read = |text: Option<BlobId>| text.map_or(Ok(Arc::from([])), |text| objects.blob(text));
    let [base, ours, theirs] = [read(texts[0])?, read(texts[1])?, read(texts[2])?];
    let texts = Texts { base: &base, ours: &ours, theirs: &theirs };
    let woven = match how {
        Weave::Structural(format, keys) => by_element(texts, format, keys),
        Weave::Union => Ok(text::unite(texts)),
    };
    match woven {
        Ok(bytes) => Ok(Ok(BlobId(objects.make(ObjectKind::Blob, bytes)?))),
        Err(why) => Ok(Err(why)),
    }
}

fn by_element(texts: Texts<'_>, format: Format, keys: &Keys) -> Result<Vec<u8>, String> {
    let Texts { base, ours, theirs } = texts;
    structural::merge(format, keys, structural::Texts { base, ours, theirs }).map_err(|why| why.message)
}

/// Whether a document is sound, and if not, whether a version it was made of was unsound in the same way.
pub(super) fn soundness(
    objects: &Objects,
    how: (Format, &Keys),
    (made, versions): (BlobId, &[BlobId]),
) -> Result<Soundness, Fault> {
    let versions = || versions.iter().map(|version| objects.blob(*version)).collect::<Result<Vec<_>, _>>();
    structural::soundness(how, &objects.blob(made)?, versions)
}
