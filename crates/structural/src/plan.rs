//! What a plan for the children of a container says: the steps that make them, or why there are none.

use super::document::Node;
use super::three::{Side, Three, squeeze};

/// How one child of the result comes about.
#[derive(Debug)]
pub(super) enum Step<'d, 'a> {
    /// As one side has it.
    Copy(Side, &'d Node<'a>),
    /// Out of what all have.
    Merge(Three<&'d Node<'a>>),
}

/// Why there is no plan.
#[derive(Debug)]
pub(super) enum Trouble<'d, 'a> {
    /// A side deleted what the other changed: the node as the other has it.
    Deleted(Side, &'d Node<'a>),
    /// A side deleted what the other changed in its comments alone.
    Uncovered(Side, &'d Node<'a>),
    /// Both sides changed the same items, here in ours and there in theirs.
    Overlap(usize, usize),
    /// Both sides reordered the children, each in its own way.
    Orders,
    /// Both sides changed which children there are, or where, and their order decides what happens.
    Sequence,
    /// Both sides took away this child, which only its content tells from others, and one put others of its kind in.
    Lost(&'d Node<'a>),
}

/// Whether a side left a node as it was, but for blanks and separators.
pub(super) fn unchanged(texts: Three<&[u8]>, base: &Node<'_>, (side, node): (Side, &Node<'_>)) -> bool {
    let before = &texts.base.unwrap_or_default()[base.span.clone()];
    let after = &texts.of(side)[node.span.clone()];
    before == after || (base.gist == node.gist && squeeze(before) == squeeze(after))
}
