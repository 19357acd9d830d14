//! Cuts YAML collections into nodes: block collections by lines, flow collections by commas.

use super::document::{Between, List, Name, Node, Order, gist};
use super::flow::spans;
use super::identity::{decides, identities, name_of, order_of};
use super::lines::{line_end, line_start, lines, list, tile};
use super::yaml_scan::{Kind, Part, is_string};
use granit_parser::{ScalarStyle, StructureStyle};
use std::ops::Range;
use switchback_core::content::filetype::Keys;

/// A text whose collections are cut.
pub(super) struct Block<'a, 'k> {
    pub text: &'a [u8],
    pub keys: &'k Keys,
}

/// A child of a block collection, before it is a node.
struct Child<'p> {
    name: Name<'static>,
    /// Where its key or its dash starts.
    start: usize,
    /// Where its value may start: behind the colon or the dash.
    opened: usize,
    value: &'p Part,
}

/// The names of what stands between commas, each with the bytes of its key and its value, and what their order means.
type FlowItems<'a, 'p> = (Vec<Name<'a>>, Vec<(Range<usize>, &'p Part)>, Order);

impl<'a> Block<'a, '_> {
    /// The list of a block collection whose lines are `region`: up to whatever comes next at an outer level, with
    /// comments that may belong there. It is named by the key above it, which stands in column `outer`. Also where its
    /// own comments end.
    pub(super) fn list(
        &self,
        part: &Part,
        (name, outer): (&str, usize),
        region: Range<usize>,
    ) -> Option<(List<'a>, usize)> {
        let (children, order) = match &part.kind {
            Kind::Map(StructureStyle::Block, pairs) => (self.entries(pairs)?, Order::Keyed),
            Kind::Seq(StructureStyle::Block, items) => self.items(items, (name, region.start))?,
            _ => return None,
        };
        let starts: Option<Vec<usize>> =
            children.iter().map(|child| self.own_line(child.start, region.start)).collect();
        let starts = starts?;
        let column = self.column(children.first()?.start);
        let nodes = children.iter().zip(&starts).enumerate().map(|(at, (child, start))| {
            let end = starts.get(at + 1).copied().unwrap_or(region.end);
            self.child(child, (*start..end, column))
        });
        let nodes: Vec<Node<'a>> = nodes.collect();
        // Comments as deep as this collection, or at least deeper than what holds it, are its own.
        let depth = if name.is_empty() && outer == 0 { 0 } else { column.max(outer + 1) };
        let end = self.end_of_comments(nodes.last()?.span.end..region.end, depth);
        let listed = list(tile(self.text, region.start..end, nodes), ("", order));
        Some((own(part, name, List { decides: self.decides(name, order), ..listed }), end))
    }

    fn decides(&self, name: &str, order: Order) -> bool {
        order != Order::Keyed && decides(self.keys, name)
    }

    /// How far a byte is from the start of its line.
    fn column(&self, at: usize) -> usize {
        at - line_start(self.text, at)
    }

    /// Where the line of a child starts, where nothing else stands in it before the child. The first child of a
    /// collection may stand in the line of the dash above it.
    fn own_line(&self, start: usize, region: usize) -> Option<usize> {
        let line = line_start(self.text, start).max(region);
        self.text.get(line..start)?.iter().all(|byte| *byte == b' ').then_some(line)
    }

    fn end_of_comments(&self, gap: Range<usize>, depth: usize) -> usize {
        let mut end = gap.start;
        for line in lines(self.text, gap) {
            let blank = self.text[line.clone()].iter().take_while(|byte| **byte == b' ').count();
            match self.text[line.start + blank..line.end].trim_ascii() {
                [] => {}
                _ if blank >= depth => end = line.end,
                _ => break,
            }
        }
        end
    }

    fn entries<'p>(&self, pairs: &'p [(Part, Part)]) -> Option<Vec<Child<'p>>> {
        pairs
            .iter()
            .map(|(key, value)| {
                let name = Name::tag(key.as_name(self.text)?);
                let rest = &self.text[key.at.end..];
                let blank = rest.iter().take_while(|byte| **byte == b' ').count();
                let opened = (rest.get(blank) == Some(&b':')).then_some(key.at.end + blank + 1)?;
                Some(Child { name, start: key.at.start, opened, value })
            })
            .collect()
    }

    fn items<'p>(&self, items: &'p [Part], (name, first): (&str, usize)) -> Option<(Vec<Child<'p>>, Order)> {
        let found = identities(self.keys, name, (items, Part::value_of));
        let order = order_of(found.as_ref());
        let mut after = first;
        let mut children = Vec::with_capacity(items.len());
        for (at, value) in items.iter().enumerate() {
            let start = self.dash(after)?;
            after = value.at.end.max(value.dress_end).max(start + 1);
            children.push(Child { name: name_of(found.as_ref(), "", at), start, opened: start + 1, value });
        }
        Some((children, order))
    }

    /// The next dash: only blanks and comments stand between two items.
    fn dash(&self, after: usize) -> Option<usize> {
        let mut at = after;
        loop {
            match self.text.get(at)? {
                b'-' => return Some(at),
                b'#' => at = line_end(self.text, at),
                b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                _ => return None,
            }
        }
    }

    fn child(&self, child: &Child<'_>, (region, column): (Range<usize>, usize)) -> Node<'a> {
        let Child { name, start, opened, value } = child;
        let key = name.tag.clone();
        let begins = value.dress_end.max(*opened);
        let is_compact = value.dress.is_empty() && line_start(self.text, value.at.start) < *opened;
        let inner = if is_compact { value.at.start } else { line_end(self.text, begins) };
        // A name is given even to items, so that only the root has none and takes every comment.
        let listed = if key.is_empty() { "-" } else { &key };
        if let Some((list, end)) = self.list(value, (listed, column), inner..region.end) {
            // Comments at its end are its own, as deep as they stand.
            return Node::list(name.clone(), [region.start..end, *start..end], list);
        }
        let end = value.at.end.max(begins);
        let core = *start..self.end_of_core(value, end);
        let span = region.start..self.end_of_comments(self.end_of_lines(end)..region.end, column + 1);
        match self.flow(value, &key) {
            Some(list) => Node::list(name.clone(), [span, core], list),
            None => Node::value(name.clone(), [span, core], value.gist()),
        }
    }

    /// The end of the lines of something that ends at `end`.
    fn end_of_lines(&self, end: usize) -> usize {
        if self.text[..end].ends_with(b"\n") { end } else { line_end(self.text, end) }
    }

    /// A value without the line break behind it; blank lines count where they are kept.
    fn end_of_core(&self, value: &Part, end: usize) -> usize {
        let keeps = |text: &str| text == "\n" || text.ends_with("\n\n");
        let bare = self.text[..end].trim_ascii_end().len();
        match &value.kind {
            Kind::Scalar(text, ScalarStyle::Literal | ScalarStyle::Folded) if keeps(text) => end,
            // Blanks at the end of a line of such a scalar are part of what it says.
            Kind::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded) => {
                let blanks = self.text[bare..end].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                bare + blanks
            }
            _ => bare,
        }
    }

    /// The list of a flow collection that can be cut at its commas.
    pub(super) fn flow(&self, part: &Part, name: &str) -> Option<List<'a>> {
        let (names, values, order) = match &part.kind {
            Kind::Map(StructureStyle::Flow, pairs) => {
                let names: Option<Vec<Name<'a>>> =
                    pairs.iter().map(|(key, _)| key.as_name(self.text).map(Name::tag)).collect();
                (names?, pairs.iter().map(|(key, value)| (key.at.clone(), value)).collect(), Order::Keyed)
            }
            Kind::Seq(StructureStyle::Flow, items) => self.flow_items(items, name),
            _ => return None,
        };
        let brackets = &self.text[part.at.clone()];
        if !matches!((brackets.first(), brackets.last()), (Some(b'['), Some(b']')) | (Some(b'{'), Some(b'}'))) {
            return None;
        }
        let inner = part.at.start + 1..part.at.end - 1;
        let ranges: Option<Vec<_>> = values.iter().map(|(key, value)| self.flow_range(key, value, &inner)).collect();
        let ranges = ranges?;
        let spans = spans(self.text, &inner, &ranges);
        let within = match (spans.first(), spans.last()) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => inner.start..inner.start,
        };
        let cores = ranges.into_iter().map(|(core, _)| core);
        let nodes = names.into_iter().zip(values).zip(spans.into_iter().zip(cores)).map(
            |((name, (_, value)), (span, core))| match self.flow(value, &name.tag) {
                Some(list) => Node::list(name, [span, core], list),
                None => Node::value(name, [span, core], value.gist()),
            },
        );
        let nodes = nodes.collect();
        let decides = self.decides(name, order);
        Some(own(part, name, List { within, nodes, order, own: None, between: Between::Comma, decides }))
    }

    fn flow_items<'p>(&self, items: &'p [Part], name: &str) -> FlowItems<'a, 'p> {
        let found = identities(self.keys, name, (items, Part::value_of));
        let order = order_of(found.as_ref());
        let names = (0..items.len()).map(|at| name_of(found.as_ref(), "", at)).collect();
        (names, items.iter().map(|item| (item.at.start..item.at.start, item)).collect(), order)
    }

    /// The core of something between commas, and the end of the comma behind it. Nothing with an anchor or a tag.
    fn flow_range(
        &self,
        key: &Range<usize>,
        value: &Part,
        inner: &Range<usize>,
    ) -> Option<(Range<usize>, Option<usize>)> {
        if !value.dress.is_empty() {
            return None;
        }
        let mut at = value.at.end.max(key.end);
        let core = key.start..at;
        while at < inner.end {
            match self.text[at] {
                b',' => return Some((core, Some(at + 1))),
                b'#' => at = line_end(self.text, at),
                b' ' | b'\t' | b'\r' | b'\n' => at += 1,
                _ => return None,
            }
        }
        Some((core, None))
    }
}

