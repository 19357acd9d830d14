//! One element, from its start tag to its node.

use super::hints::Hints;
use super::siblings;
use crate::document::{Gist, List, Name, Node, PART, gist};
use crate::manner::{Manner, OWN_TEXT, PLACE};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use switchback_core::content::filetype::Keys;

/// An element that is open.
pub(super) struct Element<'a, 'k> {
    pub(super) tag: &'a str,
    /// The keys that the table names for its tag, the best first.
    ways: Option<&'k Ways>,
    /// The bytes of the start tag.
    opening: Range<usize>,
    /// What its attributes mean: a sum, so that changes of attributes can be added.
    own: Gist,
    /// The attributes that may be keys.
    attributes: Vec<(String, String)>,
    /// The place of the first element in it among those that are closed.
    first: usize,
    /// How many there are of each tag whose place is its key.
    places: BTreeMap<String, usize>,
    text: Cow<'a, str>,
    /// Whether there is text in it that is more than layout.
    pub(super) is_solid: bool,
}

/// Elements that are closed, of all that are open: those of the innermost come last.
pub(super) struct Closed<'a> {
    nodes: Vec<Node<'a>>,
    /// For each of them, what it can be told apart by.
    hints: Vec<Hints<'a>>,
}

/// The elements in one that is open.
#[derive(Clone, Copy)]
struct Children<'c, 'a> {
    nodes: &'c [Node<'a>],
    hints: &'c [Hints<'a>],
}

/// So many elements are closed in most that are open.
const ROOM: usize = 64;

impl<'a> Closed<'a> {
    /// None yet.
    pub(super) fn with_room() -> Self {
        Self { nodes: Vec::with_capacity(ROOM), hints: Vec::with_capacity(ROOM) }
    }

    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    fn of(&self, element: &Element<'_, '_>) -> Children<'_, 'a> {
        Children { nodes: &self.nodes[element.first..], hints: &self.hints[element.first..] }
    }
}

/// Members that tell items of a tag apart, one way after another.
pub(super) type Ways = Vec<Vec<String>>;

/// In elements with more children than this, no default key is looked for.
const MANY: usize = 64;

impl<'a, 'k> Element<'a, 'k> {
    /// One that opens where so many are closed.
    pub(super) fn new((tag, ways): (&'a str, Option<&'k Ways>), opening: Range<usize>, first: usize) -> Self {
        let (attributes, places, text) = (Vec::new(), BTreeMap::new(), Cow::Borrowed(""));
        Self { tag, ways, opening, own: 0, attributes, first, places, text, is_solid: false }
    }

