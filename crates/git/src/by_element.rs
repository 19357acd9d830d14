//! Weaving three versions of a text into one where a plain merge could not (`SPEC X2`): by element, or with the lines of
//! both sides.

use super::objects::Objects;
use super::outcomes::{Outcomes, Question};
use super::text::{self, Texts};
use gix::objs::Kind as ObjectKind;
use std::cell::Cell;
use std::sync::Arc;
use switchback_core::content::ends::Ends;
use switchback_core::content::filetype::{Format, Keys};
use switchback_core::content::{Soundness, Weave};
use switchback_core::words::fault::Fault;
use switchback_core::words::object::{BlobId, Oid};
use switchback_structural as structural;

/// A result that differs from ours by more bytes than that is not kept.
const LITTLE: usize = 4096;

/// What the outcome of a merge that is kept begins with.
const MERGED: u8 = 1;
const NOT: u8 = 0;

/// Contents, and what is known of them.
type Source<'a> = (&'a Objects, &'a Outcomes);

/// Weaves `[base, ours, theirs]`; the sentence that says why not, where that cannot be.
pub(super) fn weave(
    source: Source<'_>,
    texts: [Option<BlobId>; 3],
    how: Weave<'_>,
) -> Result<Result<BlobId, String>, Fault> {
    let (objects, _) = source;
    match how {
        Weave::Structural(format, keys) => by_element(source, texts, (format, keys)),
        Weave::Union => {
            let [base, ours, theirs] = [read(objects, texts[0])?, read(objects, texts[1])?, read(objects, texts[2])?];
            let united = text::unite(Texts { base: &base, ours: &ours, theirs: &theirs });
            objects.make(ObjectKind::Blob, united).map(|id| Ok(BlobId(id)))
        }
    }
}

fn by_element(
    (objects, outcomes): Source<'_>,
    texts: [Option<BlobId>; 3],
    (format, keys): (Format, &Keys),
) -> Result<Result<BlobId, String>, Fault> {
    let question = Question::of(("merge", format, keys, texts.map(|text| text.map(|text| text.0.0))));
    let ours = read(objects, texts[1])?;
    if let Some(known) = outcomes.get(objects, question).and_then(|outcome| again(objects, &ours, &outcome)) {
        return Ok(known);
    }
    let [base, theirs] = [read(objects, texts[0])?, read(objects, texts[2])?];
    let texts = structural::Texts { base: &base, ours: &ours, theirs: &theirs };
    let merged = match structural::merge(format, keys, texts) {
        Ok(merged) => merged,
        Err(why) => {
            outcomes.keep(objects, question, &[&[NOT], why.message.as_bytes()].concat());
            return Ok(Err(why.message));
        }
    };
    let made = BlobId(objects.make(ObjectKind::Blob, merged.clone())?);
    if let Some(outcome) = outcome(&ours, &merged, made) {
        outcomes.keep(objects, question, &outcome);
    }
    Ok(Ok(made))
}

fn read(objects: &Objects, text: Option<BlobId>) -> Result<Arc<[u8]>, Fault> {
    text.map_or(Ok(Arc::from([])), |text| objects.blob(text))
}

/// What a merge came to, told by how it differs from ours; `None` where that is much.
fn outcome(ours: &[u8], merged: &[u8], made: BlobId) -> Option<Vec<u8>> {
    let ends = Ends::of(ours, merged);
    let between = ends.between(merged);
    if between.len() > LITTLE {
        return None;
    }
    let [front, back] = [u32::try_from(ends.front).ok()?, u32::try_from(ends.back).ok()?];
    Some([&[MERGED], &made.0.0[..], &front.to_le_bytes(), &back.to_le_bytes(), between].concat())
}

/// A merge from its outcome; `None` where that does not lead to what it came to.
fn again(objects: &Objects, ours: &[u8], outcome: &[u8]) -> Option<Result<BlobId, String>> {
    let (kind, rest) = outcome.split_first()?;
    if *kind == NOT {
        return String::from_utf8(rest.to_vec()).ok().map(Err);
    }
    let (id, rest) = rest.split_first_chunk()?;
    let (front, rest) = rest.split_first_chunk()?;
    let (back, between) = rest.split_first_chunk()?;
    let front = ours.get(..u32::from_le_bytes(*front) as usize)?;
    let back = ours.get(ours.len().checked_sub(u32::from_le_bytes(*back) as usize)?..)?;
    let made = objects.make(ObjectKind::Blob, [front, between, back].concat()).ok()?;
    (made == Oid(*id)).then_some(Ok(BlobId(made)))
}

/// Whether a document is sound, and if not, whether a version it was made of was unsound in the same way.
pub(super) fn soundness(
    (objects, outcomes): Source<'_>,
    how: (Format, &Keys),
    (made, versions): (BlobId, &[BlobId]),
) -> Result<Soundness, Fault> {
    let question = Question::of(("sound", how, made.0.0));
    if outcomes.get(objects, question).is_some() {
        return Ok(Soundness::Sound);
    }
    let by_itself = Cell::new(true);
    let versions = || {
        by_itself.set(false);
        versions.iter().map(|version| objects.blob(*version)).collect::<Result<Vec<_>, _>>()
    };
    let found = structural::soundness(how, &objects.blob(made)?, versions)?;
    if by_itself.get() {
        // Nobody asked the versions, so nothing was wrong.
        outcomes.keep(objects, question, &[]);
    }
    Ok(found)
}
