//! A conflict taken apart: what agrees, and the blocks where both sides edited the same lines, each with the lines around
//! it. So what was decided about a block can be found again in a file that differs elsewhere (`SPEC X5`).

use crate::compose::touching;
use crate::content::entry::is_plain;
use crate::content::{Content, Hunk, Sides};
use crate::words::fault::Fault;
use crate::words::object::BlobId;
use std::ops::Range;

/// So many lines around a block must be the same.
const AROUND: usize = 3;

/// Some lines; each keeps its line feed.
pub type Lines<'t> = Vec<&'t [u8]>;

/// The bytes of the three sides.
pub struct Texts([Vec<u8>; 3]);

impl Texts {
    /// Reads them; `None` where a side is missing, or is no file.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn read(content: &dyn Content, sides: &Sides) -> Result<Option<Self>, Fault> {
        let read = |blob: BlobId| content.read(blob);
        let (Some(ours), Some(theirs)) = (sides.ours, sides.theirs) else { return Ok(None) };
        let plain = [sides.base, sides.ours, sides.theirs].into_iter().flatten().all(is_plain);
        if !plain {
            return Ok(None);
        }
        let base = sides.base.map(|base| read(base.id)).transpose()?.unwrap_or_default();
        Ok(Some(Self([base, read(ours.id)?, read(theirs.id)?])))
    }
}

/// Where both sides edited the same lines, or lines that touch.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block<'t> {
    /// What both started from.
    pub base: Lines<'t>,
    /// What the line has there.
    pub ours: Lines<'t>,
    /// What the change has there.
    pub theirs: Lines<'t>,
    /// How ours and theirs differ from the base, line by line of the block.
    pub edits: [Vec<Hunk>; 2],
}

/// Three texts taken apart: what agrees before each block, the blocks, and what agrees after the last.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parts<'t> {
    /// One more than there are blocks.
    pub agreed: Vec<Lines<'t>>,
    /// In order.
    pub blocks: Vec<Block<'t>>,
}

impl<'t> Parts<'t> {
    /// Takes a conflict apart; `None` where a side is no text, or nothing competes.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn of(content: &dyn Content, sides: &Sides, texts: &'t Texts) -> Result<Option<Self>, Fault> {
        let (Some(ours), Some(theirs)) = (sides.ours, sides.theirs) else { return Ok(None) };
        let base = match sides.base {
            Some(base) => base.id,
            None => content.blob(b"")?,
        };
        let hunks = (content.hunks(base, ours.id)?, content.hunks(base, theirs.id)?);
        let (Some(our_hunks), Some(their_hunks)) = hunks else { return Ok(None) };
        let [base, ours, theirs] = [0, 1, 2].map(|side| touching::lines(&texts.0[side]));
        let parts = Walk { base, sides: [ours, theirs], hunks: [our_hunks, their_hunks] }.parts();
        Ok(Some(parts).filter(|parts| !parts.blocks.is_empty()))
    }

    /// The text with something in the place of each block.
    pub fn filled(&self, with: &[Lines<'_>]) -> Vec<u8> {
        let mut text = Vec::new();
        for (nth, agreed) in self.agreed.iter().enumerate() {
            agreed.iter().chain(with.get(nth).into_iter().flatten()).for_each(|line| text.extend_from_slice(line));
        }
        text
    }

    /// What a settled text has in the place of each block; `None` where it differs elsewhere too, or that cannot be told.
    pub fn decided<'r>(&self, settled: &'r [u8]) -> Option<Vec<Lines<'r>>> {
        let lines = touching::lines(settled);
        let (first, last) = (self.agreed.first()?, self.agreed.last()?);
        if self.blocks.is_empty() || lines.len() < first.len() + last.len() {
            return None;
        }
        let end = lines.len() - last.len();
        if lines[..first.len()] != first[..] || lines[end..] != last[..] {
            return None;
        }
        let (mut from, mut found) = (first.len(), Vec::new());
        for agreed in &self.agreed[1..self.agreed.len() - 1] {
            let rest = &lines[from..end];
            let mut places = (0..=rest.len().saturating_sub(agreed.len())).filter(|at| rest[*at..].starts_with(agreed));
            let at = places.next()?;
            if places.next().is_some() {
                return None;
            }
            found.push(rest[..at].to_vec());
            from += at + agreed.len();
        }
        found.push(lines[from..end].to_vec());
        Some(found)
    }

    /// Whether a block is the same as one of another conflict, with the lines around it; it does not matter which of the two
    /// contents is there first.
    pub fn is_alike(&self, nth: usize, (other, there): (&Parts<'_>, usize)) -> bool {
        let (one, two) = (&self.blocks[nth], &other.blocks[there]);
        let sides =
            (one.ours == two.ours && one.theirs == two.theirs) || (one.ours == two.theirs && one.theirs == two.ours);
        sides && one.base == two.base && self.around(nth) == other.around(there)
    }

    /// The lines around a block, as far as they count; and whether the file ends there, or another block follows.
    fn around(&self, nth: usize) -> [(&[&'t [u8]], Option<End>); 2] {
        let (before, after) = (&self.agreed[nth], &self.agreed[nth + 1]);
        let end = |lines: &Lines<'_>, at_file: bool| match (lines.len() < AROUND, at_file) {
            (false, _) => None,
            (true, true) => Some(End::File),
            (true, false) => Some(End::Block),
        };
        [
            (&before[before.len().saturating_sub(AROUND)..], end(before, nth == 0)),
            (&after[..after.len().min(AROUND)], end(after, nth + 1 == self.blocks.len())),
        ]
    }
}

/// What comes sooner than enough lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum End {
    File,
    Block,
}

struct Walk<'t> {
    base: Lines<'t>,
    sides: [Lines<'t>; 2],
    hunks: [Vec<Hunk>; 2],
}

