//! One element, from its start tag to its node.

use super::siblings;
use crate::structural::document::{Between, Gist, List, Name, Node, gist};
use std::borrow::Cow;
use std::ops::Range;
use switchback_core::filetype::Keys;

/// An element that is open.
pub(super) struct Element<'a> {
    pub(super) tag: &'a str,
    /// The bytes of the start tag.
    opening: Range<usize>,
    /// What the tag and its attributes mean: a sum, so that changes of attributes can be added.
    own: Gist,
    /// The attributes that may be keys.
    attributes: Vec<(String, String)>,
    /// The elements in it that are closed.
    pub(super) kids: Vec<Kid<'a>>,
    text: Cow<'a, str>,
    /// Whether there is text in it that is more than layout.
    pub(super) is_solid: bool,
}

/// An element that is closed, before it is told from its siblings.
pub(super) struct Kid<'a> {
    pub(super) tag: &'a str,
    pub(super) node: Node<'a>,
    /// Its text, if it has nothing else.
    pub(super) text: Option<Cow<'a, str>>,
    /// What the table says its key is.
    pub(super) by_item: Option<Cow<'a, str>>,
    /// The members that could be its key, by their place in the table.
    pub(super) otherwise: Vec<(usize, Cow<'a, str>)>,
}

/// In elements with more children than this, no default key is looked for.
const MANY: usize = 64;
/// Stands between the parts of a key.
const PART: char = '\u{1f}';

impl<'a> Element<'a> {
    pub(super) fn new(tag: &'a str, opening: Range<usize>) -> Self {
        let (attributes, kids, text) = (Vec::new(), Vec::new(), Cow::Borrowed(""));
        Self { tag, opening, own: gist(tag), attributes, kids, text, is_solid: false }
    }

    /// Takes in an attribute.
    pub(super) fn attribute(&mut self, name: &str, value: &str, keys: &Keys) {
        self.own = self.own.wrapping_add(gist((name, value)));
        let by_item = keys.by_item.get(self.tag);
        if keys.otherwise.iter().chain(by_item.into_iter().flatten()).any(|member| member == name) {
            self.attributes.push((name.to_owned(), value.to_owned()));
        }
    }

    /// Takes in text.
    pub(super) fn characters(&mut self, characters: impl Into<Cow<'a, str>>) {
        let characters = characters.into();
        self.is_solid |= !characters.bytes().all(|byte| byte.is_ascii_whitespace());
        if self.text.is_empty() {
            self.text = characters;
        } else {
            self.text.to_mut().push_str(&characters);
        }
    }

    /// Closes it with the end tag at `closing`; an empty range for an element without one.
    pub(super) fn close(mut self, text: &'a str, closing: Range<usize>, keys: &Keys) -> Kid<'a> {
        let core = self.opening.start..closing.end;
        let by_item = keys.by_item.get(self.tag).and_then(|members| self.key(members));
        let otherwise = match by_item {
            None if self.kids.len() <= MANY => self.candidates(keys),
            _ => Vec::new(),
        };
        let kids = std::mem::take(&mut self.kids);
        let name = Name::tag(self.tag);
        let ranges = [core.clone(), core.clone()];
        let is_value = self.is_solid || (kids.is_empty() && !self.text.is_empty() && !self.text.contains('\n'));
        let (node, plain) = if is_value && kids.is_empty() {
            (Node::value(name, ranges, (self.own, &*self.text)), Some(self.text))
        } else if is_value {
            (Node::value(name, ranges, &text[core]), None)
        } else {
            let empty = kids.is_empty().then_some(Cow::Borrowed(""));
            let inner = self.opening.end..closing.start;
            (Node::list(name, ranges, list(text, inner, (kids, self.own), keys)), empty)
        };
        Kid { tag: self.tag, node, text: plain, by_item, otherwise }
    }

    fn key(&self, members: &[String]) -> Option<Cow<'a, str>> {
        match members {
            [member] => self.member(member),
            members => {
                let values: Vec<_> = members.iter().map(|member| self.member(member)).collect();
                values.iter().any(Option::is_some).then(|| {
                    let values: Vec<&str> = values.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
                    Cow::Owned(values.join(&PART.to_string()))
                })
            }
        }
    }

    fn candidates(&self, keys: &Keys) -> Vec<(usize, Cow<'a, str>)> {
        let members = keys.otherwise.iter().enumerate();
        members.filter_map(|(at, member)| Some((at, self.member(member)?))).collect()
    }

    /// The value of a member: a child element's text, an attribute, or for `.` the element's own text.
    fn member(&self, member: &str) -> Option<Cow<'a, str>> {
        if member == "." {
            return self.kids.is_empty().then(|| self.text.clone());
        }
        let kid = self.kids.iter().find(|kid| kid.tag == member);
        let attribute = || self.attributes.iter().find(|(name, _)| name == member);
        kid.and_then(|kid| kid.text.clone()).or_else(|| attribute().map(|(_, value)| Cow::Owned(value.clone())))
    }
}

/// The list of what stands between the tags.
fn list<'a>(text: &str, inner: Range<usize>, (mut kids, own): (Vec<Kid<'a>>, Gist), keys: &Keys) -> List<'a> {
    let line = end_of_line(text, inner.start).filter(|end| *end <= inner.end);
    let mut start = line.unwrap_or(inner.start);
    let within_start = start;
    for kid in &mut kids {
        let end = end_of_line(text, kid.node.core.end).unwrap_or(kid.node.core.end);
        kid.node.span = start..end;
        start = end;
    }
    let (nodes, order) = siblings::arrange(kids, keys);
    List { within: within_start..start, nodes, order, own: Some(own), between: Between::Nothing }
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