impl Part {
    /// The name of a key, where it is a plain word in one line; the same text with another type is another name.
    fn as_name(&self, text: &[u8]) -> Option<String> {
        let Kind::Scalar(value, style) = &self.kind else { return None };
        let written = &text[self.at.clone()];
        let is_plain = matches!(style, ScalarStyle::Plain | ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
        let fits = is_plain && self.dress.is_empty() && !written.is_empty() && !written.contains(&b'\n');
        let ambiguous = *style != ScalarStyle::Plain && !is_string(value);
        fits.then(|| if ambiguous { format!("{value:?}") } else { value.clone() })
    }

    /// What a member of a mapping says, where it is a scalar; `a.b` is the member `b` of the mapping `a`.
    fn value_of(&self, name: &str) -> Option<String> {
        match (self.member(name), name.split_once('.')) {
            (Some(found), _) => matches!(found.kind, Kind::Scalar(..)).then(|| found.meaning()),
            (None, Some((outer, inner))) => self.member(outer)?.value_of(inner),
            (None, None) => None,
        }
    }
}

/// The list of a collection, with its anchor and tag as its own meaning.
fn own<'a>(part: &Part, name: &str, list: List<'a>) -> List<'a> {
    let kind = if matches!(part.kind, Kind::Map(..)) { "map" } else { "seq" };
    List { own: Some(gist((kind, name, &part.dress))), ..list }
}
