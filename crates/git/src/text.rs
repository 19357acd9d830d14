//! Line merge of three texts, as git does it: cleanly, or not at all. Knows no files and no trees.

use std::collections::HashMap;
use std::ops::Range;
use switchback_core::content::ends::Ends;
use switchback_structural::histogram::{self, Hunk, Line};

/// How far git looks for a NUL before it calls a file text.
const BINARY_PROBE: usize = 8000;

/// Whether git would call the bytes binary.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    gix::bstr::ByteSlice::find_byte(&bytes[..bytes.len().min(BINARY_PROBE)], 0).is_some()
}

/// The three texts of a merge.
#[derive(Clone, Copy)]
pub(super) struct Texts<'a> {
    pub(super) base: &'a [u8],
    pub(super) ours: &'a [u8],
    pub(super) theirs: &'a [u8],
}

/// What is done where both sides edited the same lines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Competing {
    /// There is no merge.
    Conflict,
    /// The lines of both stay, ours first.
    Both,
}

/// Merges three texts; `None` when both sides edited the same lines.
pub(super) fn merge(texts: Texts<'_>) -> Option<Vec<u8>> {
    join(texts, Competing::Conflict)
}

/// Merges three texts; where both sides edited the same lines, the lines of both stay, ours first.
pub(super) fn unite(texts: Texts<'_>) -> Vec<u8> {
    join(texts, Competing::Both).unwrap_or_else(|| texts.ours.to_vec())
}

fn join(texts: Texts<'_>, competing: Competing) -> Option<Vec<u8>> {
    let mut names = Names::default();
    let base = Text::read(texts.base, &mut names);
    let (ours, theirs) =
        (Text::read_like(texts.ours, &base, &mut names), Text::read_like(texts.theirs, &base, &mut names));
    let our_hunks = histogram::hunks(&base.lines, &ours.lines);
    let their_hunks = histogram::hunks(&base.lines, &theirs.lines);
    if our_hunks.is_empty() {
        return Some(texts.theirs.to_vec());
    }
    if their_hunks.is_empty() {
        return Some(texts.ours.to_vec());
    }
    let pieces = Pieces { ours: &ours, theirs: &theirs, base_lines: base.lines.len(), found: Vec::new() }
        .collect(&our_hunks, &their_hunks);
    let mut merged = Vec::with_capacity(texts.ours.len().max(texts.theirs.len()));
    let mut from = 0;
    for piece in &pieces {
        let our_lines = &ours.lines[piece.ours.clone()];
        let their_lines = &theirs.lines[piece.theirs.clone()];
        match piece.side {
            Side::Ours => merged.extend_from_slice(ours.bytes_of(from..piece.ours.end)),
            Side::Theirs => {
                merged.extend_from_slice(ours.bytes_of(from..piece.ours.start));
                merged.extend_from_slice(theirs.bytes_of(piece.theirs.clone()));
            }
            Side::Both if !our_lines.is_empty() && our_lines == their_lines => {
                merged.extend_from_slice(ours.bytes_of(from..piece.ours.end));
            }
            Side::Both if competing == Competing::Both => {
                merged.extend_from_slice(ours.bytes_of(from..piece.ours.end));
                if merged.last().is_some_and(|byte| *byte != b'\n') && !their_lines.is_empty() {
                    merged.push(b'\n');
                }
                merged.extend_from_slice(theirs.bytes_of(piece.theirs.clone()));
            }
            Side::Both => return None,
        }
        from = piece.ours.end;
    }
    merged.extend_from_slice(ours.bytes_of(from..ours.lines.len()));
    Some(merged)
}

/// Which lines differ between two texts; `None` where git would call one of them binary.
pub(super) fn hunks(before: &[u8], after: &[u8]) -> Option<Vec<Hunk>> {
    if is_binary(before) || is_binary(after) {
        return None;
    }
    let mut names = Names::default();
    let before = Text::read(before, &mut names);
    let after = Text::read_like(after, &before, &mut names);
    Some(histogram::hunks(&before.lines, &after.lines))
}

/// Numbers for lines. The hash is seeded anew in every process, so that nobody can write lines for it.
type Names<'a> = HashMap<&'a [u8], Line, foldhash::fast::RandomState>;

