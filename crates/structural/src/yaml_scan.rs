//! Reads YAML events into a tree of parts that know where they stand. Aliases are not followed, so a text that names
//! the same part a billion times stays as small as it is written.

use super::document::{DEEPEST, Gist, gist};
use super::lines::unreadable;
use super::why::Why;
use granit_parser::{Event, Parser, ScalarStyle, Span, StrInput, StructureStyle, Tag, options};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

/// One document of a stream.
pub(super) struct Sheet {
    /// The `---` that opens it; empty where none does.
    pub open: Range<usize>,
    /// The `...` that ends it; empty where none does.
    pub close: Range<usize>,
    /// What is in it.
    pub root: Part,
}

/// A node of YAML.
pub(super) struct Part {
    /// From its first byte to its last one, without its anchor and tag.
    pub at: Range<usize>,
    /// Where its anchor and tag end; 0 where it has none.
    pub dress_end: usize,
    /// Its anchor and tag, as they are written; empty where it has none.
    pub dress: String,
    /// What is in it.
    pub kind: Kind,
}

/// What a part is.
pub(super) enum Kind {
    /// A scalar: what it says, and how that is written.
    Scalar(String, ScalarStyle),
    /// The name of an anchor.
    Alias(String),
    /// A mapping.
    Map(StructureStyle, Vec<(Part, Part)>),
    /// A sequence.
    Seq(StructureStyle, Vec<Part>),
}

