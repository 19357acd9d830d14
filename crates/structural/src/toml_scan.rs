//! Cuts a text that is known to be TOML into headers and entries, and their values into nodes.

use super::document::{Between, List, Name, Node, Order, gist};
use super::flow::spans;
use super::identity::{Members, decides, identities, name_of, order_of};
use super::lines::{line_end, line_start};
use std::ops::Range;
use switchback_core::content::filetype::Keys;
use toml_parser::Source;
use toml_parser::decoder::ScalarKind;
use toml_parser::parser::{Event, EventKind, parse_document};

/// A header with the entries below it.
pub(super) struct Table<'a> {
    /// The keys in the header; none for what stands before the first header.
    pub path: Vec<String>,
    /// With one pair of brackets, or two.
    pub kind: Kind,
    /// The header's line; empty for what stands before the first header.
    pub header: Range<usize>,
    /// The entries, each with its whole lines.
    pub entries: Vec<Node<'a>>,
    /// The entries that are no table and no array.
    pub members: Members,
}

/// What a header opens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `[a]`
    Table,
    /// `[[a]]`
    Item,
}

/// A text that is cut.
pub(super) struct Scan<'a, 'k> {
    text: &'a [u8],
    source: Source<'a>,
    keys: &'k Keys,
}

/// A value: its bytes, and what it is.
struct Value<'a> {
    core: Range<usize>,
    what: What<'a>,
}

enum What<'a> {
    Scalar(String),
    List(List<'a>, Members),
}

impl<'a, 'k> Scan<'a, 'k> {
    /// A text, and what tells items of its arrays apart.
    pub(super) fn new(text: &'a str, keys: &'k Keys) -> Self {
        Self { text: text.as_bytes(), source: Source::new(text), keys }
    }

    /// Every header with its entries; first what stands before any header.
    pub(super) fn tables(&self) -> Vec<Table<'a>> {
        let tokens = self.source.lex().into_vec();
        let mut events: Vec<Event> = Vec::new();
        parse_document(&tokens, &mut events, &mut ());
        let mut table =
            Table { path: Vec::new(), kind: Kind::Table, header: 0..0, entries: Vec::new(), members: Members::new() };
        let mut tables = Vec::new();
        for expression in expressions(&events) {
            let (first, last) = (&expression[0], &expression[expression.len() - 1]);
            let start = line_start(self.text, first.span().start());
            let span = start..line_end(self.text, last.span().end());
            let kind = match first.kind() {
                EventKind::StdTableOpen => Kind::Table,
                EventKind::ArrayTableOpen => Kind::Item,
                _ => {
                    self.entry(&expression, span, &mut table);
                    continue;
                }
            };
            let path = expression.iter().filter(|event| event.kind() == EventKind::SimpleKey).map(|key| self.key(key));
            let next = Table { path: path.collect(), kind, header: span, entries: Vec::new(), members: Members::new() };
            tables.push(std::mem::replace(&mut table, next));
        }
        tables.push(table);
        tables
    }

    fn entry(&self, expression: &[Event], span: Range<usize>, table: &mut Table<'a>) {
        let mut events = expression.iter();
        if let Some((name, core, value)) = self.pair(&mut events) {
            if let What::Scalar(meant) = &value.what {
                table.members.insert(name.clone(), meant.clone());
            }
            table.entries.push(self.node(Name::tag(name), [span, core], value.what));
        }
    }

    /// Reads `key = value`.
    fn pair<'e>(&self, events: &mut dyn Iterator<Item = &'e Event>) -> Option<(String, Range<usize>, Value<'a>)> {
        let (mut path, mut start) = (Vec::new(), None);
        for event in &mut *events {
            start = start.or(Some(event.span().start()));
            match event.kind() {
                EventKind::SimpleKey => path.push(self.key(event)),
                EventKind::KeyValSep => break,
                _ => {}
            }
        }
        let open = events.next()?;
        let value = self.value(open, events)?;
        Some((dotted(&path), start?..value.core.end, value))
    }

    fn value<'e>(&self, open: &Event, events: &mut dyn Iterator<Item = &'e Event>) -> Option<Value<'a>> {
        let start = open.span().start();
        if open.kind() == EventKind::Scalar {
            return Some(Value { core: start..open.span().end(), what: What::Scalar(self.scalar(open)) });
        }
        let is_array = open.kind() == EventKind::ArrayOpen;
        let mut items = Items::default();
        let end = loop {
            let event = events.next()?;
            let at = event.span().end();
            match event.kind() {
                EventKind::ArrayClose | EventKind::InlineTableClose => break at,
                EventKind::ValueSep => items.comma(at),
                _ if is_array => items.push(None, self.value(event, events)?),
                _ => {
                    let from = event.span().start();
                    let (name, core, value) = self.pair(&mut std::iter::once(event).chain(&mut *events))?;
                    items.push(Some(name), Value { core: from..core.end, what: value.what });
                }
            }
        };
        let inner = start + open.span().len()..end - 1;
        let what = if is_array { self.array(inner, items) } else { self.inline_table(inner, items) };
        Some(Value { core: start..end, what })
    }

    fn array(&self, inner: Range<usize>, items: Items<'a>) -> What<'a> {
        let members: Option<Vec<Members>> = items.values.iter().map(|(_, value)| members(value).cloned()).collect();
        let found = members.and_then(|members| identities(self.keys, "", (&members, member)));
        let order = order_of(found.as_ref());
        let spans = spans(self.text, &inner, &items.ranges);
        let nodes =
            items.values.into_iter().zip(spans).enumerate().map(|(at, ((_, value), span))| {
                self.node(name_of(found.as_ref(), "", at), [span, value.core], value.what)
            });
        What::List(bracketed(inner, nodes.collect(), ("array", order)), Members::new())
    }

    fn inline_table(&self, inner: Range<usize>, items: Items<'a>) -> What<'a> {
        let spans = spans(self.text, &inner, &items.ranges);
        let mut members = Members::new();
        let mut nodes = Vec::with_capacity(items.values.len());
        for ((name, value), span) in items.values.into_iter().zip(spans) {
            let name = name.unwrap_or_default();
            if let What::Scalar(meant) = &value.what {
                members.insert(name.clone(), meant.clone());
            }
            nodes.push(self.node(Name::tag(name), [span, value.core], value.what));
        }
        What::List(bracketed(inner, nodes, ("inline table", Order::Keyed)), members)
    }

    fn node(&self, name: Name<'a>, ranges: [Range<usize>; 2], what: What<'a>) -> Node<'a> {
        match what {
            What::Scalar(meant) => Node::value(name, ranges, meant),
            What::List(list, _) => {
                let own = list.own.map(|own| gist((own, &name.tag)));
                let decides = list.order != Order::Keyed && decides(self.keys, last_part(&name.tag));
                Node::list(name, ranges, List { own, decides, ..list })
            }
        }
    }

    fn key(&self, event: &Event) -> String {
        let mut key = String::new();
        if let Some(raw) = self.source.get(event) {
            raw.decode_key(&mut key, &mut ());
        }
        key
    }

    /// What a scalar says, with what tells it from a string that says the same.
    fn scalar(&self, event: &Event) -> String {
        let mut meant = String::new();
        let kind = self.source.get(event).map(|raw| raw.decode_scalar(&mut meant, &mut ()));
        if kind == Some(ScalarKind::String) { meant } else { format!("={meant}") }
    }
}

