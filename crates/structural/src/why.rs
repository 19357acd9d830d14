//! Why documents could not be merged by element.

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
}
