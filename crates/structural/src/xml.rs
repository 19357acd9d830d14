//! Reads XML: elements are nodes, what has text is a value, attributes belong to how an element opens.
//!
//! Comments and processing instructions belong to the element that follows, or to the one before them on their line.
//! Nothing is expanded and nothing is fetched: a document type with definitions of its own is refused.

mod element;
mod hints;
mod siblings;
mod tags;

use super::document::{DEEPEST, Document, Hashing, Node};
use super::manner::Manner;
use super::sound::line_of;
use super::why::Why;
use element::{Closed, Element, Ways};
use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};
use std::collections::HashMap;

pub(super) use tags::merge as merge_tags;

/// Reads a text without its byte order mark.
pub(super) fn read<'a>(text: &'a str, manner: &Manner<'_>) -> Result<Document<'a>, Why> {
    if let Some(at) = control(text.as_bytes()) {
        return Err(Why::unreadable(format!("byte {} is a control character, which XML cannot hold", at + 1)));
    }
    // The parser would take it off too, and then say of everything that it stands elsewhere.
    if text.starts_with('\u{feff}') {
        return Err(Why::unreadable("it has two byte order marks".to_owned()));
    }
    let reading = Reading {
        text,
        manner,
        open: Vec::new(),
        closed: Closed::with_room(),
        ways: HashMap::default(),
        root: None,
        declared: Vec::new(),
        prefixes: HashMap::new(),
        has_type: false,
    };
    reading.all()
}

struct Reading<'a, 'k> {
    text: &'a str,
    manner: &'k Manner<'k>,
    /// The elements that are open, the outermost first.
    open: Vec<Element<'a, 'k>>,
    closed: Closed<'a>,
    /// What the table says about the tags so far.
    ways: HashMap<&'a str, Option<&'k Ways>, Hashing>,
    root: Option<Node<'a>>,
    /// The namespace prefixes that were declared and are in force, each with the depth it was declared at.
    declared: Vec<(usize, String)>,
    /// How often each of them is.
    prefixes: HashMap<String, usize>,
    /// Whether there is a document type, somewhere else, that may know more entities.
    has_type: bool,
}

