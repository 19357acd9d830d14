//! What was done to a file, and what of it another did as well, or took back: whether it is there, its mode, its lines.

use crate::content::Content;
use crate::content::lines::LineCounts;
use crate::words::fault::Fault;
use crate::words::object::{Leaf, Mode, PathChange};

/// What one edit did to a file, or several in turn.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Done {
    /// How often it came; below zero where it went.
    came: i32,
    /// Its mode before and after, where that is another.
    turned: Option<(Mode, Mode)>,
    /// By how much each line stands more often.
    lines: LineCounts,
}

impl Done {
    /// What an edit did at a path, where the file may have come `from` another with what it held there.
    ///
    /// # Errors
    /// A fault of the content.
    pub fn at(content: &dyn Content, change: &PathChange, from: Option<Leaf>) -> Result<Self, Fault> {
        let (before, after) = (change.before.or(from), change.after);
        let came = i32::from(after.is_some()) - i32::from(change.before.is_some());
        let modes = before.zip(after).map(|(before, after)| (before.mode, after.mode));
        let turned = modes.filter(|(before, after)| before != after);
        Ok(Self { came, turned, lines: LineCounts::of_edit(content, before, after)? })
    }

    /// Its lines alone.
    #[must_use]
    pub fn lines_alone(self) -> Self {
        Self { lines: self.lines, ..Self::default() }
    }

    /// Does another thing after this.
    pub fn add(&mut self, then: &Self) {
        self.came += then.came;
        self.turned = match (self.turned, then.turned) {
            (Some((before, _)), Some((_, after))) => Some((before, after)).filter(|(before, after)| before != after),
            (one, other) => one.or(other),
        };
        self.lines.add(&then.lines, 1);
    }

    /// What another did as well.
    #[must_use]
    pub fn alike(&self, other: &Self) -> Self {
        Self {
            came: if self.came == other.came { self.came } else { 0 },
            turned: self.turned.filter(|_| self.turned == other.turned),
            lines: self.lines.only(|line| sign(self, line) != 0 && sign(self, line) == sign(other, line)),
        }
    }

    /// Whether another took something of it back.
    pub fn is_undone_by(&self, other: &Self) -> bool {
        let back = other.turned.map(|(before, after)| (after, before));
        (self.came != 0 && other.came == -self.came)
            || (self.turned.is_some() && self.turned == back)
            || self.lines.iter().any(|(line, _)| sign(self, line) != 0 && sign(other, line) == -sign(self, line))
    }

    /// Whether another did all of it as well.
    pub fn is_all_in(&self, other: &Self) -> bool {
        (self.came == 0 || self.came == other.came)
            && (self.turned.is_none() || self.turned == other.turned)
            && self.lines.iter().all(|(line, _)| sign(self, line) == 0 || sign(self, line) == sign(other, line))
    }
}

/// Whether a line stands there more often, or less.
fn sign(done: &Done, line: u64) -> i64 {
    done.lines.of_line(line).signum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(added: &str, removed: &str) -> Done {
        let mut lines = LineCounts::of(added.as_bytes());
        lines.add(&LineCounts::of(removed.as_bytes()), -1);
        Done { lines, ..Done::default() }
    }

    fn turned(before: Mode, after: Mode) -> Done {
        Done { turned: Some((before, after)), ..Done::default() }
    }

    fn came(came: i32) -> Done {
        Done { came, ..Done::default() }
    }

    #[test]
    fn each_part_may_be_alike_and_undone_by_itself() {
        let (run, still) = (turned(Mode::File, Mode::Executable), turned(Mode::Executable, Mode::File));
        let pairs = [(came(1), came(-1)), (run, still), (lines("a\n", "b\n"), lines("b\n", "a\n"))];
        for (one, other) in &pairs {
            assert!(one.alike(one).is_all_in(one), "{one:?}");
            assert!(one.alike(one).is_undone_by(other), "{one:?}");
            assert!(!one.alike(other).is_undone_by(other), "nothing is alike");
            assert!(!one.is_all_in(&Done::default()) && !one.is_all_in(other), "{one:?}");
            assert!(!one.is_undone_by(one) && !one.is_undone_by(&Done::default()), "{one:?}");
        }
        assert!(Done::default().is_all_in(&came(1)) && !Done::default().is_undone_by(&came(1)));
        assert_eq!(lines("a\nb\n", "").alike(&lines("b\nc\n", "a\n")), lines("b\n", ""));
    }

    #[test]
    fn what_comes_and_goes_again_was_not_done() {
        let mut done = came(1);
        done.add(&lines("a\n", ""));
        done.add(&turned(Mode::File, Mode::Executable));
        done.add(&came(-1));
        done.add(&lines("", "a\n"));
        done.add(&turned(Mode::Executable, Mode::File));
        assert!(done.is_all_in(&Done::default()), "{done:?}");
    }
}
