//! Reads JSON, with the comments and trailing commas that many files have: members are told apart by name, items of an
//! array by a key where each is an object and has a distinct one.
//!
//! Numbers are compared as they are written: `1.0` and `1` are different values.

use super::comma::comma_in;
use super::document::{Between, DEEPEST, Document, Gist, List, Name, Node, Order, gist};
use super::identity::{decides, identities, name_of, order_of};
use super::lines::plain_text;
use super::why::Why;
use jsonc_parser::ast::{Array, Object, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};
use std::ops::Range;
use switchback_core::content::filetype::Keys;

const TOLERATED: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_loose_object_property_names: false,
    allow_trailing_commas: true,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Reads a text without its byte order mark.
pub(super) fn read<'a>(text: &'a str, keys: &Keys) -> Result<Document<'a>, Why> {
    // Where a carriage return alone ends a comment, and where it does not, is told differently by everybody.
    plain_text(text.as_bytes())?;
    let parsed = parse_to_ast(text, &CollectOptions::default(), &TOLERATED).map_err(|error| {
        Why::unreadable(format!("it is not well-formed JSON: {}", error.to_string().replace(" on line", ", line")))
            .in_line(error.line_display())
    })?;
    let value = parsed.value.ok_or_else(|| Why::unreadable("it has no value".to_owned()))?;
    let reading = Reading { text, keys };
    let root = JsonPosition { name: Name::default(), core: range(&value), depth: 0 };
    let root = Node { span: 0..text.len(), ..reading.node(root, &value)? };
    Ok(Document { text: text.as_bytes(), root })
}

struct Reading<'a, 'k> {
    text: &'a str,
    keys: &'k Keys,
}

/// Where a value stands: as a member, as an item, alone.
struct JsonPosition<'a> {
    name: Name<'a>,
    core: Range<usize>,
    depth: usize,
}

impl<'a> Reading<'a, '_> {
    fn node(&self, place: JsonPosition<'a>, value: &Value<'a>) -> Result<Node<'a>, Why> {
        if place.depth >= DEEPEST {
            return Err(Why::too_deep());
        }
        let scalar = |kind: &str, text: &str| {
            let meaning = (kind, text);
            Ok(Node::value(place.name.clone(), [place.core.clone(), place.core.clone()], meaning))
        };
        match value {
            Value::StringLit(literal) => scalar("string", &literal.value),
            Value::NumberLit(literal) => scalar("number", literal.value),
            Value::BooleanLit(literal) => scalar("boolean", if literal.value { "true" } else { "false" }),
            Value::NullKeyword(_) => scalar("null", ""),
            Value::Object(object) => self.object(place, object),
            Value::Array(array) => self.array(place, array),
        }
    }

    fn object(&self, place: JsonPosition<'a>, object: &Object<'a>) -> Result<Node<'a>, Why> {
        let depth = place.depth + 1;
        let member = |property: &jsonc_parser::ast::ObjectProp<'a>| {
            let name = Name::tag(property.name.as_str().to_owned());
            self.node(JsonPosition { name, core: property.range.start..property.range.end, depth }, &property.value)
        };
        let nodes = object.properties.iter().map(member).collect::<Result<Vec<_>, _>>()?;
        let own = gist(("object", &place.name.tag));
        self.container(place, (object.range.start..object.range.end, own), (nodes, Order::Keyed))
    }

    fn array(&self, place: JsonPosition<'a>, array: &Array<'a>) -> Result<Node<'a>, Why> {
        let found = identities(self.keys, &place.name.tag, (&array.elements, member));
        let order = order_of(found.as_ref());
        let depth = place.depth + 1;
        let item = |(at, value): (usize, &Value<'a>)| {
            let name = name_of(found.as_ref(), "", at);
            self.node(JsonPosition { name, core: range(value), depth }, value)
        };
        let nodes = array.elements.iter().enumerate().map(item).collect::<Result<Vec<_>, _>>()?;
        let own = gist(("array", &place.name.tag));
        self.container(place, (array.range.start..array.range.end, own), (nodes, order))
    }

    fn container(
        &self,
        place: JsonPosition<'a>,
        (brackets, own): (Range<usize>, Gist),
        (mut nodes, order): (Vec<Node<'a>>, Order),
    ) -> Result<Node<'a>, Why> {
        let close = brackets.end - 1;
        let within_start = end_of_line(self.text, brackets.start + 1..close);
        let mut start = within_start;
        let ends: Vec<usize> = nodes.iter().skip(1).map(|node| node.core.start).chain([close]).collect();
        let count = nodes.len();
        for (at, (node, end)) in nodes.iter_mut().zip(ends).enumerate() {
            let comma = comma_in(&self.text.as_bytes()[node.core.end..end]);
            if comma.is_none() && at + 1 < count {
                let line = super::sound::line_of(self.text.as_bytes(), node.core.end);
                let message = format!("it is not well-formed JSON: a comma is missing, line {line}");
                return Err(Why::unreadable(message).in_line(line));
            }
            let after = node.core.end + comma.map_or(0, |comma| comma + 1);
            let end = end_of_line(self.text, after..end);
            node.span = start..end;
            start = end;
        }
        let decides = decides(self.keys, &place.name.tag);
        let list = List { within: within_start..start, nodes, order, own: Some(own), between: Between::Comma, decides };
        Ok(Node::list(place.name, [place.core.clone(), place.core], list))
    }
}

/// The value of a member of an item, where it is a string or a number; `a.b` is the member `b` of the object `a`.
fn member(item: &Value<'_>, name: &str) -> Option<String> {
    let Value::Object(object) = item else { return None };
    match (object.get(name), name.split_once('.')) {
        (Some(found), _) => match &found.value {
            Value::StringLit(literal) => Some(literal.value.to_string()),
            Value::NumberLit(literal) => Some(literal.value.to_owned()),
            _ => None,
        },
        (None, Some((outer, inner))) => member(&object.get(outer)?.value, inner),
        (None, None) => None,
    }
}

fn range(value: &Value<'_>) -> Range<usize> {
    let range = value.range();
    range.start..range.end
}

/// The start of the next line, if only blanks and comments stand between here and there; otherwise here.
fn end_of_line(text: &str, gap: Range<usize>) -> usize {
    let mut at = gap.start;
    while at < gap.end {
        let rest = &text.as_bytes()[at..gap.end];
        at += match rest[0] {
            b'\n' => return at + 1,
            b'/' if rest.starts_with(b"//") => match rest.iter().position(|byte| *byte == b'\n') {
                Some(line_end) => return at + line_end + 1,
                None => return gap.start,
            },
            b'/' if rest.starts_with(b"/*") => match text[at..gap.end].find("*/") {
                Some(comment_end) => comment_end + 2,
                None => return gap.start,
            },
            byte if byte.is_ascii_whitespace() => 1,
            _ => return gap.start,
        };
    }
    gap.start
}
