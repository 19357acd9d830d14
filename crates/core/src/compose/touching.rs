//! Merging where edits may touch. Git's merge asks for a line between two edits; a change that is rewritten without
//! another one usually begins right beside it, and only lines that both replaced are in dispute there (`SPEC D4`).

use crate::content::{ConflictKind, Content, Hunk, Merge, Merged, Sides};
use crate::words::fault::Fault;
use crate::words::object::Leaf;

/// Merges as [`Content::merge`] does, and settles what conflicted only because two edits touch.
///
/// # Errors
/// A fault of the content.
pub fn merge(content: &dyn Content, merge: Merge<'_>) -> Result<Merged, Fault> {
    let mut merged = content.merge(merge)?;
    let mut edits = Vec::new();
    let mut open = Vec::new();
    for conflict in merged.conflicts {
        let settled = match conflict.kind {
            ConflictKind::Content => settle(content, conflict.sides)?,
            _ => None,
        };
        match settled {
            Some(leaf) => edits.push((conflict.path, Some(leaf))),
            None => open.push(conflict),
        }
    }
    merged.tree = content.edit(merged.tree, &edits)?;
    merged.conflicts = open;
    Ok(merged)
}

fn settle(content: &dyn Content, sides: Sides) -> Result<Option<Leaf>, Fault> {
    let Sides { base: Some(base), ours: Some(ours), theirs: Some(theirs) } = sides else { return Ok(None) };
    if base.mode != ours.mode || base.mode != theirs.mode {
        return Ok(None);
    }
    let hunks = (content.hunks(base.id, ours.id)?, content.hunks(base.id, theirs.id)?);
    let (Some(our_hunks), Some(their_hunks)) = hunks else { return Ok(None) };
    let bytes = (content.read(base.id)?, content.read(ours.id)?, content.read(theirs.id)?);
    let (base, one, two) = (lines(&bytes.0), lines(&bytes.1), lines(&bytes.2));
    let text = edited(&base, &[(one, our_hunks), (two, their_hunks)]);
    text.map(|text| Ok(Leaf { id: content.blob(&text)?, ..ours })).transpose()
}

/// A text cut into lines; each keeps its line feed.
pub fn lines(text: &[u8]) -> Vec<&[u8]> {
    text.split_inclusive(|byte| *byte == b'\n').collect()
}

/// One text with its lines and how they differ from the base's.
pub(super) type Side<'a> = (Vec<&'a [u8]>, Vec<Hunk>);

/// The base with the edits of both sides; `None` where they replace the same lines, or add at the same place.
pub(super) fn edited(base: &[&[u8]], sides: &[Side<'_>; 2]) -> Option<Vec<u8>> {
    let edits = sides.iter().flat_map(|(lines, hunks)| hunks.iter().map(move |hunk| (hunk, &lines[hunk.new.clone()])));
    let mut edits: Vec<(&Hunk, &[&[u8]])> = edits.collect();
    edits.sort_by_key(|(hunk, _)| (hunk.old.start, hunk.old.end));
    edits.dedup_by(|later, earlier| later.0.old == earlier.0.old && later.1 == earlier.1);
    let (mut text, mut at): (Vec<u8>, usize) = (Vec::new(), 0);
    for (nth, (hunk, lines)) in edits.iter().enumerate() {
        let before = nth.checked_sub(1).map(|nth| edits[nth].0);
        if hunk.old.start < at || before.is_some_and(|before| before.old == hunk.old) {
            return None;
        }
        base[at..hunk.old.start].iter().chain(lines.iter()).for_each(|line| text.extend_from_slice(line));
        at = hunk.old.end;
    }
    base[at..].iter().for_each(|line| text.extend_from_slice(line));
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ops::Range;

    fn side(old: Range<usize>, new: &str) -> Side<'_> {
        let new = lines(new.as_bytes());
        let hunk = Hunk { old, new: 0..new.len() };
        (new, vec![hunk])
    }

    /// Two edits of `1 2 3`, each as the lines replaced and what stands there instead.
    fn both(one: (Range<usize>, &str), two: (Range<usize>, &str)) -> Option<String> {
        let sides = [side(one.0, one.1), side(two.0, two.1)];
        edited(&lines(b"1\n2\n3\n"), &sides).map(|text| String::from_utf8(text).unwrap())
    }

    #[test]
    fn edits_that_touch_merge() {
        assert_eq!(both((1..2, "x\n"), (2..2, "y\n")).as_deref(), Some("1\nx\ny\n3\n"));
        assert_eq!(both((1..2, "x\n"), (1..1, "y\n")).as_deref(), Some("1\ny\nx\n3\n"));
        assert_eq!(both((0..1, "x\n"), (1..3, "")).as_deref(), Some("x\n"));
    }

    #[test]
    fn the_same_edit_is_taken_once() {
        assert_eq!(both((1..2, "x\n"), (1..2, "x\n")).as_deref(), Some("1\nx\n3\n"));
    }

    #[test]
    fn edits_of_the_same_lines_or_the_same_place_do_not() {
        assert_eq!(both((1..2, "x\n"), (1..2, "y\n")), None);
        assert_eq!(both((0..2, "x\n"), (1..3, "y\n")), None);
        assert_eq!(both((0..3, "x\n"), (1..1, "y\n")), None);
        assert_eq!(both((1..1, "x\n"), (1..1, "y\n")), None);
    }
}