impl<'a, 'k> Reading<'a, 'k> {
    fn all(mut self) -> Result<Document<'a>, Why> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().check_comments = true;
        // Half of all texts are the blanks between elements: they are passed over there, and looked at here.
        reader.config_mut().trim_text_start = true;
        loop {
            let start = position(&reader);
            let event = reader.read_event().map_err(|error| {
                self.malformed(usize::try_from(reader.error_position()).unwrap_or(start), &error.to_string())
            })?;
            let blanks = start..start + blanks(&self.text.as_bytes()[start..]);
            match event {
                Event::Eof => break,
                Event::Text(_) => self.characters(start..position(&reader))?,
                event => {
                    if !blanks.is_empty() {
                        self.characters(blanks.clone())?;
                    }
                    self.event(event, blanks.end..position(&reader))?;
                }
            }
        }
        match (self.open.last(), self.root) {
            (Some(element), _) => Err(Why::unreadable(format!("`{}` is not closed", element.tag))),
            (None, None) => Err(Why::unreadable("it has no element".to_owned())),
            (None, Some(root)) => Ok(Document { text: self.text.as_bytes(), root }),
        }
    }

    fn event(&mut self, event: Event<'_>, at: std::ops::Range<usize>) -> Result<(), Why> {
        match event {
            Event::Start(tag) => self.start(&tag, at)?,
            Event::Empty(tag) => {
                let end = at.end;
                self.start(&tag, at)?;
                self.end(end..end)?;
            }
            Event::End(_) => self.end(at)?,
            Event::CData(_) => {
                self.characters(at.start + "<![CDATA[".len()..at.end - "]]>".len())?;
                self.mark_solid();
            }
            Event::GeneralRef(reference) => self.reference(&reference, &at)?,
            Event::Decl(declaration) => self.declaration(&declaration, &at)?,
            Event::DocType(_) if self.text[at.clone()].contains('[') => {
                let message = "its document type defines entities or rules of its own, which are not expanded";
                return Err(Why::unreadable(message.to_owned()));
            }
            Event::DocType(_) => self.has_type = true,
            Event::Text(_) | Event::PI(_) | Event::Comment(_) | Event::Eof => {}
        }
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart<'_>, at: std::ops::Range<usize>) -> Result<(), Why> {
        if self.open.len() >= DEEPEST {
            return Err(Why::too_deep());
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(self.malformed(at.start, "there is a second root element"));
        }
        let name = &self.text[at.start + 1..][..tag.name().as_ref().len()];
        let ways = *self.ways.entry(name).or_insert_with(|| self.manner.keys.by_item.get(name));
        let mut element = Element::new((name, ways), at.clone(), self.closed.len());
        self.attributes(tag, &mut element, at.clone())?;
        self.prefix_is_declared(name, at.start)?;
        self.open.push(element);
        Ok(())
    }

    fn attributes(
        &mut self,
        tag: &BytesStart<'_>,
        element: &mut Element<'a, 'k>,
        at: std::ops::Range<usize>,
    ) -> Result<(), Why> {
        if tag.attributes_raw().is_empty() {
            return Ok(());
        }
        let depth = self.open.len();
        let mut prefixed = Vec::new();
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|error| self.malformed(at.start, &error.to_string()))?;
            let key = attribute.key.as_ref();
            if attribute.value.contains('<') {
                return Err(self.malformed(at.start, "an attribute holds `<`"));
            }
            if let Some(prefix) = key.strip_prefix("xmlns:") {
                self.declared.push((depth, prefix.to_owned()));
                *self.prefixes.entry(prefix.to_owned()).or_default() += 1;
            } else if key.contains(':') {
                prefixed.push(key.to_owned());
            }
            let value = quick_xml::escape::unescape(&attribute.value);
            match value {
                Err(_) if self.has_type => element.attribute(key, &attribute.value, self.manner.keys),
                value => {
                    let value = value.map_err(|error| self.malformed(at.start, &error.to_string()))?;
                    element.attribute(key, &value, self.manner.keys);
                }
            }
        }
        prefixed.iter().try_for_each(|name| self.prefix_is_declared(name, at.start))
    }

    fn prefix_is_declared(&self, name: &str, at: usize) -> Result<(), Why> {
        if !name.as_bytes().contains(&b':') {
            return Ok(());
        }
        match name.split_once(':') {
            None => Ok(()),
            Some((prefix, _)) if prefix == "xml" || self.prefixes.contains_key(prefix) => Ok(()),
            Some((prefix, _)) => Err(self.malformed(at, &format!("the namespace prefix `{prefix}` is not declared"))),
        }
    }

    fn end(&mut self, at: std::ops::Range<usize>) -> Result<(), Why> {
        let Some(element) = self.open.pop() else { return Err(self.malformed(at.start, "nothing is open here")) };
        let depth = self.open.len();
        while let Some((_, prefix)) = self.declared.pop_if(|(declared_at, _)| *declared_at >= depth) {
            match self.prefixes.get_mut(&prefix) {
                Some(count) if *count > 1 => *count -= 1,
                _ => drop(self.prefixes.remove(&prefix)),
            }
        }
        let closed = element.close(self.text, at, (&mut self.closed, self.manner));
        match self.open.last_mut() {
            Some(parent) => parent.take(closed, &mut self.closed),
            None => self.root = Some(Node { span: 0..self.text.len(), ..closed.0 }),
        }
        Ok(())
    }

    fn characters(&mut self, at: std::ops::Range<usize>) -> Result<(), Why> {
        let characters = &self.text[at.clone()];
        match self.open.last_mut() {
            Some(element) => element.characters(characters, &self.closed),
            None if characters.bytes().all(|byte| byte.is_ascii_whitespace()) => {}
            None => return Err(self.malformed(at.start, "there is text outside of the root element")),
        }
        Ok(())
    }

    fn mark_solid(&mut self) {
        if let Some(element) = self.open.last_mut() {
            element.is_solid = true;
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>, at: &std::ops::Range<usize>) -> Result<(), Why> {
        let raw = &self.text[at.clone()];
        let resolved = match quick_xml::escape::unescape(raw) {
            Ok(resolved) => resolved,
            Err(_) if self.has_type && !reference.is_char_ref() => raw.into(),
            Err(error) => return Err(self.malformed(at.start, &error.to_string())),
        };
        match self.open.last_mut() {
            Some(element) => {
                element.characters(resolved, &self.closed);
                element.is_solid = true;
                Ok(())
            }
            None => Err(self.malformed(at.start, "there is text outside of the root element")),
        }
    }

    fn declaration(&self, declaration: &BytesDecl<'_>, at: &std::ops::Range<usize>) -> Result<(), Why> {
        if at.start > 0 {
            return Err(self.malformed(at.start, "the XML declaration is not at the start"));
        }
        match declaration.encoding() {
            None => Ok(()),
            Some(Ok(name)) if ["utf-8", "utf8", "us-ascii"].contains(&&*name.to_ascii_lowercase()) => Ok(()),
            Some(Ok(name)) => Err(Why::unreadable(format!("it is declared to be in {name}, and only UTF-8 is read"))),
            Some(Err(error)) => Err(self.malformed(at.start, &error.to_string())),
        }
    }

    fn malformed(&self, at: usize, what: &str) -> Why {
        let line = line_of(self.text.as_bytes(), at);
        Why::unreadable(format!("it is not well-formed XML: {what} (line {line})")).in_line(line)
    }
}

/// The first character that XML cannot hold. Looked for in blocks, which is several times faster than byte by byte.
fn control(text: &[u8]) -> Option<usize> {
    let is_control = |byte: &u8| *byte < b' ' && !matches!(*byte, b'\t' | b'\n' | b'\r');
    let has_one = |block: &[u8]| block.iter().fold(false, |found, byte| found | is_control(byte));
    text.chunks(4096).any(has_one).then(|| text.iter().position(is_control))?
}

/// How many blanks of XML stand at the start of a text.
fn blanks(text: &[u8]) -> usize {
    text.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}
