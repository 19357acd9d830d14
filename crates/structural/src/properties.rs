//! Java properties, and files of `[section]`s with `key = value` lines (`SPEC X2`).
//!
//! A file is read as sections when one of its lines is a `[section]`; then a line that stands deeper than its entry
//! continues it, `;` starts a comment too, and a backslash means itself. Else it is read as `java.util.Properties`
//! does. Bytes pass through as they are, so Latin-1 stays Latin-1; names and values are compared unescaped.

use super::document::{Document, Name, Node, Order};
use super::lines::{lead_of, lines, list, plain_text, tile, unreadable, without_break};
use super::why::Why;
use std::ops::Range;

/// Reads a text.
///
/// # Errors
/// Not text, a malformed escape, or lines that readers of such files disagree about; names the line.
pub(super) fn read(text: &[u8]) -> Result<Document<'_>, Why> {
    plain_text(text)?;
    let flat = logical_lines(text);
    let has_sections = flat.iter().any(|line| header(&text[line.content.clone()]).is_some());
    let sections = if has_sections {
        sections(text)?
    } else {
        let entries = flat.iter().map(|line| entry(text, line)).collect::<Result<_, _>>()?;
        vec![Section { header: 0..0, tag: String::new(), entries }]
    };
    let nodes = section_nodes(text, sections);
    let all = 0..text.len();
    let list = list((0..text.len(), nodes), ("properties", Order::Keyed));
    Ok(Document { text, root: Node::list(Name::default(), [all.clone(), all], list) })
}

/// A line together with those that continue it.
struct Logical {
    /// Whole lines.
    span: Range<usize>,
    /// From the first byte that is not blank, without the last line break.
    content: Range<usize>,
}

fn first_word(text: &[u8], line: Range<usize>) -> Range<usize> {
    let bare = without_break(text, line);
    let blank = text[bare.clone()].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0c')).count();
    bare.start + blank..bare.end
}

/// The lines that are neither blank nor comments, joined where a backslash ends them.
fn logical_lines(text: &[u8]) -> Vec<Logical> {
    let mut found = Vec::new();
    let mut natural = lines(text, 0..text.len());
    while let Some(line) = natural.next() {
        let mut content = first_word(text, line.clone());
        if content.is_empty() || matches!(text[content.start], b'#' | b'!') {
            continue;
        }
        let mut span = line;
        while text[content.clone()].iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1 {
            let Some(next) = natural.next() else { break };
            span.end = next.end;
            content.end = without_break(text, next.clone()).end.max(content.start);
            if first_word(text, next).is_empty() {
                break;
            }
        }
        found.push(Logical { span, content });
    }
    found
}

fn entry<'a>(text: &'a [u8], line: &Logical) -> Result<Node<'a>, Why> {
    let content = &text[line.content.clone()];
    let mut escaped = false;
    let is_end = |byte: &u8| {
        let ends = !escaped && matches!(byte, b'=' | b':' | b' ' | b'\t' | b'\x0c');
        escaped = !escaped && *byte == b'\\';
        ends
    };
    let key = content.iter().position(is_end).unwrap_or(content.len());
    let blank = |from: usize| content[from..].iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\x0c')).count();
    let mut value = key + blank(key);
    if matches!(content.get(value), Some(b'=' | b':')) {
        value += 1 + blank(value + 1);
    }
    let tag = unescape(text, line.content.start..line.content.start + key)?;
    let meant = unescape(text, line.content.start + value..line.content.end)?;
    Ok(Node::value(Name::tag(tag), [line.span.clone(), line.content.clone()], meant))
}

/// What is meant, whichever way it is written: escapes resolved, continuation lines joined.
fn unescape(text: &[u8], range: Range<usize>) -> Result<String, Why> {
    let raw = decode(&text[range.clone()]);
    let mut units: Vec<u16> = Vec::with_capacity(raw.len());
    let mut rest = raw.chars().peekable();
    while let Some(next) = rest.next() {
        if next != '\\' {
            units.extend(next.encode_utf16(&mut [0; 2]).iter());
            continue;
        }
        match rest.next() {
            Some('u') => {
                let digits: String = rest.by_ref().take(4).collect();
                let hex = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
                let unit = u16::from_str_radix(&digits, 16).ok().filter(|_| hex);
                units.push(unit.ok_or_else(|| unreadable(text, range.start, "`\\u` wants four hexadecimal digits"))?);
            }
            Some('t') => units.push(0x09),
            Some('n') => units.push(0x0a),
            Some('f') => units.push(0x0c),
            Some('r') if rest.peek() != Some(&'\n') => units.push(0x0d),
            Some('\r' | '\n') => {
                while rest.next_if(|next| matches!(next, '\r' | '\n' | ' ' | '\t' | '\x0c')).is_some() {}
            }
            Some(other) => units.extend(other.encode_utf16(&mut [0; 2]).iter()),
            None => {}
        }
    }
    Ok(String::from_utf16_lossy(&units))
}

