//! What every format is read into: a tree of nodes that know which bytes they were read from.
//!
//! A node owns the bytes of `span`, and `span`s of siblings never overlap. Bytes between siblings, and between the
//! brackets of a container and its first and last child, belong to the container. A comment belongs to the node that
//! follows it, or that stands before it on the same line; a reader puts it inside that node's `span`.

use std::ops::Range;

/// One document of one format.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// The bytes it was read from, whole.
    pub text: &'a [u8],
    /// Everything in it. Its span is the whole text.
    pub root: Node,
}

/// What tells a node from its siblings.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Name {
    /// The tag, the member's name, the table's header; empty for an item of a list.
    pub tag: String,
    /// What tells it from siblings with the same tag; `None` where only the tag does, or where nothing does.
    pub key: Option<String>,
}

/// An element, a member, an item, an entry.
#[derive(Clone, Debug)]
pub struct Node {
    /// What tells it from its siblings.
    pub name: Name,
    /// Its bytes, with the comments that belong to it.
    pub span: Range<usize>,
    /// What it means, whatever its formatting: equal gists are the same content.
    pub gist: Gist,
    /// What is in it.
    pub body: Body,
}

/// A hash of what a node means; layout and comments do not count.
pub type Gist = u64;

/// What is in a node.
#[derive(Clone, Debug)]
pub enum Body {
    /// A value that is merged whole: these bytes within the span.
    Value(Range<usize>),
    /// Nodes, in order.
    Children {
        /// The bytes in which the children stand, within the span: between the brackets.
        within: Range<usize>,
        /// The children.
        nodes: Vec<Node>,
        /// Whether their order means something, and how they are matched.
        order: Order,
    },
}

/// How the children of a container are matched.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// By name; where they stand means nothing.
    Keyed,
    /// By name; where they stand means something, so two orders that disagree are a conflict.
    KeyedInOrder,
    /// By position: items are compared by gist, as lines are in a text merge.
    Positional,
}