    /// Takes in an attribute.
    pub(super) fn attribute(&mut self, name: &str, value: &str, keys: &Keys) {
        self.own = self.own.wrapping_add(gist((name, value)));
        if keys.otherwise.iter().chain(self.ways.into_iter().flatten().flatten()).any(|member| member == name) {
            self.attributes.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Takes in an element that was closed.
    pub(super) fn take(&mut self, (node, mut hints): (Node<'a>, Hints<'a>), closed: &mut Closed<'a>) {
        if hints.by_item.as_ref().is_some_and(|(_, key)| key == PLACE) {
            let place = self.places.entry(node.name.tag.to_string()).or_default();
            *place += 1;
            hints.by_item = Some((0, Cow::Owned(place.to_string())));
        }
        closed.nodes.push(node);
        closed.hints.push(hints);
    }

    /// Takes in text.
    pub(super) fn characters(&mut self, characters: impl Into<Cow<'a, str>>, closed: &Closed<'a>) {
        let characters = characters.into();
        self.is_solid |= !characters.bytes().all(|byte| byte.is_ascii_whitespace());
        if closed.len() > self.first {
            // It is layout, or the element counts as it stands.
            return;
        }
        if self.text.is_empty() {
            self.text = characters;
        } else {
            self.text.to_mut().push_str(&characters);
        }
    }

    /// Closes it with the end tag at `closing`; an empty range for an element without one.
    pub(super) fn close(
        self,
        text: &'a str,
        closing: Range<usize>,
        (closed, manner): (&mut Closed<'a>, &Manner<'_>),
    ) -> (Node<'a>, Hints<'a>) {
        let core = self.opening.start..closing.end;
        let children = closed.of(&self);
        let is_bare = children.nodes.is_empty();
        let may_have = manner.bare_have_keys || !is_bare || !self.attributes.is_empty();
        let ways = self.ways.filter(|_| may_have);
        let by_item = ways.and_then(|ways| {
            ways.iter().enumerate().find_map(|(at, members)| Some((at, self.key(members, children)?)))
        });
        let otherwise = match by_item {
            None if may_have && children.nodes.len() <= MANY => self.candidates(manner.keys, children),
            _ => Vec::new(),
        };
        let name = Name::tag(self.tag);
        let ranges = [core.clone(), core.clone()];
        let (node, text) = if is_bare && (self.is_solid || !self.text.is_empty() && !self.text.contains('\n')) {
            (Node::value(name, ranges, (self.own, &*self.text)), Some(self.text))
        } else if self.is_solid {
            closed.nodes.truncate(self.first);
            (Node::value(name, ranges, &text[core]), None)
        } else {
            let inner = self.opening.end..closing.start;
            let list = self.list(text, inner, (closed, manner));
            (Node::list(name, ranges, list), is_bare.then_some(Cow::Borrowed("")))
        };
        closed.hints.truncate(self.first);
        (node, Hints { text, by_item, otherwise })
    }

    /// The list of what stands between the tags.
    fn list(&self, text: &str, inner: Range<usize>, (closed, manner): (&mut Closed<'a>, &Manner<'_>)) -> List<'a> {
        let line = end_of_line(text, inner.start).filter(|end| *end <= inner.end);
        let within_start = line.unwrap_or(inner.start);
        let mut start = within_start;
        let mut nodes: Vec<Node<'a>> = closed.nodes.drain(self.first..).collect();
        for node in &mut nodes {
            let end = end_of_line(text, node.core.end).unwrap_or(node.core.end);
            node.span = start..end;
            start = end;
        }
        let arranged = siblings::arrange((self.tag, nodes), &mut closed.hints[self.first..], manner);
        let own = Some(self.own.wrapping_add(gist(self.tag)));
        List { within: within_start..start, own, ..arranged }
    }

    fn key(&self, members: &[String], children: Children<'_, 'a>) -> Option<Cow<'a, str>> {
        match members {
            [member] => self.member(member, children),
            members => {
                let values: Vec<_> = members.iter().map(|member| self.member(member, children)).collect();
                values.iter().any(Option::is_some).then(|| {
                    let values: Vec<&str> = values.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
                    Cow::Owned(values.join(&PART.to_string()))
                })
            }
        }
    }

    fn candidates(&self, keys: &Keys, children: Children<'_, 'a>) -> Vec<(usize, Cow<'a, str>)> {
        let members = keys.otherwise.iter().enumerate();
        members.filter_map(|(at, member)| Some((at, self.member(member, children)?))).collect()
    }

    /// The value of a member: a child element's text, an attribute, or for `.` the element's own text.
    fn member(&self, member: &str, children: Children<'_, 'a>) -> Option<Cow<'a, str>> {
        if member == PLACE {
            return Some(Cow::Borrowed(PLACE));
        }
        if member == OWN_TEXT {
            return children.nodes.is_empty().then(|| self.text.clone());
        }
        let child = children.nodes.iter().position(|node| node.name.tag == member);
        let attribute = || self.attributes.iter().find(|(name, _)| name == member);
        child
            .and_then(|at| children.hints[at].text.clone())
            .or_else(|| attribute().map(|(_, value)| Cow::Owned(value.clone())))
    }
}

/// The end of the line, if only blanks and comments stand between here and there.
fn end_of_line(text: &str, at: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = at;
    loop {
        match bytes.get(at)? {
            b'\n' => return Some(at + 1),
            b' ' | b'\t' | b'\r' => at += 1,
            b'<' if bytes[at..].starts_with(b"<!--") => at += text[at..].find("-->")? + "-->".len(),
            _ => return None,
        }
    }
}
