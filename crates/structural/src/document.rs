//! What every format is read into: a tree of nodes that know which bytes they were read from.
//!
//! A node owns the bytes of `span`: what stands before it (indentation, blank lines, comments), its `core`, and what
//! stands after it (a separator, a comment on the same line, the line end). The spans of siblings follow each other
//! without a gap and together are the `within` of their list, so documents are put together again by writing spans one
//! after another. What stands between the last child and the closing bracket belongs to the container.
//!
//! ```text
//! span    ⎡    <!-- about x -->⏎                     before the core
//! core    ⎢⎡   <x>⏎                                  the core up to `within`: how it opens
//! within  ⎢⎢⎡      <y>1</y> <!-- about y -->⏎         the span of the only child
//!         ⎢⎣   </x>                                  the core after `within`: how it closes
//!         ⎣    ⏎                                     after the core
//! ```

use std::borrow::Cow;
use std::hash::{BuildHasher, Hash};
use std::ops::Range;

/// How deep nodes may be nested; deeper documents are not read (nothing here may exhaust the stack).
pub const DEEPEST: usize = 256;

/// What stands between the parts of a key that has several.
pub const PART: char = '\u{1f}';

/// One document of one format.
#[derive(Clone, Debug)]
pub struct Document<'a> {
    /// The bytes it was read from, whole.
    pub text: &'a [u8],
    /// Everything in it. Its span is the whole text.
    pub root: Node<'a>,
}

/// What tells a node from its siblings.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Name<'a> {
    /// The tag, the member's name, the table's header; empty for an item of a list.
    pub tag: Cow<'a, str>,
    /// What tells it from siblings with the same tag; `None` where only the tag does, or where nothing does.
    pub key: Option<Cow<'a, str>>,
    /// What the key was taken from.
    pub by: By,
}

/// What a key was taken from. Keys of two versions of a list are compared only where that is the same.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum By {
    /// There is no key, or nothing else could be one.
    #[default]
    Tag,
    /// Members of the node, by their place in the table of keys.
    Member(usize),
    /// All that is in it, since it lacks the members that tell its siblings apart.
    Content,
}

/// An element, a member, an item, an entry.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// What tells it from its siblings.
    pub name: Name<'a>,
    /// Its bytes, with the comments that belong to it.
    pub span: Range<usize>,
    /// Its bytes without what stands before and after it. A separator stands after the core.
    pub core: Range<usize>,
    /// What it means, whatever its formatting: equal gists are the same content.
    pub gist: Gist,
    /// What is in it.
    pub body: Body<'a>,
}

/// How names and meanings are hashed: in all five of a document's passes hashing is most of the work.
pub(super) type Hashing = foldhash::quality::FixedState;

/// A hash of what a node means; layout and comments do not count.
pub type Gist = u64;

/// What is in a node.
#[derive(Clone, Debug)]
pub enum Body<'a> {
    /// A value: its core is merged whole.
    Value,
    /// Nodes.
    List(Box<List<'a>>),
}

/// What a container contains.
#[derive(Clone, Debug)]
pub struct List<'a> {
    /// The bytes of the children, within the core. Empty, and where the first child would go, when there are none.
    pub within: Range<usize>,
    /// The children, in order; their spans tile `within`.
    pub nodes: Vec<Node<'a>>,
    /// Whether their order means something, and how they are matched.
    pub order: Order,
    /// What the container itself means, whatever is in it: its tag and attributes, its kind. `None` for a run of
    /// siblings that a reader put together to have them matched in another way: it means what is in it.
    pub own: Option<Gist>,
    /// What stands between children.
    pub between: Between,
    /// Whether their order decides what happens, as that of rules and steps does: then the two sides of a merge may not
    /// both change which children there are, or where.
    pub decides: bool,
}

/// What stands between two children, besides what belongs to them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Between {
    /// Nothing.
    Nothing,
    /// A comma, in the bytes after the core of each child but the last; after the last one where the format allows.
    Comma,
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

impl<'a> Node<'a> {
    /// A value that means `meaning`; `ranges` are its span and its core.
    pub fn value(name: Name<'a>, ranges: [Range<usize>; 2], meaning: impl Hash) -> Self {
        let gist = gist((&name.tag, meaning));
        let [span, core] = ranges;
        Self { name, span, core, gist, body: Body::Value }
    }

    /// A container; `ranges` are its span and its core.
    pub fn list(name: Name<'a>, ranges: [Range<usize>; 2], list: List<'a>) -> Self {
        let gist = list.gist(list.nodes.iter().map(|node| node.gist));
        let [span, core] = ranges;
        Self { name, span, core, gist, body: Body::List(Box::new(list)) }
    }

    /// The list in it, unless it is a value.
    pub fn as_list(&self) -> Option<&List<'a>> {
        match &self.body {
            Body::Value => None,
            Body::List(list) => Some(list),
        }
    }
}

impl List<'_> {
    /// What a container like this one means when its children mean `children`.
    pub fn gist(&self, children: impl Iterator<Item = Gist>) -> Gist {
        gist_of_list((self.own, self.order), children)
    }
}

/// What a container of its own meaning and order means.
pub fn gist_of_list((own, order): (Option<Gist>, Order), mut children: impl Iterator<Item = Gist>) -> Gist {
    let Some(first) = children.next() else { return gist((own, 0_u64)) };
    let (mut count, mut all) = (1_u64, first);
    for child in children {
        count += 1;
        all = match order {
            Order::Keyed => all.wrapping_add(child),
            Order::KeyedInOrder | Order::Positional => gist((all, child)),
        };
    }
    match own {
        None if count == 1 => first,
        _ => gist((own, count, all)),
    }
}

/// The hash of anything that means something. It is compared within one merge only, and never stored.
pub fn gist(meaning: impl Hash) -> Gist {
    Hashing::default().hash_one(meaning)
}

impl<'a> Name<'a> {
    /// A name that is a tag alone.
    pub fn tag(tag: impl Into<Cow<'a, str>>) -> Self {
        Self { tag: tag.into(), key: None, by: By::Tag }
    }

    /// How it is named in a sentence; empty for an item that only its place tells apart.
    pub fn shown(&self) -> String {
        match &self.key {
            Some(_) if self.by == By::Content => self.tag.to_string(),
            Some(key) => format!("{} {}", self.tag, key.replace(PART, " ")).trim().to_owned(),
            None => self.tag.to_string(),
        }
    }
}