/// A text cut into lines; each keeps its line feed.
struct Text<'a> {
    bytes: &'a [u8],
    lines: Vec<Line>,
    starts: Vec<usize>,
}

impl<'a> Text<'a> {
    fn read(bytes: &'a [u8], names: &mut Names<'a>) -> Self {
        let mut text = Self { bytes, lines: Vec::new(), starts: vec![0] };
        text.push(bytes, names);
        text
    }

    /// The same for a text that is much like another: where they begin and end alike, the lines are known.
    fn read_like(bytes: &'a [u8], other: &Self, names: &mut Names<'a>) -> Self {
        let Ends { front, back } = Ends::of(bytes, other.bytes);
        let (first, last) = (other.starts.partition_point(|start| *start < front), other.bytes.len() - back);
        let last = other.starts.partition_point(|start| *start < last);
        let mut text = Self { bytes, lines: other.lines[..first].to_vec(), starts: other.starts[..=first].to_vec() };
        text.push(&bytes[front..bytes.len() - back], names);
        if back > 0 {
            text.lines.extend_from_slice(&other.lines[last..]);
            let ends = other.starts[last + 1..].iter();
            text.starts.extend(ends.map(|end| bytes.len() - (other.bytes.len() - end)));
        }
        text
    }

    fn push(&mut self, bytes: &'a [u8], names: &mut Names<'a>) {
        let mut end = self.starts.last().copied().unwrap_or(0);
        for line in gix::bstr::ByteSlice::lines_with_terminator(bytes) {
            let unused = names.len() as Line;
            self.lines.push(*names.entry(line).or_insert(unused));
            end += line.len();
            self.starts.push(end);
        }
    }

    fn bytes_of(&self, lines: Range<usize>) -> &'a [u8] {
        if lines.is_empty() { &[] } else { &self.bytes[self.starts[lines.start]..self.starts[lines.end]] }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Ours,
    Theirs,
    Both,
}

/// Lines of our text that stay, or give way to lines of theirs, or compete with them.
#[derive(Debug)]
struct Piece {
    side: Side,
    ours: Range<usize>,
    theirs: Range<usize>,
}

struct Pieces<'a> {
    ours: &'a Text<'a>,
    theirs: &'a Text<'a>,
    base_lines: usize,
    found: Vec<Piece>,
}

impl Pieces<'_> {
    /// Walks both lists of hunks side by side, as git does.
    fn collect(mut self, ours: &[Hunk], theirs: &[Hunk]) -> Vec<Piece> {
        let (mut one, mut two) = (0, 0);
        loop {
            match (ours.get(one), theirs.get(two)) {
                (None, None) => return self.found,
                (Some(our), their) if their.is_none_or(|their| our.old.end < their.old.start) => {
                    let end = their
                        .map_or((self.theirs.lines.len(), self.base_lines), |their| (their.new.start, their.old.start));
                    self.add(Side::Ours, [lines(&our.new), counterpart(&our.old, end)]);
                    one += 1;
                }
                (our, Some(their)) if our.is_none_or(|our| their.old.end < our.old.start) => {
                    let end =
                        our.map_or((self.ours.lines.len(), self.base_lines), |our| (our.new.start, our.old.start));
                    self.add(Side::Theirs, [counterpart(&their.old, end), lines(&their.new)]);
                    two += 1;
                }
                (Some(our), Some(their)) => {
                    self.both(our, their);
                    let ends = (our.old.end, their.old.end);
                    two += usize::from(ends.0 >= ends.1);
                    one += usize::from(ends.1 >= ends.0);
                }
                // The guards above take every pair with only one hunk.
                (Some(_), None) | (None, Some(_)) => return self.found,
            }
        }
    }

    /// Two hunks that touch: one edit made twice, or a conflict over the lines of both.
    fn both(&mut self, our: &Hunk, their: &Hunk) {
        let same = our.old == their.old && self.ours.lines[our.new.clone()] == self.theirs.lines[their.new.clone()];
        if same {
            return;
        }
        // Both sides are widened until they replace the same lines of the base.
        let front = our.old.start as isize - their.old.start as isize;
        let back = our.old.end as isize - their.old.end as isize;
        let widen = |range: &Range<usize>, front: isize, back: isize| {
            range.start as isize - front.max(0)..range.end as isize + back.max(0)
        };
        self.add(Side::Both, [widen(&our.new, front, -back), widen(&their.new, -front, back)]);
    }

    /// Adds a piece, joining it with the last where they touch on either side.
    fn add(&mut self, side: Side, [ours, theirs]: [Range<isize>; 2]) {
        let at = |line: isize| line.max(0) as usize;
        match self.found.last_mut() {
            Some(last) if ours.start <= last.ours.end as isize || theirs.start <= last.theirs.end as isize => {
                if last.side != side {
                    last.side = Side::Both;
                }
                last.ours.end = at(ours.end);
                last.theirs.end = at(theirs.end);
            }
            _ => self.found.push(Piece {
                side,
                ours: at(ours.start)..at(ours.end),
                theirs: at(theirs.start)..at(theirs.end),
            }),
        }
    }
}