/// Reads every document of a stream.
///
/// # Errors
/// What YAML does not allow, an anchor that is set twice, and what is nested too deep; names the line.
pub(super) fn sheets(text: &str) -> Result<Vec<Sheet>, Why> {
    let limit = DEEPEST / 2 - 1;
    let options = options! { emit_anchor_events: true, block_nesting_limit: limit, flow_nesting_limit: limit };
    let parser = Parser::new_from_str_with_options(text, options);
    let mut reader = Reader { text, parser, ahead: None, anchors: BTreeMap::new() };
    let mut sheets = Vec::new();
    loop {
        let (event, span) = reader.next()?;
        match event {
            Event::DocumentStart(..) => sheets.push(reader.sheet(bytes(&span))?),
            Event::StreamEnd => return Ok(sheets),
            _ => {}
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    parser: Parser<'a, StrInput<'a>>,
    ahead: Option<(Event<'a>, Span)>,
    /// The anchors of the document so far.
    anchors: BTreeMap<usize, String>,
}

fn bytes(span: &Span) -> Range<usize> {
    span.byte_range().unwrap_or_default()
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<(Event<'a>, Span), Why> {
        if let Some(ahead) = self.ahead.take() {
            return Ok(ahead);
        }
        let next = self.parser.next_event().unwrap_or_else(|| Ok((Event::StreamEnd, Span::default())));
        next.map_err(|error| {
            let at = error.marker().byte_offset().unwrap_or_default();
            // The parser's own words for it are about its stack.
            let info = error.info().replace("recursion limit exceeded", "it is nested too deep");
            unreadable(self.text.as_bytes(), at, &info)
        })
    }

    fn sheet(&mut self, open: Range<usize>) -> Result<Sheet, Why> {
        self.anchors.clear();
        let root = self.part()?;
        let (_, close) = self.next()?;
        let names: HashSet<&String> = self.anchors.values().collect();
        if names.len() < self.anchors.len() {
            let what = "an anchor is set twice in this document, so what an alias means depends on where it stands";
            return Err(unreadable(self.text.as_bytes(), open.start, what));
        }
        Ok(Sheet { open, close: bytes(&close), root })
    }

    fn part(&mut self) -> Result<Part, Why> {
        let (event, span) = self.next()?;
        let at = bytes(&span);
        match event {
            Event::Alias(anchor) => {
                let name = self.anchors.get(&anchor).cloned().unwrap_or_default();
                Ok(Part { dress_end: 0, at, dress: String::new(), kind: Kind::Alias(name) })
            }
            Event::Scalar(value, style, _, tag) => {
                let (dress, dress_end) = self.dress(&span, tag.as_deref())?;
                let at = self.scalar_range(at, style);
                Ok(Part { at, dress_end, dress, kind: Kind::Scalar(value.into_owned(), style) })
            }
            Event::MappingStart(style, _, tag) => {
                let dress = self.dress(&span, tag.as_deref())?;
                self.map(at, style, dress)
            }
            Event::SequenceStart(style, _, tag) => {
                let dress = self.dress(&span, tag.as_deref())?;
                self.seq(at, style, dress)
            }
            _ => Err(unreadable(self.text.as_bytes(), at.start, "a value is missing")),
        }
    }

    /// The anchor and tag of the node that was just read, and where they end.
    fn dress(&mut self, span: &Span, tag: Option<&Tag>) -> Result<(String, usize), Why> {
        let tagged = span.tag_span().map(|tag| bytes(&tag));
        let mut end = tagged.as_ref().map_or(0, |tag| tag.end);
        let mut dress = tag.map(|tag| format!("{} {}", tag.handle(), tag.suffix())).unwrap_or_default();
        match self.next()? {
            (Event::Anchor(id, name), span) => {
                dress.push_str(&format!(" &{name}"));
                end = end.max(bytes(&span).end);
                self.anchors.insert(id, name.into_owned());
            }
            other => self.ahead = Some(other),
        }
        Ok((dress, end))
    }

    /// A block scalar ends with its last line: the parser's span goes up to the next thing.
    fn scalar_range(&self, at: Range<usize>, style: ScalarStyle) -> Range<usize> {
        if !matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            return at;
        }
        // One without any line begins, for the parser, where the next thing does.
        let bare = self.text[..at.end].trim_end_matches([' ', '\t']).len();
        let end = if self.text[..bare].ends_with('\n') { bare } else { at.end };
        at.start.min(end)..end
    }

    fn map(
        &mut self,
        at: Range<usize>,
        style: StructureStyle,
        (dress, dress_end): (String, usize),
    ) -> Result<Part, Why> {
        let (mut pairs, mut end): (Vec<(Part, Part)>, usize) = (Vec::new(), at.end);
        loop {
            match self.next()? {
                (Event::MappingEnd, span) => {
                    let end = if style == StructureStyle::Flow { bytes(&span).end } else { end };
                    return Ok(Part {
                        at: at.start..end.max(at.start),
                        dress_end,
                        dress,
                        kind: Kind::Map(style, pairs),
                    });
                }
                other => self.ahead = Some(other),
            }
            let key = self.part()?;
            let value = self.part()?;
            end = end.max(key.at.end).max(value.at.end).max(value.dress_end);
            pairs.push((key, value));
        }
    }

    fn seq(
        &mut self,
        at: Range<usize>,
        style: StructureStyle,
        (dress, dress_end): (String, usize),
    ) -> Result<Part, Why> {
        let (mut items, mut end) = (Vec::new(), at.end);
        loop {
            match self.next()? {
                (Event::SequenceEnd, span) => {
                    let end = if style == StructureStyle::Flow { bytes(&span).end } else { end };
                    return Ok(Part {
                        at: at.start..end.max(at.start),
                        dress_end,
                        dress,
                        kind: Kind::Seq(style, items),
                    });
                }
                other => self.ahead = Some(other),
            }
            let item = self.part()?;
            end = end.max(item.at.end).max(item.dress_end);
            items.push(item);
        }
    }
}

impl Part {
    /// A member of a mapping.
    pub(super) fn member(&self, name: &str) -> Option<&Part> {
        let Kind::Map(_, pairs) = &self.kind else { return None };
        pairs.iter().find(|(key, _)| matches!(&key.kind, Kind::Scalar(text, _) if text == name)).map(|(_, value)| value)
    }

    /// What it means, whatever its layout.
    pub(super) fn gist(&self) -> Gist {
        match &self.kind {
            Kind::Scalar(..) => gist(("scalar", self.meaning())),
            Kind::Alias(name) => gist(("alias", name)),
            Kind::Map(_, pairs) => {
                let mut all: Vec<_> = pairs.iter().map(|(key, value)| (key.gist(), value.gist())).collect();
                all.sort_unstable();
                gist(("map", &self.dress, all))
            }
            Kind::Seq(_, items) => gist(("seq", &self.dress, items.iter().map(Part::gist).collect::<Vec<_>>())),
        }
    }

    /// What a scalar says, with what tells it from one that says the same and is of another type; empty for others.
    pub(super) fn meaning(&self) -> String {
        let Kind::Scalar(value, style) = &self.kind else { return String::new() };
        let sign = if *style == ScalarStyle::Plain && !is_string(value) { "=" } else { "" };
        format!("{}{sign}{value}", self.dress)
    }
}

/// Whether a scalar without quotes is a string to every reader. Cautious: what might be a number, a date or a truth
/// value is not.
pub(super) fn is_string(plain: &str) -> bool {
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    plain.starts_with(|first: char| first.is_alphabetic() || first == '_' || first == '/')
        && !words.iter().any(|word| plain.eq_ignore_ascii_case(word))
}
