//! Why documents could not be merged by element.

use super::document::DEEPEST;

/// What kept documents from being merged.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One of the texts cannot be read in its format, or is larger or deeper than what is read.
    Unreadable,
    /// Both sides changed the same element, or one changed what the other deleted.
    Disagree,
    /// What came out does not parse, or holds a key twice.
    Unsound,
}

/// Why documents could not be merged.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Why {
    /// What kind of reason.
    pub kind: Kind,
    /// One sentence for the person who has to settle it; names the side, the element and the line.
    pub message: String,
    /// The line of the text in which it was found, from 1, where it is one line.
    pub line: Option<usize>,
}

impl Why {
    /// A text that cannot be read.
    pub(super) fn unreadable(message: String) -> Self {
        Self { kind: Kind::Unreadable, message, line: None }
    }

    /// The same, found in a line.
    pub(super) fn in_line(self, line: usize) -> Self {
        Self { line: Some(line), ..self }
    }

    /// A document that is nested too deep.
    pub(super) fn too_deep() -> Self {
        Self::unreadable(format!("it is nested deeper than {DEEPEST} levels"))
    }

    /// A text that can be read and is not sound.
    pub(super) fn unsound(message: String) -> Self {
        Self { kind: Kind::Unsound, message, line: None }
    }

    /// Both sides, or what they did, cannot both be had.
    pub(super) fn disagree(message: String) -> Self {
        Self { kind: Kind::Disagree, message, line: None }
    }

    /// The same, of one of the three texts.
    pub(super) fn of(self, which: &str) -> Self {
        Self { message: format!("{which} cannot be merged by element: {}", self.message), ..self }
    }

    /// The same, of what came out.
    pub(super) fn of_result(self) -> Self {
        Self { kind: Kind::Unsound, message: format!("what came out is not sound: {}", self.message), ..self }
    }
}
