//! How often each line stands in a text, whatever the order: what tells whether an edit is there, or was lost.

use crate::content::Content;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, Mode};
use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};

/// How often each line stands in a text, or by how much more often than in another. Lines without a letter or digit stand
/// for nothing by themselves. Lines are known by a hash that is the same in every process, and is kept nowhere.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct LineCounts(HashMap<u64, i64, BuildHasherDefault<Hashed>>);

impl LineCounts {
    /// The lines of a text.
    pub fn of(text: &[u8]) -> Self {
        let mut counts = Self::default();
        let mut from = 0;
        let ends = memchr::memchr_iter(b'\n', text).map(|at| at + 1);
        let lines = ends.chain([text.len()]).map(|end| &text[std::mem::replace(&mut from, end)..end]);
        counts.add_lines(lines, 1);
        counts
    }

    /// By how much each line stands more often in a file after an edit than before it; what is no text has no lines.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn of_edit(content: &dyn Content, before: Option<Leaf>, after: Option<Leaf>) -> Result<Self, Fault> {
        let mut counts = Self::default();
        for (leaf, times) in [(before, -1), (after, 1)] {
            if let Some(leaf) = leaf.filter(|leaf| matches!(leaf.mode, Mode::File | Mode::Executable)) {
                counts.add(&*content.lines(leaf.id)?, times);
            }
        }
        Ok(counts)
    }

    /// Counts some lines so many times more.
    pub fn add_lines<'l>(&mut self, lines: impl IntoIterator<Item = &'l [u8]>, times: i64) {
        let hashing = foldhash::quality::FixedState::default();
        let tells = |line: &&[u8]| line.iter().any(|byte| byte.is_ascii_alphanumeric() || !byte.is_ascii());
        for line in lines.into_iter().filter(tells) {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            *self.0.entry(hashing.hash_one(line)).or_default() += times;
        }
    }

    /// Counts every line of another text so many times more.
    pub fn add(&mut self, other: &Self, times: i64) {
        for (line, count) in &other.0 {
            *self.0.entry(*line).or_default() += times * count;
        }
    }

    /// Those of the lines that something is true of.
    #[must_use]
    pub fn only(&self, keeps: impl Fn(u64) -> bool) -> Self {
        Self(self.0.iter().filter(|(line, _)| keeps(**line)).map(|(line, count)| (*line, *count)).collect())
    }

    /// How often a line stands there.
    pub fn of_line(&self, line: u64) -> i64 {
        self.0.get(&line).copied().unwrap_or(0)
    }

    /// Each line, with how often it stands there.
    pub fn iter(&self) -> impl Iterator<Item = (u64, i64)> + '_ {
        self.0.iter().map(|(line, count)| (*line, *count))
    }

    /// Whether no line stands there more or less often than never.
    pub fn is_even(&self) -> bool {
        self.0.values().all(|count| *count == 0)
    }

    /// How many different lines are known.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no line is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// What is a hash already.
#[derive(Clone, Copy, Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.0 = self.0.rotate_left(8) ^ u64::from(*byte));
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_whatever_their_order_and_their_last_feed() {
        assert_eq!(LineCounts::of(b"a = 1\n}\nb\na = 1"), LineCounts::of(b"b\na = 1\na = 1\n\n-\n"));
        let mut more = LineCounts::of(b"a\na\nb\n");
        more.add(&LineCounts::of(b"b\na\na\n"), -1);
        assert!(more.is_even());
        more.add_lines([b"c\n".as_slice()], 2);
        assert_eq!(more.iter().filter(|(_, count)| *count != 0).map(|(_, count)| count).collect::<Vec<_>>(), [2]);
    }
}
