//! What siblings are told apart by.

use std::borrow::Cow;

/// What an element can be told from its siblings by.
#[derive(Default)]
pub(super) struct Hints<'a> {
    /// Its text, if it has nothing else.
    pub(super) text: Option<Cow<'a, str>>,
    /// What the table says its key is, and which of the keys the table names for its tag that is.
    pub(super) by_item: Option<(usize, Cow<'a, str>)>,
    /// The members that could be its key, by their place in the table.
    pub(super) otherwise: Vec<(usize, Cow<'a, str>)>,
}