impl<'t> Walk<'t> {
    fn parts(self) -> Parts<'t> {
        let mut parts = Parts { agreed: vec![Vec::new()], blocks: Vec::new() };
        let (mut at, mut next) = (0, [0, 0]);
        while let Some(start) = (0..2).filter_map(|side| Some(self.hunks[side].get(next[side])?.old.start)).min() {
            let first = next;
            let mut end = start;
            // Everything that touches: git asks for a line between two edits.
            while let Some(side) =
                (0..2).find(|side| self.hunks[*side].get(next[*side]).is_some_and(|one| one.old.start <= end))
            {
                end = end.max(self.hunks[side][next[side]].old.end);
                next[side] += 1;
            }
            self.agree(&mut parts, &self.base[at..start]);
            let [ours, theirs] = [0, 1].map(|side| self.counterpart(side, first[side]..next[side], start..end));
            match (ours, theirs) {
                (Some(ours), Some(theirs)) if ours != theirs => {
                    let base = self.base[start..end].to_vec();
                    let edits = [0, 1].map(|side| self.edits(side, first[side]..next[side], start));
                    parts.blocks.push(Block { base, ours: ours.to_vec(), theirs: theirs.to_vec(), edits });
                    parts.agreed.push(Vec::new());
                }
                (ours, theirs) => self.agree(&mut parts, ours.or(theirs).unwrap_or_default()),
            }
            at = end;
        }
        self.agree(&mut parts, &self.base[at..]);
        parts
    }

    /// Hunks of a side, as a block sees them that begins at a line of the base.
    fn edits(&self, side: usize, hunks: Range<usize>, start: usize) -> Vec<Hunk> {
        let hunks = &self.hunks[side][hunks];
        let Some(first) = hunks.first() else { return Vec::new() };
        let begin = first.new.start - (first.old.start - start);
        let seen = |one: &Hunk| Hunk {
            old: one.old.start - start..one.old.end - start,
            new: one.new.start - begin..one.new.end - begin,
        };
        hunks.iter().map(seen).collect()
    }

    fn agree(&self, parts: &mut Parts<'t>, lines: &[&'t [u8]]) {
        parts.agreed.last_mut().into_iter().for_each(|agreed| agreed.extend_from_slice(lines));
    }

    /// What a side has for some lines of the base; `None` where it has no edit there.
    fn counterpart(&self, side: usize, hunks: Range<usize>, base: Range<usize>) -> Option<&[&'t [u8]]> {
        let hunks = &self.hunks[side][hunks];
        let (first, last) = (hunks.first()?, hunks.last()?);
        let start = first.new.start - (first.old.start - base.start);
        self.sides[side].get(start..last.new.end + (base.end - last.old.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(old: Range<usize>, new: Range<usize>) -> Hunk {
        Hunk { old, new }
    }

    /// `1 2 3 4 5 6 7 8` with 2 and 7 edited by both, and 4 by ours.
    fn parts() -> Parts<'static> {
        let walk = Walk {
            base: touching::lines(b"1\n2\n3\n4\n5\n6\n7\n8\n"),
            sides: [touching::lines(b"1\nA\n3\nfour\n5\n6\nB\n8\n"), touching::lines(b"1\nX\n3\n4\n5\n6\nY\nZ\n8\n")],
            hunks: [
                vec![hunk(1..2, 1..2), hunk(3..4, 3..4), hunk(6..7, 6..7)],
                vec![hunk(1..2, 1..2), hunk(6..7, 6..8)],
            ],
        };
        walk.parts()
    }

    fn told(lines: &Lines<'_>) -> String {
        String::from_utf8(lines.concat()).unwrap().replace('\n', " ")
    }

    #[test]
    fn a_conflict_is_taken_apart_and_put_together() {
        let parts = parts();
        assert_eq!(parts.agreed.iter().map(told).collect::<Vec<_>>(), ["1 ", "3 four 5 6 ", "8 "]);
        let blocks: Vec<_> = parts.blocks.iter().map(|one| [&one.base, &one.ours, &one.theirs].map(told)).collect();
        assert_eq!(blocks, [["2 ", "A ", "X "], ["7 ", "B ", "Y Z "]]);
        let filled = parts.filled(&[vec![b"p\n"], Vec::new()]);
        assert_eq!(filled, b"1\np\n3\nfour\n5\n6\n8\n");
        assert_eq!(parts.decided(&filled).unwrap().iter().map(told).collect::<Vec<_>>(), ["p ", ""]);
        assert_eq!(parts.decided(b"0\np\n3\nfour\n5\n6\n8\n"), None, "it differs elsewhere");
        assert_eq!(parts.decided(b"1\n3\nfour\n5\n6\n3\nfour\n5\n6\n8\n"), None, "that cannot be told");
    }

    #[test]
    fn a_block_is_alike_with_what_is_around_it_whichever_side_comes_first() {
        let (one, mut other) = (parts(), parts());
        assert!(one.is_alike(0, (&other, 0)) && one.is_alike(1, (&other, 1)) && !one.is_alike(0, (&other, 1)));
        let Block { ours, theirs, .. } = other.blocks[1].clone();
        (other.blocks[1].ours, other.blocks[1].theirs) = (theirs, ours);
        assert!(one.is_alike(1, (&other, 1)), "the other way round");
        other.agreed[1].insert(0, b"0\n");
        assert!(one.is_alike(1, (&other, 1)), "more than three lines away");
        other.agreed[2].insert(0, b"0\n");
        assert!(!one.is_alike(1, (&other, 1)), "right beside it");
        other.agreed[2] = vec![b"8\n", b"9\n"];
        assert!(!one.is_alike(1, (&other, 1)), "the file goes on");
    }
}