/// UTF-8 where it is, else Latin-1, in which every byte is a character.
fn decode(bytes: &[u8]) -> String {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

/// Refuses texts that are not in one encoding: what came out would be in two.
///
/// # Errors
/// One text has bytes beyond ASCII and is UTF-8, and another has such bytes and is not.
pub(super) fn same_encoding(texts: [&[u8]; 3]) -> Result<(), Why> {
    let utf8 = texts.map(|text| std::str::from_utf8(text).is_ok()).into_iter().zip(texts);
    let mut beyond = utf8.filter(|(_, text)| !text.is_ascii()).map(|(utf8, _)| utf8);
    let first = beyond.next();
    match beyond.all(|utf8| Some(utf8) == first) {
        true => Ok(()),
        false => Err(Why::unreadable("one version is written in UTF-8 and another in another encoding".to_owned())),
    }
}

struct Section<'a> {
    /// The line of the header; empty for what stands before the first one.
    header: Range<usize>,
    tag: String,
    entries: Vec<Node<'a>>,
}

/// The name in a `[section]` line, with its brackets.
fn header(content: &[u8]) -> Option<&[u8]> {
    content.strip_prefix(b"[")?;
    let closes = |at: &usize| content[*at] == b']' && matches!(content[at + 1..].trim_ascii(), [] | [b'#' | b';', ..]);
    (1..content.len()).find(closes).map(|at| &content[..=at])
}

fn sections(text: &[u8]) -> Result<Vec<Section<'_>>, Why> {
    let mut found = vec![Section { header: 0..0, tag: String::new(), entries: Vec::new() }];
    let mut depth = 0;
    for line in lines(text, 0..text.len()) {
        let content = first_word(text, line.clone());
        if content.is_empty() || matches!(text[content.start], b'#' | b';') {
            continue;
        }
        let indent = content.start - line.start;
        let Some(section) = found.last_mut() else { continue };
        match section.entries.last_mut() {
            Some(entry) if indent > depth => *entry = continued(text, entry, (line.end, content)),
            _ if header(&text[content.clone()]).is_some() => {
                let tag = header(&text[content]).map(decode).unwrap_or_default();
                found.push(Section { header: line, tag, entries: Vec::new() });
            }
            Some(entry) if ends_in_backslash(text, entry) => {
                let what = "the line before ends in a backslash, and readers of such files disagree what that means";
                return Err(unreadable(text, line.start, what));
            }
            _ => {
                depth = indent;
                section.entries.push(plain_entry(text, line, content));
            }
        }
    }
    Ok(found)
}

fn ends_in_backslash(text: &[u8], entry: &Node) -> bool {
    text[entry.span.clone()].trim_ascii_end().ends_with(b"\\")
}

fn plain_entry<'a>(text: &'a [u8], span: Range<usize>, content: Range<usize>) -> Node<'a> {
    let separator = text[content.clone()].iter().position(|byte| matches!(byte, b'=' | b':'));
    let key = separator.map_or(content.end, |at| content.start + at);
    let value = separator.map_or(content.end, |at| content.start + at + 1)..content.end;
    Node::value(Name::tag(decode(text[content.start..key].trim_ascii())), [span, content], meant(text, value))
}

/// The entry above, with a deeper line that continues it.
fn continued<'a>(text: &'a [u8], entry: &Node<'a>, (end, content): (usize, Range<usize>)) -> Node<'a> {
    plain_entry(text, entry.span.start..end, entry.core.start..content.end)
}

/// The lines of a value, whatever their indentation.
fn meant(text: &[u8], value: Range<usize>) -> Vec<String> {
    lines(text, value).map(|line| decode(text[line].trim_ascii())).collect()
}

/// Every section with its lines: each owns the comment above its header, and all that follows up to the next one.
fn section_nodes<'a>(text: &'a [u8], sections: Vec<Section<'a>>) -> Vec<Node<'a>> {
    let leads: Vec<usize> = sections
        .iter()
        .scan(sections.first().map_or(0, |first| first.header.end), |after, section| {
            let lead = lead_of(text, *after..section.header.start);
            *after = section.entries.last().map_or(section.header.end, |entry| entry.span.end);
            Some(lead)
        })
        .collect();
    let ends = leads.iter().skip(1).copied().chain([text.len()]).collect::<Vec<_>>();
    let spans = leads.into_iter().zip(ends);
    sections
        .into_iter()
        .zip(spans)
        .map(|(section, (lead, end))| {
            let list = list(tile(text, section.header.end..end, section.entries), (&section.tag, Order::Keyed));
            let core = first_word(text, section.header.clone()).start..list.within.end;
            Node::list(Name::tag(section.tag), [lead..end, core], list)
        })
        .collect()
}