/// Line numbers that may be reckoned with below zero.
fn lines(range: &Range<usize>) -> Range<isize> {
    range.start as isize..range.end as isize
}

/// Lines of the base as the other text has them: as far before `end.0` there as before `end.1` in the base. A hunk
/// that touched several of the other side's hunks can begin before the text does; it is joined with them.
fn counterpart(base: &Range<usize>, end: (usize, usize)) -> Range<isize> {
    let start = base.start as isize + end.0 as isize - end.1 as isize;
    start..start + base.len() as isize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn merged(base: &str, ours: &str, theirs: &str) -> Option<String> {
        let texts = Texts { base: base.as_bytes(), ours: ours.as_bytes(), theirs: theirs.as_bytes() };
        merge(texts).map(|bytes| String::from_utf8(bytes).unwrap())
    }

    #[test]
    fn a_text_read_beside_another_is_the_same() {
        let texts = [
            "",
            "\n",
            "a",
            "a\n",
            "a\nb\n",
            "b\na\n",
            "a\nb",
            "x\na\nb\n",
            "a\nx\nb\n",
            "a\nb\nx",
            "xa\nb\n",
            "a\na\na\n",
            "a\na\n",
        ];
        let long: String = (0..90).map(|line| format!("line {line}\n")).collect();
        let longer = long.replace("line 40\n", "").replace("line 70\n", "line 70\nmore\n");
        let texts: Vec<&str> = texts.into_iter().chain([long.as_str(), longer.as_str()]).collect();
        for (one, two) in texts.iter().flat_map(|one| texts.iter().map(move |two| (one, two))) {
            let mut names = Names::default();
            let base = Text::read(one.as_bytes(), &mut names);
            let beside = Text::read_like(two.as_bytes(), &base, &mut names);
            let alone = Text::read(two.as_bytes(), &mut names);
            assert_eq!((beside.lines, beside.starts), (alone.lines, alone.starts), "{two:?} beside {one:?}");
        }
    }

    #[test]
    fn edits_with_a_line_between_them_merge() {
        assert_eq!(merged("1\n2\n3\n", "one\n2\n3\n", "1\n2\nthree\n").as_deref(), Some("one\n2\nthree\n"));
    }

    #[test]
    fn the_lines_of_both_stay_when_they_are_united() {
        let united = unite(Texts { base: b"1\n2", ours: b"one\n2", theirs: b"1\ntwo" });
        assert_eq!(String::from_utf8(united).unwrap(), "one\n2\n1\ntwo");
    }

    #[test]
    fn edits_that_touch_conflict() {
        assert_eq!(merged("1\n2\n", "one\n2\n", "1\ntwo\n"), None);
    }

    #[test]
    fn the_same_edit_made_twice_is_taken_once() {
        assert_eq!(merged("1\n2\n", "one\n2\n", "one\n2\n").as_deref(), Some("one\n2\n"));
    }

    #[test]
    fn a_line_feed_at_the_end_is_part_of_the_line() {
        assert_eq!(merged("1\n2\n3", "one\n2\n3", "1\n2\n3\n").as_deref(), Some("one\n2\n3\n"));
    }
}