/// The items of an array or an inline table, as they are read.
#[derive(Default)]
struct Items<'a> {
    values: Vec<(Option<String>, Value<'a>)>,
    ranges: Vec<(Range<usize>, Option<usize>)>,
}

impl<'a> Items<'a> {
    fn push(&mut self, name: Option<String>, value: Value<'a>) {
        self.ranges.push((value.core.clone(), None));
        self.values.push((name, value));
    }

    fn comma(&mut self, end: usize) {
        if let Some((_, comma)) = self.ranges.last_mut() {
            *comma = Some(end);
        }
    }
}

/// The value of a member of an item.
pub(super) fn member(item: &Members, name: &str) -> Option<String> {
    item.get(name).cloned()
}

/// The last part of a dotted key.
fn last_part(dotted: &str) -> &str {
    dotted.rsplit_once('.').map_or(dotted, |(_, last)| last)
}

fn members<'v>(value: &'v Value<'_>) -> Option<&'v Members> {
    match &value.what {
        What::List(list, members) if list.order == Order::Keyed => Some(members),
        _ => None,
    }
}

fn bracketed<'a>(inner: Range<usize>, nodes: Vec<Node<'a>>, (own, order): (&str, Order)) -> List<'a> {
    let within = match (nodes.first(), nodes.last()) {
        (Some(first), Some(last)) => first.span.start..last.span.end,
        _ => inner.start..inner.start,
    };
    List { within, nodes, order, own: Some(gist(own)), between: Between::Comma, decides: false }
}

/// Cuts events into headers and entries, without blanks and comments.
fn expressions(events: &[Event]) -> Vec<Vec<Event>> {
    let (mut found, mut depth, mut open) = (Vec::new(), 0_usize, Vec::new());
    for event in events {
        match event.kind() {
            EventKind::Newline if depth == 0 => found.push(std::mem::take(&mut open)),
            EventKind::Whitespace | EventKind::Comment | EventKind::Newline => {}
            kind => {
                depth += usize::from(matches!(kind, EventKind::ArrayOpen | EventKind::InlineTableOpen));
                depth -= usize::from(matches!(kind, EventKind::ArrayClose | EventKind::InlineTableClose));
                open.push(*event);
            }
        }
    }
    found.push(open);
    found.retain(|expression| !expression.is_empty());
    found
}

/// A dotted key as it may be written, each part quoted where it must be.
pub(super) fn dotted(path: &[String]) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let part = |part: &String| match !part.is_empty() && part.bytes().all(is_plain) {
        true => part.clone(),
        false => format!("{part:?}"),
    };
    path.iter().map(part).collect::<Vec<_>>().join(".")
}
